"""The nouns of the assistant and the ports between its parts.

No framework, no input or output, no settings: everything here can be built and compared in memory.
"""
