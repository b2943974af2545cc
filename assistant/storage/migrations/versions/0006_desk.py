"""The desk: passages to humans, those who serve, and tickets."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_NOT_ENDED = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "handoffs",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("conversation_id", sa.String, nullable=False),
        sa.Column("reason", sa.String),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("group_name", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_since", sa.DateTime(timezone=True)),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("offered_to", sa.String),
        sa.Column("offered_until", sa.DateTime(timezone=True)),
        sa.Column("passed_by", sa.Text, nullable=False),
        sa.Column("agent", sa.String),
        sa.Column("agent_name", sa.String, nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True)),
        sa.Column("waited_s", sa.Float),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ending", sa.String, nullable=False),
        sa.Column("closed_for", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_handoffs"),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name="fk_handoffs_store_id"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_handoffs_conversation_id"),
    )
    op.create_index("ix_handoffs_conversation_id", "handoffs", ["conversation_id"])
    op.create_index("ix_handoffs_store_id_group_name_taken_at", "handoffs", ["store_id", "group_name", "taken_at"])
    op.create_index(
        "uq_handoffs_open_of_conversation", "handoffs", ["conversation_id"], unique=True, sqlite_where=_NOT_ENDED
    )
    op.create_index("ix_handoffs_open_of_store", "handoffs", ["store_id"], sqlite_where=_NOT_ENDED)
    op.create_table(
        "agents",
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("groups", sa.Text, nullable=False),
        sa.Column("languages", sa.Text, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True)),
        sa.Column("missed", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("store_id", "id", name="pk_agents"),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name="fk_agents_store_id"),
    )
    op.create_table(
        "tickets",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("conversation_id", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("group_name", sa.String, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("closed_by", sa.String),
        sa.Column("answer", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name="fk_tickets_store_id"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_tickets_conversation_id"),
    )
    op.create_index("ix_tickets_conversation_id", "tickets", ["conversation_id"])
    op.create_index("ix_tickets_store_id_state", "tickets", ["store_id", "state", "id"])


def downgrade() -> None:
    for table in ("tickets", "agents", "handoffs"):
        op.drop_table(table)
