"""Wallets that channels follow."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "follow",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("wallet", sa.String(length=128), nullable=False),
        sa.Column("chain", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("followed_by", sa.BigInteger(), nullable=False),
        sa.Column("paused_because", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["guild_id"], ["guild.id"], name=("fk_follow_guild_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_follow")),
        sa.UniqueConstraint("guild_id", "wallet", name="uq_follow_wallet"),
    )
    op.create_index(("ix_follow_channel_id"), "follow", ["channel_id"], unique=False)
    op.create_index(("ix_follow_wallet"), "follow", ["wallet"], unique=False)
    op.create_table(
        "follow_event",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("venue", sa.String(length=16), nullable=False),
        sa.Column("chain", sa.String(length=16), nullable=False),
        sa.Column("mint", sa.String(length=128), nullable=False),
        sa.Column("seller", sa.String(length=128), nullable=False),
        sa.Column("buyer", sa.String(length=128), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("id", name=("pk_follow_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(("ix_follow_event_at"), "follow_event", ["at"], unique=False)
    op.create_index("ix_follow_event_mint", "follow_event", ["mint", "at"], unique=False)
    op.create_table(
        "follow_look",
        sa.Column("wallet", sa.String(length=128), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("wallet", "source", name=("pk_follow_look")),
    )
    op.create_table(
        "follow_hour",
        sa.Column("channel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("more", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", name=("pk_follow_hour")),
    )


def downgrade() -> None:
    op.drop_table("follow_hour")
    op.drop_table("follow_look")
    op.drop_index("ix_follow_event_mint", table_name="follow_event")
    op.drop_index(("ix_follow_event_at"), table_name="follow_event")
    op.drop_table("follow_event")
    op.drop_index(("ix_follow_wallet"), table_name="follow")
    op.drop_index(("ix_follow_channel_id"), table_name="follow")
    op.drop_table("follow")
