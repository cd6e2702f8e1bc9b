"""The first tables: market, verdicts, posts, events and the house's own rows."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "allowance",
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=("pk_allowance")),
    )
    op.create_table(
        "backfill",
        sa.Column("stretch", sa.String(length=40), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("stretch", name=("pk_backfill")),
    )
    op.create_table(
        "card",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("game", sa.String(length=60), nullable=False),
        sa.Column("set_name", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("variant", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_card")),
        sa.UniqueConstraint(
            "game", "set_name", "number", "name", "variant", "language", "year", name="uq_card_key"
        ),
    )
    op.create_table(
        "commands",
        sa.Column("application_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("application_id", name=("pk_commands")),
    )
    op.create_table(
        "event",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=("pk_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(("ix_event_at"), "event", ["at"], unique=False)
    op.create_table(
        "event_reader",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=("pk_event_reader")),
    )
    op.create_table(
        "house",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("world", sa.String(length=8), nullable=True),
        sa.Column("oldest_code", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_house")),
    )
    op.create_table(
        "job",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.Column("leased_by", sa.String(length=40), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=("pk_job")),
    )
    op.create_table(
        "policy",
        sa.Column("hash", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=("pk_policy")),
    )
    op.create_table(
        "price_point",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("type", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("usd_micros", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.String(length=64), nullable=True),
        sa.Column("rate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("dedupe_key", sa.String(length=200), nullable=False),
        sa.Column("apart", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["rate_id"], ["price_point.id"], name=("fk_price_point_rate_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_price_point")),
        sa.UniqueConstraint("dedupe_key", name=("uq_price_point_dedupe_key")),
    )
    op.create_index("ix_price_point_history", "price_point", ["subject", "type", "at"], unique=False)
    op.create_table(
        "process",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("roles", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gateway_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gateway_is_up", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_process")),
    )
    op.create_table(
        "source",
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("is_down", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=("pk_source")),
    )
    op.create_table(
        "source_calls",
        sa.Column("process_id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=300), nullable=False),
        sa.Column("p50_ms", sa.Integer(), nullable=True),
        sa.Column("p95_ms", sa.Integer(), nullable=True),
        sa.Column("oldest_data_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("newest_data_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("change", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("process_id", "source", name=("pk_source_calls")),
    )
    op.create_table(
        "token",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chain", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_token")),
        sa.UniqueConstraint("chain", "address", name="uq_token_address"),
    )
    op.create_table(
        "trade",
        sa.Column(
            "price_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("token_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("venue", sa.String(length=16), nullable=False),
        sa.Column("seller", sa.String(length=128), nullable=False),
        sa.Column("buyer", sa.String(length=128), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["price_id"], ["price_point.id"], name=("fk_trade_price_id")),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name=("fk_trade_token_id")),
        sa.PrimaryKeyConstraint("price_id", name=("pk_trade")),
    )
    op.create_index(("ix_trade_token_id"), "trade", ["token_id"], unique=False)
    op.create_table(
        "valuation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("valued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value_usd_micros", sa.BigInteger(), nullable=False),
        sa.Column("low_usd_micros", sa.BigInteger(), nullable=False),
        sa.Column("high_usd_micros", sa.BigInteger(), nullable=False),
        sa.Column("confidence", sa.SmallInteger(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_valuation")),
    )
    op.create_index("ix_valuation_current", "valuation", ["subject", "known_at"], unique=False)
    op.create_table(
        "guild",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("policy_hash", sa.String(length=32), nullable=False),
        sa.Column("deals_channel_id", sa.BigInteger(), nullable=True),
        sa.Column("paused_because", sa.String(length=300), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chosen_by", sa.BigInteger(), nullable=True),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["policy_hash"], ["policy.hash"], name=("fk_guild_policy_hash")),
        sa.PrimaryKeyConstraint("id", name=("pk_guild")),
    )
    op.create_index(("ix_guild_policy_hash"), "guild", ["policy_hash"], unique=False)
    op.create_table(
        "kind",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("card_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("grader", sa.String(length=8), nullable=False),
        sa.Column("grade_tenths", sa.SmallInteger(), nullable=False),
        sa.Column("grade_label", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=("fk_kind_card_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_kind")),
        sa.UniqueConstraint("card_id", "grader", "grade_tenths", "grade_label", name="uq_kind_key"),
    )
    op.create_table(
        "listing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("venue", sa.String(length=16), nullable=False),
        sa.Column("token_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seller", sa.String(length=128), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("ask_amount", sa.BigInteger(), nullable=True),
        sa.Column("ask_unit", sa.String(length=16), nullable=True),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_source", sa.String(length=24), nullable=True),
        sa.Column("closed_as", sa.String(length=16), nullable=True),
        sa.Column("episode_id", sa.BigInteger(), nullable=True),
        sa.Column("version_id", sa.BigInteger(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(ask_amount IS NULL) = (ask_unit IS NULL)", name=("ck_listing_ask_has_unit")),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name=("fk_listing_token_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_listing")),
        sa.UniqueConstraint("venue", "token_id", "seller", name="uq_listing_key"),
    )
    op.create_index(("ix_listing_is_open"), "listing", ["is_open"], unique=False)
    op.create_index(("ix_listing_token_id"), "listing", ["token_id"], unique=False)
    op.create_table(
        "episode",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("listing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=("fk_episode_listing_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_episode")),
    )
    op.create_index(("ix_episode_listing_id"), "episode", ["listing_id"], unique=False)
    op.create_table(
        "slab",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("grader", sa.String(length=8), nullable=False),
        sa.Column("certificate", sa.String(length=64), nullable=False),
        sa.Column("kind_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("alt_asset_id", sa.String(length=100), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["kind_id"], ["kind.id"], name=("fk_slab_kind_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_slab")),
        sa.UniqueConstraint("grader", "certificate", name="uq_slab_certificate"),
    )
    op.create_index(("ix_slab_kind_id"), "slab", ["kind_id"], unique=False)
    op.create_table(
        "token_slab",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slab_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["slab_id"], ["slab.id"], name=("fk_token_slab_slab_id")),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name=("fk_token_slab_token_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_token_slab")),
        sa.UniqueConstraint("token_id", "version", name="uq_token_slab_version"),
    )
    op.create_index(("ix_token_slab_slab_id"), "token_slab", ["slab_id"], unique=False)
    op.create_table(
        "version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("listing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("episode_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("ask_amount", sa.BigInteger(), nullable=False),
        sa.Column("ask_unit", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_live_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_baseline", sa.Boolean(), nullable=False),
        sa.CheckConstraint("ask_amount > 0", name=("ck_version_ask_is_positive")),
        sa.ForeignKeyConstraint(["episode_id"], ["episode.id"], name=("fk_version_episode_id")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=("fk_version_listing_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_version")),
        sa.UniqueConstraint("listing_id", "n", name="uq_version_n"),
    )
    op.create_index(("ix_version_episode_id"), "version", ["episode_id"], unique=False)
    op.create_table(
        "observation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("listing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("said", sa.String(length=16), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=("fk_observation_listing_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=("fk_observation_version_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_observation")),
        sa.UniqueConstraint("source", "event_id", "said", name="uq_observation_event"),
    )
    op.create_index(("ix_observation_listing_id"), "observation", ["listing_id"], unique=False)
    op.create_index(("ix_observation_version_id"), "observation", ["version_id"], unique=False)
    op.create_table(
        "verdict",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("policy_hash", sa.String(length=32), nullable=False),
        sa.Column("valuation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("tier", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("discount_bps", sa.BigInteger(), nullable=True),
        sa.Column("verified_by", sa.String(length=60), nullable=False),
        sa.Column("deal", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ours_ms", sa.Integer(), nullable=False),
        sa.CheckConstraint("(tier IS NULL) <> (reason IS NULL)", name=("ck_verdict_tier_or_reason")),
        sa.ForeignKeyConstraint(["policy_hash"], ["policy.hash"], name=("fk_verdict_policy_hash")),
        sa.ForeignKeyConstraint(["valuation_id"], ["valuation.id"], name=("fk_verdict_valuation_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=("fk_verdict_version_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_verdict")),
        sa.UniqueConstraint("version_id", "policy_hash", name="uq_verdict_once"),
    )
    op.create_index(("ix_verdict_policy_hash"), "verdict", ["policy_hash"], unique=False)
    op.create_index(("ix_verdict_tier"), "verdict", ["tier"], unique=False)
    op.create_table(
        "work",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("prior", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("claimed_by", sa.String(length=40), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=("fk_work_version_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_work")),
        sa.UniqueConstraint("version_id", name=("uq_work_version_id")),
    )
    op.create_index("ix_work_next", "work", ["parked_at", "priority", "prior", "id"], unique=False)
    op.create_index(("ix_work_next_try_at"), "work", ["next_try_at"], unique=False)
    op.create_table(
        "post",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dedupe_key", sa.String(length=120), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=True),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("verdict_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("nonce", sa.String(length=25), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wanted_rev", sa.Integer(), nullable=False),
        sa.Column("shown_rev", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("maybe_sent", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdict.id"], name=("fk_post_verdict_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=("fk_post_version_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_post")),
        sa.UniqueConstraint("dedupe_key", name=("uq_post_dedupe_key")),
    )
    op.create_index(("ix_post_guild_id"), "post", ["guild_id"], unique=False)
    op.create_index(("ix_post_message_id"), "post", ["message_id"], unique=False)
    op.create_index("ix_post_next", "post", ["state", "next_try_at", "rank", "id"], unique=False)
    op.create_index(("ix_post_verdict_id"), "post", ["verdict_id"], unique=False)
    op.create_index(("ix_post_version_id"), "post", ["version_id"], unique=False)
    op.execute("INSERT INTO house (id, oldest_code) VALUES (1, 1)")


def downgrade() -> None:
    op.drop_index(("ix_post_version_id"), table_name="post")
    op.drop_index(("ix_post_verdict_id"), table_name="post")
    op.drop_index("ix_post_next", table_name="post")
    op.drop_index(("ix_post_message_id"), table_name="post")
    op.drop_index(("ix_post_guild_id"), table_name="post")
    op.drop_table("post")
    op.drop_index(("ix_work_next_try_at"), table_name="work")
    op.drop_index("ix_work_next", table_name="work")
    op.drop_table("work")
    op.drop_index(("ix_verdict_tier"), table_name="verdict")
    op.drop_index(("ix_verdict_policy_hash"), table_name="verdict")
    op.drop_table("verdict")
    op.drop_index(("ix_observation_version_id"), table_name="observation")
    op.drop_index(("ix_observation_listing_id"), table_name="observation")
    op.drop_table("observation")
    op.drop_index(("ix_version_episode_id"), table_name="version")
    op.drop_table("version")
    op.drop_index(("ix_token_slab_slab_id"), table_name="token_slab")
    op.drop_table("token_slab")
    op.drop_index(("ix_slab_kind_id"), table_name="slab")
    op.drop_table("slab")
    op.drop_index(("ix_episode_listing_id"), table_name="episode")
    op.drop_table("episode")
    op.drop_index(("ix_listing_token_id"), table_name="listing")
    op.drop_index(("ix_listing_is_open"), table_name="listing")
    op.drop_table("listing")
    op.drop_table("kind")
    op.drop_index(("ix_guild_policy_hash"), table_name="guild")
    op.drop_table("guild")
    op.drop_index("ix_valuation_current", table_name="valuation")
    op.drop_table("valuation")
    op.drop_index(("ix_trade_token_id"), table_name="trade")
    op.drop_table("trade")
    op.drop_table("token")
    op.drop_table("source_calls")
    op.drop_table("source")
    op.drop_table("process")
    op.drop_index("ix_price_point_history", table_name="price_point")
    op.drop_table("price_point")
    op.drop_table("policy")
    op.drop_table("job")
    op.drop_table("house")
    op.drop_table("event_reader")
    op.drop_index(("ix_event_at"), table_name="event")
    op.drop_table("event")
    op.drop_table("commands")
    op.drop_table("card")
    op.drop_table("backfill")
    op.drop_table("allowance")
