"""What servers choose, version by version."""

import json
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FIRST_VERSIONS = """
INSERT INTO guild_settings (guild_id, n, body, policy_hash, changed_by, at, what)
SELECT guild.id, 1, '{"policy":' || policy.body || ',"channel_id":' || CAST(deals_channel_id AS TEXT) || '}',
       policy.hash, chosen_by, COALESCE(chosen_at, joined_at), 'first choice'
FROM guild JOIN policy ON policy.hash = guild.policy_hash WHERE deals_channel_id IS NOT NULL
"""
CHOSEN = """
SELECT guild.id, body, changed_by, at FROM guild
JOIN guild_settings ON guild_settings.guild_id = guild.id AND n = settings_n
"""


def upgrade() -> None:
    op.create_table(
        "guild_settings",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("policy_hash", sa.String(length=32), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("restores", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["guild_id"], ["guild.id"], name=("fk_guild_settings_guild_id")),
        sa.ForeignKeyConstraint(["policy_hash"], ["policy.hash"], name=("fk_guild_settings_policy_hash")),
        sa.PrimaryKeyConstraint("guild_id", "n", name=("pk_guild_settings")),
    )
    op.create_table(
        "settings_draft",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("base_n", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["guild_id"], ["guild.id"], name=("fk_settings_draft_guild_id")),
        sa.PrimaryKeyConstraint("guild_id", "user_id", name=("pk_settings_draft")),
    )
    op.create_table(
        "policy_backlog",
        sa.Column("policy_hash", sa.String(length=32), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["policy_hash"], ["policy.hash"], name=("fk_policy_backlog_policy_hash")),
        sa.PrimaryKeyConstraint("policy_hash", name=("pk_policy_backlog")),
    )
    op.add_column("guild", sa.Column("settings_n", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("guild", sa.Column("has_channel", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(FIRST_VERSIONS)
    chose = sa.column("deals_channel_id").is_not(None)
    guild = sa.table("guild", sa.column("settings_n", sa.Integer), sa.column("has_channel", sa.Boolean))
    op.execute(guild.update().where(chose).values(settings_n=1, has_channel=True))
    for name in ("deals_channel_id", "chosen_by", "chosen_at"):
        op.drop_column("guild", name)


def downgrade() -> None:
    op.add_column("guild", sa.Column("deals_channel_id", sa.BigInteger(), nullable=True))
    op.add_column("guild", sa.Column("chosen_by", sa.BigInteger(), nullable=True))
    op.add_column("guild", sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=True))
    guild = sa.table(
        "guild",
        *(sa.column("id"), sa.column("deals_channel_id"), sa.column("chosen_by"), sa.column("chosen_at")),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.text(CHOSEN)).all():
        values = {
            "deals_channel_id": json.loads(row.body).get("channel_id"),
            "chosen_by": row.changed_by,
            "chosen_at": row.at,
        }
        connection.execute(guild.update().where(guild.c.id == row.id).values(values))
    op.drop_table("policy_backlog")
    op.drop_table("settings_draft")
    op.drop_table("guild_settings")
    op.drop_column("guild", "settings_n")
    op.drop_column("guild", "has_channel")
