"""Many servers at once, whose policies differ."""

from datetime import datetime

import msgspec
from sqlalchemy import insert

from core.domain.deals import DEFAULT_POLICY, DealPolicy
from core.domain.guilds import ServerSettings
from db import guilds
from db.engine import Database
from db.guilds import GuildRow, SettingsRow

CHANNELS = 1_000_000
"""A server's channel has its own number, this much further on."""


def policies(count: int) -> list[DealPolicy]:
    """The default, and others that differ in what they ask as profit after fees."""
    return [msgspec.structs.replace(DEFAULT_POLICY, fees_usd_micros=n) for n in range(count)]


async def gather(db: Database, servers: int, asked: list[DealPolicy], now: datetime) -> None:
    """So many servers with a channel each, whose policies are those in turn."""
    async with db.write() as tx:
        digests = [await guilds.keep_policy(tx, policy, now) for policy in asked]
        joined, chosen = [], []
        for guild_id in range(1, servers + 1):
            policy, digest = asked[guild_id % len(asked)], digests[guild_id % len(asked)]
            settings = ServerSettings(policy, CHANNELS + guild_id)
            joined.append({"id": guild_id, "name": "Guild", "settings_n": 1, "has_channel": True,
                           "policy_hash": digest, "joined_at": now})  # fmt: skip
            chosen.append({"guild_id": guild_id, "n": 1, "body": settings, "policy_hash": digest, "at": now,
                           "what": "chosen"})  # fmt: skip
        await tx.execute(insert(GuildRow), joined)
        await tx.execute(insert(SettingsRow), chosen)
