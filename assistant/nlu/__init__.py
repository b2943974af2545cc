"""What a message means: language, intent, question words, quantities. Reads text, never the catalogue.

Definitions and examples are data: `intents/*.yaml`, `grammar/*.yaml`.
"""
