"""Any REST system as a StoreBackend: a mapping file over its OpenAPI document says how.

Not here: what a mapping's records and operations mean, and when a call is tried again (connectors.mapping).
"""

from connectors.http.connector import HttpConnector

__all__ = ["HttpConnector"]
