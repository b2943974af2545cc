"""What stores' language models have taken."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "model_usage",
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("purpose", sa.String, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("calls", sa.BigInteger, nullable=False),
        sa.Column("estimated", sa.BigInteger, nullable=False),
        sa.Column("tokens_in", sa.BigInteger, nullable=False),
        sa.Column("tokens_out", sa.BigInteger, nullable=False),
        sa.Column("cost", sa.BigInteger),
        sa.PrimaryKeyConstraint("store_id", "day", "purpose", "model", "outcome", name="pk_model_usage"),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name="fk_model_usage_store_id"),
    )


def downgrade() -> None:
    op.drop_table("model_usage")
