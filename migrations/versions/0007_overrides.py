"""Values set by hand, and the lists whose pages people turn."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "override",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("value_usd_micros", sa.BigInteger(), nullable=False),
        sa.Column("low_usd_micros", sa.BigInteger(), nullable=True),
        sa.Column("high_usd_micros", sa.BigInteger(), nullable=True),
        sa.Column("confidence", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_by", sa.BigInteger(), nullable=True),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("value_usd_micros > 0", name=("ck_override_value_is_positive")),
        sa.CheckConstraint(
            "(cleared_by IS NULL) = (cleared_at IS NULL)", name=("ck_override_cleared_by_somebody")
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_override")),
    )
    op.create_index("ix_override_subject", "override", ["subject", "id"], unique=False)
    op.create_table(
        "page",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_page")),
    )
    op.create_index(("ix_page_at"), "page", ["at"], unique=False)
    op.create_index(("ix_slab_alt_asset_id"), "slab", ["alt_asset_id"], unique=False)


def downgrade() -> None:
    op.drop_index(("ix_slab_alt_asset_id"), table_name="slab")
    op.drop_index(("ix_page_at"), table_name="page")
    op.drop_table("page")
    op.drop_index("ix_override_subject", table_name="override")
    op.drop_table("override")
