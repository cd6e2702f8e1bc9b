"""Roles that a server's settings ping, as the bot knows them now: who hears nothing, and what a post says."""

from collections.abc import Iterator

import discord

from cogs.ui.guilds import HOW_TO_PING, granted, hears
from cogs.ui.posts import Message
from core.domain.deals import DealTier
from core.domain.guilds import ServerSettings
from core.domain.posts import Destination

PING_LOST = "ping_lost"
"""What the client tells itself, with the server, when it leaves out a ping."""
_GOES_ON = "Deals are posted as before"
_CHOOSE = "Or choose another role, or none, with `/settings`, and save it."


def lost_pings(server: discord.Guild, settings: ServerSettings) -> dict[int, str]:
    """What there is to say of each pinged role that is gone, or hears nothing where its deals are posted."""
    said: dict[int, str] = {}
    for role_id, tiers in _pinged(settings).items():
        role, calls = server.get_role(role_id), " and ".join(tier.upper() for tier in tiers)
        if role is None:
            said[role_id] = (
                f"The role that I ping for {calls} is gone. {_GOES_ON}, and ping nobody.\n\n"
                "Choose another role, or none, with `/settings`, and save it."
            )
        elif deaf := [id for id in _channels(settings, tiers) if _is_deaf(server, role, id)]:
            where = " and ".join(f"<#{channel_id}>" for channel_id in deaf)
            said[role_id] = (
                f"<@&{role_id}>, which I ping for {calls}, hears nothing of it in {where}. {_GOES_ON}.\n\n"
                f"{HOW_TO_PING}, or grant me Mention Everyone. {_CHOOSE}"
            )
    return said


def pinging(bot: discord.Client, to: Destination, looks: Message) -> str | None:
    """The line above a message, without which it is sent when its role is gone: no name would stand there."""
    server = bot.get_guild(to.guild_id or 0)
    named = looks.allowed_mentions.roles if looks.allowed_mentions else False
    if server is None or server.unavailable or not isinstance(named, list):
        return looks.content
    roles = [server.get_role(role.id) for role in named]
    if any(role is None or _is_deaf(server, role, to.channel_id) for role in roles):
        bot.dispatch(PING_LOST, server)
    return None if None in roles else looks.content


def _pinged(settings: ServerSettings) -> dict[int, list[DealTier]]:
    """The calls that ping each role, those alone that are posted."""
    found: dict[int, list[DealTier]] = {}
    for tier, role_id in settings.ping_roles.items():
        if settings.channel_of(tier) is not None:
            found.setdefault(role_id, []).append(tier)
    return found


def _channels(settings: ServerSettings, tiers: list[DealTier]) -> Iterator[int]:
    channels = (settings.channel_of(tier) for tier in tiers)
    yield from dict.fromkeys(channel_id for channel_id in channels if channel_id is not None)


def _is_deaf(server: discord.Guild, role: discord.Role, channel_id: int) -> bool:
    """Not so in a channel where the bot may not post: that is another trouble, and told of by itself."""
    may = granted(server, channel_id)
    return may.view_channel and may.send_messages and not hears(role, may)
