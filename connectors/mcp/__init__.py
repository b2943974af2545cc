"""Any server of the Model Context Protocol as a StoreBackend: a mapping file says which of its tools do what.

What a server says of itself raises no trust: a tool that is not mapped is never called, and what a tool may do is
what the mapping says. Not here: what records and operations mean, and when a call is tried again (connectors.mapping).
"""

from connectors.mcp.connector import McpConnector

__all__ = ["McpConnector"]
