"""A store's system as a folder of JSON and CSV files: records, and what may be done to them.

The files are never written. What is done goes into a journal, and what is read are the files with the journal on top.
`docs/connect-your-order-system.md` describes the format.
"""

from connectors.files.connector import FilesConnector, open_files

__all__ = ["FilesConnector", "open_files"]
