"""The shopper-side HTTP API: sessions, messages, the event stream, public store data, the widget's files.

Here: HTTP, JSON shapes, tokens, limits. Not here: what a reply says (assistant.turn), how things are kept (storage).
"""
