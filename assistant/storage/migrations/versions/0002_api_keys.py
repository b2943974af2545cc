"""API keys, by the digest of their secret."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("scopes", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name="fk_api_keys_store_id"),
    )
    op.create_index("ix_api_keys_store_id", "api_keys", ["store_id"])


def downgrade() -> None:
    op.drop_table("api_keys")
