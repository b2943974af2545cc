"""Importers that turn shops of public benchmarks into stores, registered as an outsider's would be.

They hold no data: each reads a path given by the user, and knows only the format.
"""
