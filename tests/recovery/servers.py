"""A look-alike of Discord with many servers, each with one channel for deals."""

from dataclasses import replace

from core.simulator.discord.guilds import Channel, Guild, Overwrite
from core.simulator.discord.population import (
    ADA_ID,
    BOT_ID,
    BOT_ROLE_ID,
    DEALS_ID,
    GUILD_ID,
)
from core.simulator.discord.world import DiscordWorld

APART = 1_000


def found_servers(world: DiscordWorld, count: int) -> list[int]:
    """So many servers in all, the demo's own first; the ids of their channels for deals."""
    first = world.guilds[GUILD_ID]
    for n in range(1, count):
        guild = _like(first, n * APART)
        world.guilds[guild.id] = guild
    return [DEALS_ID + n * APART for n in range(count)]


def _like(first: Guild, off: int) -> Guild:
    guild = Guild(first.id + off, f"{first.name} {off // APART}", first.owner_id)
    guild.roles = {role.id + off: replace(role, id=role.id + off) for role in first.roles.values()}
    guild.channels = {one.id + off: _channel_like(one, off) for one in first.channels.values()}
    guild.members = {
        id: replace(member, role_ids=[role + off for role in member.role_ids])
        for id, member in first.members.items()
        if id in {ADA_ID, BOT_ID}
    }
    return guild


def _channel_like(channel: Channel, off: int) -> Channel:
    overwrites = {
        one.target_id + off: Overwrite(one.target_id + off, one.is_member, one.allow, one.deny)
        for one in channel.overwrites.values()
    }
    return replace(
        channel, id=channel.id + off, guild_id=(channel.guild_id or 0) + off, overwrites=overwrites
    )


assert BOT_ROLE_ID < GUILD_ID + APART, "the ids of two servers never meet"
