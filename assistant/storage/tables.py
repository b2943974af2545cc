"""The tables, as SQLAlchemy Core knows them. A change here needs a migration beside it.

Documents (payloads, focus, shopper, store) are JSON in text columns, written and read by `codec`: the columns beside
them hold only what a query or a constraint needs.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time with time zone UTC, also where the database forgets time zones (SQLite)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

stores = Table(
    "stores",
    metadata,
    Column("id", String, primary_key=True),
    Column("document", Text, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", String, primary_key=True),
    Column("store_id", String, ForeignKey("stores.id"), nullable=False, index=True),
    Column("shopper", Text, nullable=False),
    Column("language", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("last_message_seq", Integer, nullable=False),  # of the last shopper message, 0 if there is none
    Column("answered_seq", Integer, nullable=False),
    Column("focus", Text, nullable=False),
    Column("test", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("answered_seq <= last_message_seq AND last_message_seq <= last_seq", name="seq_order"),
)

# Holds only conversations with something to answer, so taking up work after a restart costs what there is to do.
_UNANSWERED = text("last_message_seq > answered_seq")
Index(
    "ix_conversations_unanswered",
    conversations.c.owner,
    conversations.c.id,
    sqlite_where=_UNANSWERED,
    postgresql_where=_UNANSWERED,
)

events = Table(
    "events",
    metadata,
    Column("conversation_id", String, ForeignKey("conversations.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("type", String, nullable=False),
    Column("payload", Text, nullable=False),
)

client_messages = Table(
    "client_messages",
    metadata,
    Column("conversation_id", String, primary_key=True),
    Column("client_message_id", String, primary_key=True),
    Column("seq", Integer, nullable=False),
    ForeignKeyConstraint(["conversation_id", "seq"], ["events.conversation_id", "events.seq"]),
)

traces = Table(
    "traces",
    metadata,
    Column("conversation_id", String, ForeignKey("conversations.id"), primary_key=True),
    Column("turn_id", String, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("trace", LargeBinary, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String, primary_key=True),
    Column("store_id", String, ForeignKey("stores.id"), nullable=False, index=True),
    Column("scopes", String, nullable=False),  # words with spaces between, as RFC 6749 writes scopes
    Column("name", String, nullable=False),
    Column("digest", LargeBinary, nullable=False),  # SHA-256 of the secret; the secret itself is nowhere
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
)

procedure_shelves = Table(
    "procedure_shelves",
    metadata,
    Column("store_id", String, ForeignKey("stores.id"), primary_key=True),
    Column("revision", Integer, nullable=False),  # grows with every change of the store's procedures
)

procedure_versions = Table(
    "procedure_versions",
    metadata,
    Column("store_id", String, ForeignKey("stores.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("version", String, primary_key=True),
    Column("number", Integer, nullable=False),  # counts the versions of a name
    Column("file", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("author", String, nullable=False),
)

procedures = Table(
    "procedures",
    metadata,
    Column("store_id", String, ForeignKey("stores.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("version", String),  # null: out of force
    Column("brought", String),  # the version that the store's folder brought last; null where none did
    Column("enabled", Boolean, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", String, nullable=False),
    ForeignKeyConstraint(
        ["store_id", "name", "version"],
        ["procedure_versions.store_id", "procedure_versions.name", "procedure_versions.version"],
        name="fk_procedures_store_id_name_version",
    ),
)

effect_plans = Table(
    "effect_plans",
    metadata,
    Column("run_id", String, primary_key=True),
    Column("store_id", String, ForeignKey("stores.id"), nullable=False),
    Column("conversation_id", String, ForeignKey("conversations.id"), nullable=False),
    Column("plan", Text, nullable=False),
    Column("carrier", String, nullable=False),  # who goes on with it; writes of any other are refused
    Column("ended", Boolean, nullable=False),
    Column("owed", Boolean, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

effects = Table(
    "effects",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),  # the order of the audit log
    Column("id", String, nullable=False, unique=True),
    Column("run_id", String, ForeignKey("effect_plans.run_id"), nullable=False, index=True),
    Column("store_id", String, ForeignKey("stores.id"), nullable=False),
    Column("conversation_id", String, nullable=False, index=True),
    Column("shopper", String, nullable=False),
    Column("procedure", String, nullable=False),
    Column("operation", String, nullable=False),
    Column("state", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("call", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("reason", String, nullable=False),
    Column("decided_by", String, nullable=False),
    Column("remark", Text, nullable=False),
    Index("ix_effects_store_id_number", "store_id", "number"),
)

# What waits or has to go on is little beside all that was ever done.
Index(
    "ix_effect_plans_unfinished",
    effect_plans.c.run_id,
    sqlite_where=text("NOT ended OR owed"),
    postgresql_where=text("NOT ended OR owed"),
)
Index(
    "ix_effects_approving",
    effects.c.store_id,
    effects.c.number,
    sqlite_where=text("state = 'approving'"),
    postgresql_where=text("state = 'approving'"),
)

effect_changes = Table(
    "effect_changes",  # append-only: the migration has the database refuse anything else
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("effect_id", String, ForeignKey("effects.id"), nullable=False, index=True),
    Column("state", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("reason", String, nullable=False),
    Column("author", String, nullable=False),  # the human who decided so, where one did
)

users = Table(
    "users",
    metadata,
    Column("id", String, primary_key=True),
    Column("email", String, nullable=False, unique=True),  # in lower case
    Column("name", String, nullable=False),
    Column("language", String, nullable=False),
    Column("password", String, nullable=False),  # its Argon2id hash
    Column("created_at", UtcDateTime, nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("store_id", String, ForeignKey("stores.id"), primary_key=True),
    Column("user_id", String, ForeignKey("users.id"), primary_key=True, index=True),
    Column("role", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

stays = Table(
    "stays",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # SHA-256 of the token; the token itself is nowhere
    Column("user_id", String, ForeignKey("users.id"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

# What events say of the passage to humans, so that a queue can be read without reading logs (desk_entries).
handoffs = Table(
    "handoffs",
    metadata,
    Column("id", String, primary_key=True),
    Column("store_id", String, ForeignKey("stores.id"), nullable=False),
    Column("conversation_id", String, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("reason", String),
    Column("confidence", Float, nullable=False),
    Column("note", Text, nullable=False),
    Column("group_name", String, nullable=False),
    Column("language", String, nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("waits_since", UtcDateTime),
    Column("urgent", Boolean, nullable=False),
    Column("offered_to", String),
    Column("offered_until", UtcDateTime),
    Column("passed_by", Text, nullable=False),  # ids, a JSON list
    Column("agent", String),
    Column("agent_name", String, nullable=False),
    Column("taken_at", UtcDateTime),
    Column("waited_s", Float),  # before it was taken last
    Column("ended_at", UtcDateTime),
    Column("ending", String, nullable=False),
    Column("closed_for", Text, nullable=False),
    Index("ix_handoffs_store_id_group_name_taken_at", "store_id", "group_name", "taken_at"),
)

_NOT_ENDED = text("ended_at IS NULL")
Index(
    "uq_handoffs_open_of_conversation",
    handoffs.c.conversation_id,
    unique=True,
    sqlite_where=_NOT_ENDED,
    postgresql_where=_NOT_ENDED,
)
Index(
    "ix_handoffs_open_of_store",
    handoffs.c.store_id,
    sqlite_where=_NOT_ENDED,
    postgresql_where=_NOT_ENDED,
)

agents = Table(
    "agents",
    metadata,
    Column("store_id", String, ForeignKey("stores.id"), primary_key=True),
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("state", String, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("groups", Text, nullable=False),  # names, a JSON list
    Column("languages", Text, nullable=False),  # tags, a JSON list
    Column("seen_at", UtcDateTime, nullable=False),
    Column("idle_since", UtcDateTime, nullable=False),
    Column("offered_at", UtcDateTime),
    Column("missed", Integer, nullable=False),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", String, primary_key=True),
    Column("store_id", String, ForeignKey("stores.id"), nullable=False),
    Column("conversation_id", String, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("reason", String, nullable=False),
    Column("group_name", String, nullable=False),
    Column("message", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("closed_by", String),
    Column("answer", Text, nullable=False),
    Index("ix_tickets_store_id_state", "store_id", "state", "id"),
)

model_usage = Table(
    "model_usage",
    metadata,
    Column("store_id", String, ForeignKey("stores.id"), primary_key=True),
    Column("day", Date, primary_key=True),  # in the store's time zone
    Column("purpose", String, primary_key=True),
    Column("model", String, primary_key=True),
    Column("outcome", String, primary_key=True),
    Column("calls", BigInteger, nullable=False),
    Column("estimated", BigInteger, nullable=False),  # calls whose tokens are estimates
    Column("tokens_in", BigInteger, nullable=False),
    Column("tokens_out", BigInteger, nullable=False),
    Column("cost", BigInteger),  # in billionths
)
