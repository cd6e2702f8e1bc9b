"""Re-valuations that somebody asked for."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "revaluation",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("span", sa.String(length=8), nullable=False),
        sa.Column("policy_hash", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("cut", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["guild_id"], ["guild.id"], name=("fk_revaluation_guild_id")),
        sa.ForeignKeyConstraint(["policy_hash"], ["policy.hash"], name=("fk_revaluation_policy_hash")),
        sa.PrimaryKeyConstraint("id", name=("pk_revaluation")),
        sqlite_autoincrement=True,
    )
    op.create_index(("ix_revaluation_guild_id"), "revaluation", ["guild_id"], unique=False)
    op.create_index("ix_revaluation_state", "revaluation", ["state", "id"], unique=False)
    op.create_table(
        "revaluation_item",
        sa.Column("revaluation_id", BIG_ID, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version_id", BIG_ID, nullable=False),
        sa.Column("before", sa.String(length=16), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(
            ["revaluation_id"], ["revaluation.id"], name=("fk_revaluation_item_revaluation_id")
        ),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=("fk_revaluation_item_version_id")),
        sa.PrimaryKeyConstraint("revaluation_id", "n", name=("pk_revaluation_item")),
    )


def downgrade() -> None:
    op.drop_table("revaluation_item")
    op.drop_index("ix_revaluation_state", table_name="revaluation")
    op.drop_index(("ix_revaluation_guild_id"), table_name="revaluation")
    op.drop_table("revaluation")
