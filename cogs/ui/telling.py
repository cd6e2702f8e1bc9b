"""Where a server can be told that its channel for deals is closed to us."""

import discord
from discord.http import HTTPClient

from cogs.ui.errors import UNREACHABLE
from cogs.ui.guilds import NEEDED, missing_permissions
from cogs.ui.sending import within
from core.domain.posts import Destination

OPEN_LIMIT_S = 5


async def place_to_tell(
    http: HTTPClient, guild: discord.Guild | None, closed_id: int, trace_id: int | None
) -> Destination | None:
    """A channel that somebody reads and that takes our messages, else the owner; None for nobody.

    `trace_id` is the server's own channel for what is odd.
    """
    if guild is None:
        return None
    candidates = (guild.get_channel(trace_id or 0), guild.system_channel, guild.public_updates_channel)
    for channel in candidates:
        if channel is None or channel.id == closed_id:
            continue
        if not missing_permissions(channel.permissions_for(guild.me), NEEDED):
            return Destination(channel.id, guild.id)
    return await _owner(http, guild)


def missing_in(guild: discord.Guild | None, channel_id: int) -> tuple[str, ...]:
    """What the bot may not do in a channel, by the names Discord shows; empty when that is not known."""
    channel = None if guild is None else guild.get_channel(channel_id)
    if guild is None or channel is None:
        return ()
    return missing_permissions(channel.permissions_for(guild.me), NEEDED)


async def _owner(http: HTTPClient, guild: discord.Guild) -> Destination | None:
    try:
        async with within(http, OPEN_LIMIT_S):
            owner = guild.owner or await guild.fetch_member(guild.owner_id or 0)
            channel = owner.dm_channel or await owner.create_dm()
    except UNREACHABLE:
        return None
    return Destination(channel.id)
