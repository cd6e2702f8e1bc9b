"""Servers: joining, leaving, and what their admins choose."""

from core.clock import Clock
from core.domain.deals import DEFAULT_POLICY
from core.domain.guilds import Guild
from core.errors import NotFound
from db import guilds
from db.engine import Database


class GuildService:
    """Who the bot serves, and where it may post."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db = db
        self.clock = clock

    async def joined(self, guild_id: int, name: str) -> Guild:
        """Remember a server (again); what it chose before is kept."""
        now = self.clock.now()
        async with self.db.write() as tx:
            policy = await guilds.keep_policy(tx, DEFAULT_POLICY, now)
            await guilds.join(tx, guild_id, name, policy, now)
            guild = await guilds.get(tx, guild_id)
        assert guild is not None, "a server just joined is there"
        return guild

    async def left(self, guild_id: int) -> None:
        """Stop posting there; what it chose is kept for its return."""
        async with self.db.write() as tx:
            await guilds.leave(tx, guild_id, self.clock.now())

    async def get(self, guild_id: int) -> Guild | None:
        async with self.db.read() as tx:
            return await guilds.get(tx, guild_id)

    async def choose_channel(self, guild_id: int, channel_id: int, *, by: int) -> Guild:
        """Post deals to this channel from now on; also ends a pause. `by` is who chose, for the audit."""
        async with self.db.write() as tx:
            is_known = await guilds.choose_channel(tx, guild_id, channel_id, by=by, now=self.clock.now())
            guild = await guilds.get(tx, guild_id)
        if not is_known or guild is None:
            raise NotFound("This server is not known yet; try again in a few seconds.")
        return guild

    async def pause(self, guild_id: int, because: str) -> None:
        """Stop posting until an admin chooses a channel again (gone or forbidden channel)."""
        async with self.db.write() as tx:
            await guilds.pause(tx, guild_id, because)
