"""The index of one immutable version: written once by `writer`, searched by `reader`, offered as a port by `knowledge`.

Which version is published, and where versions lie, is the business of `knowledge.versions`.
"""
