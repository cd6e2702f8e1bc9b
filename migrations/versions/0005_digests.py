"""Posts that wait for their hour."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_index(("ix_post_created_at"), "post", ["created_at"], unique=False)
    op.create_table(
        "arrival",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("grew_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=("pk_arrival")),
    )
    op.create_table(
        "channel_pause",
        sa.Column("channel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("settings_n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("because", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "settings_n", name=("pk_channel_pause")),
    )
    op.create_index(("ix_channel_pause_guild_id"), "channel_pause", ["guild_id"], unique=False)
    op.create_table(
        "digest_line",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", BIG_ID, nullable=False),
        sa.Column("verdict_id", BIG_ID, nullable=False),
        sa.Column("tier", sa.String(length=16), nullable=False),
        sa.Column("price_usd_micros", sa.BigInteger(), nullable=False),
        sa.Column("post_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=("fk_digest_line_post_id")),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdict.id"], name=("fk_digest_line_verdict_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=("fk_digest_line_version_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_digest_line")),
        sa.UniqueConstraint("guild_id", "version_id", "due_at", name="uq_digest_line_once"),
    )
    op.create_index("ix_digest_line_next", "digest_line", ["post_id", "due_at", "guild_id"], unique=False)
    op.create_index(("ix_digest_line_verdict_id"), "digest_line", ["verdict_id"], unique=False)
    op.create_index(("ix_digest_line_version_id"), "digest_line", ["version_id"], unique=False)
    op.create_table(
        "greeting",
        sa.Column("arrival_id", BIG_ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["arrival_id"], ["arrival.id"], name=("fk_greeting_arrival_id")),
        sa.PrimaryKeyConstraint("arrival_id", "guild_id", name=("pk_greeting")),
    )
    op.create_index(("ix_greeting_guild_id"), "greeting", ["guild_id"], unique=False)


def downgrade() -> None:
    op.drop_index(("ix_greeting_guild_id"), table_name="greeting")
    op.drop_table("greeting")
    op.drop_index(("ix_digest_line_version_id"), table_name="digest_line")
    op.drop_index(("ix_digest_line_verdict_id"), table_name="digest_line")
    op.drop_index("ix_digest_line_next", table_name="digest_line")
    op.drop_table("digest_line")
    op.drop_index(("ix_channel_pause_guild_id"), table_name="channel_pause")
    op.drop_table("channel_pause")
    op.drop_table("arrival")
    op.drop_index(("ix_post_created_at"), table_name="post")
