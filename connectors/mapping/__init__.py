"""A foreign system's records and operations told in ours, as a mapping file says: what connectors over a network share.

Not here: how a system is called (connectors.http, connectors.mcp).
"""
