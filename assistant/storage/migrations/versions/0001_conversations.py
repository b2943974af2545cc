"""Stores, conversations, their events, and the traces of turns."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "stores",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stores"),
    )
    op.create_table(
        "conversations",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("shopper", sa.Text, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("last_seq", sa.Integer, nullable=False),
        sa.Column("last_message_seq", sa.Integer, nullable=False),
        sa.Column("answered_seq", sa.Integer, nullable=False),
        sa.Column("focus", sa.Text, nullable=False),
        sa.Column("test", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name="fk_conversations_store_id"),
        sa.CheckConstraint("answered_seq <= last_message_seq AND last_message_seq <= last_seq", name="seq_order"),
    )
    op.create_index("ix_conversations_store_id", "conversations", ["store_id"])
    unanswered = sa.text("last_message_seq > answered_seq")
    op.create_index(
        "ix_conversations_unanswered",
        "conversations",
        ["owner", "id"],
        sqlite_where=unanswered,
        postgresql_where=unanswered,
    )
    op.create_table(
        "events",
        sa.Column("conversation_id", sa.String, nullable=False),
        sa.Column("seq", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name="pk_events"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_events_conversation_id"),
    )
    op.create_table(
        "client_messages",
        sa.Column("conversation_id", sa.String, nullable=False),
        sa.Column("client_message_id", sa.String, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "client_message_id", name="pk_client_messages"),
        sa.ForeignKeyConstraint(
            ["conversation_id", "seq"],
            ["events.conversation_id", "events.seq"],
            name="fk_client_messages_conversation_id_seq",
        ),
    )
    op.create_table(
        "traces",
        sa.Column("conversation_id", sa.String, nullable=False),
        sa.Column("turn_id", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trace", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "turn_id", name="pk_traces"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_traces_conversation_id"),
    )


def downgrade() -> None:
    for table in ("traces", "client_messages", "events", "conversations", "stores"):
        op.drop_table(table)
