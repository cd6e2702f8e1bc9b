"""Listings held against whole reads of their market."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("source", sa.Column("doubted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("version", sa.Column("requeued_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(("ix_listing_missing_since"), "listing", ["missing_since"], unique=False)


def downgrade() -> None:
    op.drop_index(("ix_listing_missing_since"), table_name="listing")
    op.drop_column("version", "requeued_at")
    op.drop_column("source", "doubted_at")
