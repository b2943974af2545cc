"""Migrations build the tables that the program expects, once."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from assistant.domain.errors import NotReady
from assistant.storage import Database
from assistant.storage.tables import metadata


async def test_migrations_build_exactly_the_tables(database: Database) -> None:
    def differences(tx: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(tx, opts={"compare_type": True}), metadata))

    assert await database.read(differences) == []


async def test_migrations_name_every_constraint_as_the_tables_do(database: Database) -> None:
    def schema(tx: Connection) -> str:
        return "\n".join(tx.execute(text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")).scalars())

    built = await database.read(schema)
    names = {str(constraint.name) for table in metadata.tables.values() for constraint in table.constraints}
    assert {name for name in names if f" {name} " not in built} == set()


async def test_migrating_again_changes_nothing(database: Database) -> None:
    def schema(tx: Connection) -> list[Any]:
        return list(tx.execute(text("SELECT * FROM sqlite_master ORDER BY name")).all())

    before = await database.read(schema)
    await database.upgrade()
    assert await database.read(schema) == before


async def test_a_database_of_a_newer_program_is_left_alone(database: Database) -> None:
    def move_on(tx: Connection) -> None:
        tx.execute(text("UPDATE alembic_version SET version_num = 'of the future'"))

    def version(tx: Connection) -> str:
        return str(tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one())

    await database.write(move_on)
    with pytest.raises(NotReady, match="upgrade storebot"):
        await database.upgrade()
    assert await database.read(version) == "of the future"
