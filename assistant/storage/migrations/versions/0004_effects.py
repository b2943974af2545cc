"""The ledger of effects: plans, what has become of each call, and every state that it was in."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "effect_plans",
        sa.Column("run_id", sa.String, nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("conversation_id", sa.String, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("carrier", sa.String, nullable=False),
        sa.Column("ended", sa.Boolean, nullable=False),
        sa.Column("owed", sa.Boolean, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("run_id", name="pk_effect_plans"),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name="fk_effect_plans_store_id"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_effect_plans_conversation_id"),
    )
    op.create_index("ix_effect_plans_unfinished", "effect_plans", ["run_id"], sqlite_where=sa.text("NOT ended OR owed"))
    op.create_table(
        "effects",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("run_id", sa.String, nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("conversation_id", sa.String, nullable=False),
        sa.Column("shopper", sa.String, nullable=False),
        sa.Column("procedure", sa.String, nullable=False),
        sa.Column("operation", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("call", sa.Text, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("decided_by", sa.String, nullable=False),
        sa.Column("remark", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_effects"),
        sa.UniqueConstraint("id", name="uq_effects_id"),
        sa.ForeignKeyConstraint(["run_id"], ["effect_plans.run_id"], name="fk_effects_run_id"),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name="fk_effects_store_id"),
    )
    op.create_index("ix_effects_run_id", "effects", ["run_id"])
    op.create_index("ix_effects_conversation_id", "effects", ["conversation_id"])
    op.create_index("ix_effects_store_id_number", "effects", ["store_id", "number"])
    op.create_index(
        "ix_effects_approving", "effects", ["store_id", "number"], sqlite_where=sa.text("state = 'approving'")
    )
    op.create_table(
        "effect_changes",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("effect_id", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_effect_changes"),
        sa.ForeignKeyConstraint(["effect_id"], ["effects.id"], name="fk_effect_changes_effect_id"),
    )
    op.create_index("ix_effect_changes_effect_id", "effect_changes", ["effect_id"])
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER effect_changes_no_{verb.lower()} BEFORE {verb} ON effect_changes "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )


def downgrade() -> None:
    for table in ("effect_changes", "effects", "effect_plans"):
        op.drop_table(table)
