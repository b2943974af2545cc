"""Language models: any endpoint that speaks OpenAI's protocol, and scripted ones for tests and evaluations.

What is asked of them, and what becomes of it, is decided elsewhere.
"""
