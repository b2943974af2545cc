"""Procedures of stores: every version of each, and the one in force."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "procedure_shelves",
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("store_id", name="pk_procedure_shelves"),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name="fk_procedure_shelves_store_id"),
    )
    op.create_table(
        "procedure_versions",
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("file", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("store_id", "name", "version", name="pk_procedure_versions"),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name="fk_procedure_versions_store_id"),
    )
    op.create_table(
        "procedures",
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("version", sa.String),
        sa.Column("brought", sa.String),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("store_id", "name", name="pk_procedures"),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name="fk_procedures_store_id"),
        sa.ForeignKeyConstraint(
            ["store_id", "name", "version"],
            ["procedure_versions.store_id", "procedure_versions.name", "procedure_versions.version"],
            name="fk_procedures_store_id_name_version",
        ),
    )


def downgrade() -> None:
    for table in ("procedures", "procedure_versions", "procedure_shelves"):
        op.drop_table(table)
