"""What became of the deals that were posted."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    id_type = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "outcome",
        sa.Column("id", id_type, nullable=False),
        sa.Column("verdict_id", sa.BigInteger(), nullable=False),
        sa.Column("tier", sa.String(length=16), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("slab_id", id_type, nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("price_usd_micros", sa.BigInteger(), nullable=False),
        sa.Column("value_usd_micros", sa.BigInteger(), nullable=False),
        sa.Column("payout_bps", sa.Integer(), nullable=False),
        sa.Column("fees_usd_micros", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_as", sa.String(length=16), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sold_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sold_after_s", sa.BigInteger(), nullable=True),
        sa.Column("paid_usd_micros", sa.BigInteger(), nullable=True),
        sa.Column("buyer", sa.String(length=128), nullable=True),
        sa.Column("value_1d_usd_micros", sa.BigInteger(), nullable=True),
        sa.Column("value_7d_usd_micros", sa.BigInteger(), nullable=True),
        sa.Column("value_30d_usd_micros", sa.BigInteger(), nullable=True),
        sa.Column("sales", sa.Integer(), nullable=False),
        sa.Column("is_hit", sa.Boolean(), nullable=True),
        sa.Column("judged_by", sa.String(length=12), nullable=True),
        sa.Column("proof_usd_micros", sa.BigInteger(), nullable=True),
        sa.Column("profit_usd_micros", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(is_hit IS NULL) = (judged_by IS NULL)", name="ck_outcome_judged_by_something"),
        sa.ForeignKeyConstraint(["slab_id"], ["slab.id"], name=("fk_outcome_slab_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_outcome")),
        sa.UniqueConstraint("verdict_id", "tier", name="uq_outcome_call"),
    )
    op.create_index(("ix_outcome_due_at"), "outcome", ["due_at"], unique=False)
    op.create_index(("ix_outcome_listing_id"), "outcome", ["listing_id"], unique=False)
    op.create_index(("ix_outcome_shown_at"), "outcome", ["shown_at"], unique=False)
    op.create_table(
        "showing",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("outcome_id", id_type, autoincrement=False, nullable=False),
        sa.Column("post_id", id_type, nullable=False),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=("fk_showing_outcome_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=("fk_showing_post_id")),
        sa.PrimaryKeyConstraint("guild_id", "outcome_id", name=("pk_showing")),
    )


def downgrade() -> None:
    op.drop_table("showing")
    op.drop_index(("ix_outcome_shown_at"), table_name="outcome")
    op.drop_index(("ix_outcome_listing_id"), table_name="outcome")
    op.drop_index(("ix_outcome_due_at"), table_name="outcome")
    op.drop_table("outcome")
