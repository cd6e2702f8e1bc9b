"""Verdicts that were revised, and prices in quarantine."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("verdict", sa.Column("revised_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "revision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("policy_hash", sa.String(length=32), nullable=False),
        sa.Column("valuation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("tier", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("discount_bps", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(tier IS NULL) <> (reason IS NULL)", name=("ck_revision_tier_or_reason")),
        sa.ForeignKeyConstraint(["policy_hash"], ["policy.hash"], name=("fk_revision_policy_hash")),
        sa.ForeignKeyConstraint(["valuation_id"], ["valuation.id"], name=("fk_revision_valuation_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=("fk_revision_version_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_revision")),
    )
    op.create_index(("ix_revision_version_id"), "revision", ["version_id"], unique=False)
    op.create_table(
        "quarantine",
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("suspicion", sa.Text(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=("fk_quarantine_version_id")),
        sa.PrimaryKeyConstraint("version_id", name=("pk_quarantine")),
    )
    op.create_index(("ix_quarantine_released_at"), "quarantine", ["released_at"], unique=False)


def downgrade() -> None:
    op.drop_index(("ix_quarantine_released_at"), table_name="quarantine")
    op.drop_table("quarantine")
    op.drop_index(("ix_revision_version_id"), table_name="revision")
    op.drop_table("revision")
    op.drop_column("verdict", "revised_at")
