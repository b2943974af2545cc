"""Embedders: text to vectors of unit length, behind the `Embedder` port; `factory.make_embedder` chooses one by name.

What is done with the vectors lives in `knowledge.index`.
"""
