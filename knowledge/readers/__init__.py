"""Readers: one module a format, from bytes of a file to products, facts, FAQ entries and prose.

Each is registered under the entry point group `storebot.readers`, as an outsider's would be. What a whole store folder
is, and how its files come together, lives in `knowledge.folder`.
"""
