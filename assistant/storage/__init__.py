"""Where stores and their conversations, API keys, users, procedures, effects, desks, suites, tunings and
the use of models are kept: tables, their migrations, and what reads them.

Knowledge keeps its own files; nothing here knows about turns, HTTP or settings.
"""

from assistant.storage.api_keys import SqlApiKeys
from assistant.storage.archive import SqlArchive
from assistant.storage.conversations import SqlConversationLog
from assistant.storage.database import Database, open_database
from assistant.storage.desk_book import SqlDeskBook
from assistant.storage.ledger import SqlLedger
from assistant.storage.model_usage import SqlModelUsage
from assistant.storage.procedures import SqlProcedures, SqlProcedureVersions
from assistant.storage.stores import SqlStores
from assistant.storage.suite_folders import SuiteFolders
from assistant.storage.system_folders import SystemFolders
from assistant.storage.tuning_files import TuningFiles
from assistant.storage.users import SqlUsers

__all__ = [
    "Database",
    "SqlApiKeys",
    "SqlArchive",
    "SqlConversationLog",
    "SqlDeskBook",
    "SqlLedger",
    "SqlModelUsage",
    "SqlProcedureVersions",
    "SqlProcedures",
    "SqlStores",
    "SqlUsers",
    "SuiteFolders",
    "SystemFolders",
    "TuningFiles",
    "open_database",
]
