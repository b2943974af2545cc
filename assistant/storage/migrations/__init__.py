"""The history of the tables, as Alembic revisions in `versions/`, applied when the program starts."""

from __future__ import annotations

from sqlalchemy import Connection

from assistant.domain.errors import NotReady


def upgrade(connection: Connection) -> None:
    """Bring the tables to this program's state, inside the connection's open transaction.

    Raises NotReady when a newer program has migrated them further than this one knows.
    """
    from alembic import command  # slow to import, and only needed here
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", f"{__name__.rpartition('.')[0]}:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        if "Can't locate revision" not in str(error):
            raise
        raise NotReady(
            "A newer version of storebot has written this database; upgrade storebot, then start it"
        ) from error
