"""The desk: who may speak in a conversation, which human serves it, how long that takes, and what is left for later.

What a turn makes of a message is not here; nor is how the desk looks to those who sit at it.
"""
