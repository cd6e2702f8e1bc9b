"""Pings: a server is told, once, that a role of its settings cannot be pinged."""

import secrets
from collections.abc import Collection

from core.clock import Clock
from core.domain.notices import NoticePost
from core.domain.posts import Destination, Rank
from core.events import Bus, Topic
from db import guilds, posts
from db.engine import Database

TITLE = "I cannot ping a role"


class PingService:
    """Once for a role and a version of the settings, whoever notices it, and however often."""

    def __init__(self, db: Database, clock: Clock, bus: Bus) -> None:
        self.db = db
        self.clock = clock
        self.bus = bus

    async def untold(self, guild_id: int, role_ids: Collection[int]) -> frozenset[int]:
        """Which of these roles the settings ping, without the server's having been told of them yet."""
        async with self.db.read() as tx:
            guild = await guilds.get(tx, guild_id)
            if guild is None:
                return frozenset()
            pinged = set(guild.settings.ping_roles.values()) & set(role_ids)
            keys = {_key(role_id, guild.settings_n): role_id for role_id in pinged}
            told = await posts.ids_of(tx, keys) if keys else {}
        return frozenset(role_id for key, role_id in keys.items() if key not in told)

    async def tell(self, guild_id: int, role_id: int, text: str, *, where: Destination) -> None:
        """Say it there, unless it was said for these settings, or they ping the role no longer."""
        async with self.db.write() as tx:
            guild = await guilds.hold(tx, guild_id)
            if guild is None or role_id not in guild.settings.ping_roles.values():
                return
            wish = posts.Wish(
                key=_key(role_id, guild.settings_n),
                destination=where,
                payload=NoticePost(TITLE, text),
                nonce=secrets.token_hex(12),
                rank=Rank.HIGH,
            )
            await posts.want(tx, wish, self.clock.now())
        self.bus.wake(Topic.POSTS)


def _key(role_id: int, settings_n: int) -> str:
    return f"ping:{role_id}:{settings_n}"
