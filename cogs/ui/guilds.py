"""What a server's admins may choose: who asks, what the bot may do where, and what it misses there."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import discord

from cogs.ui.errors import Interaction
from cogs.ui.forms import CHANNEL_TYPES
from core.domain.guilds import Guild, ServerSettings
from core.errors import NotAllowed
from core.services.guilds import Choose

if TYPE_CHECKING:
    from cogs.client import CartelBot

NEEDED: dict[str, str] = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "embed_links": "Embed Links",
}
WISHED: dict[str, str] = {
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
WHY_WISHED: dict[str, str] = {
    "Attach Files": "deals are shown without their chart",
    "Read Message History": (
        "after a crash I cannot see whether a message arrived, and rather leave it out than post it twice"
    ),
}
_GREEN, _ORANGE = 0x2ECC71, 0xE67E22
_WHERE = "Channel settings → Permissions → my role"
_HOW_TO_GRANT = "Channel settings → Permissions → add the bot's role, allow it, then try again."
HOW_TO_PING = "Server settings → Roles → that role → allow anyone to mention it"


async def choose_channel(interaction: Interaction, channel_id: int) -> Guild:
    """Point the server's deals at a channel. Raises NotAllowed when the person or the bot may not."""
    server = server_of_admin(interaction)
    refuse_unusable(server, [channel_id])
    bot: CartelBot = interaction.client
    return await bot.services.guilds.choose_channel(server.id, channel_id, by=interaction.user.id)


def server_of_admin(interaction: Interaction) -> discord.Guild:
    """The server, when the person may manage it at this moment. Raises NotAllowed."""
    may = interaction.permissions
    if interaction.guild is None:
        raise NotAllowed("That is about one server. Ask me there, as somebody who may manage it.")
    if not (may.manage_guild or may.administrator):
        raise NotAllowed("Only people who may manage this server can do that. Ask one of its admins.")
    return interaction.guild


def granted(guild: discord.Guild, channel_id: int) -> discord.Permissions:
    """What the bot may do in a channel; nothing at all in one that it does not know."""
    channel = guild.get_channel(channel_id)
    return channel.permissions_for(guild.me) if channel else discord.Permissions.none()


def missing_permissions(granted: discord.Permissions, asked: dict[str, str]) -> tuple[str, ...]:
    """The permissions that are asked for and not granted, by the names Discord shows."""
    return tuple(name for flag, name in asked.items() if not getattr(granted, flag))


def within(server: discord.Guild, choose: Choose) -> Choose:
    """The same choice, refused when it newly names a channel or role that is not this server's, or no use."""

    def chosen(before: ServerSettings) -> ServerSettings:
        after = choose(before)
        refuse_strangers(server, before, after)
        return after

    return chosen


def refuse_strangers(server: discord.Guild, before: ServerSettings, after: ServerSettings) -> None:
    """Look at the channels and roles that are new in `after`. Raises NotAllowed."""
    refuse_unusable(server, set(channels_of(after)) - set(channels_of(before)))
    for role_id in set(after.ping_roles.values()) - set(before.ping_roles.values()):
        role = server.get_role(role_id)
        if role is None:
            raise NotAllowed("I do not know that role of this server. Choose it again.")
        if role.is_default():
            raise NotAllowed("I never ping everyone: choose a role that people can take or leave.")


def refuse_unusable(server: discord.Guild, channel_ids: Iterable[int]) -> None:
    """Raises NotAllowed for a channel where the bot cannot post."""
    for channel_id in channel_ids:
        channel = server.get_channel(channel_id)
        if channel is not None and channel.type not in CHANNEL_TYPES:
            raise NotAllowed(f"<#{channel_id}> is no text channel. Choose one that holds messages.")
        missing = missing_permissions(granted(server, channel_id), NEEDED)
        if missing:
            raise NotAllowed(
                f"I cannot post in <#{channel_id}>. I miss: {', '.join(missing)}. {_HOW_TO_GRANT}"
            )


def channels_of(settings: ServerSettings) -> tuple[int, ...]:
    """Every channel that is written to, each once."""
    ids = (settings.channel_id, *settings.tier_channels.values(), settings.trace_channel_id)
    return tuple(dict.fromkeys(id for id in ids if id is not None))


def lacks(server: discord.Guild, settings: ServerSettings) -> list[str]:
    """What the bot misses for these settings, in words, with where to grant it."""
    return list(dict.fromkeys([*_channel_lacks(server, settings), *_role_lacks(server, settings)]))


def _channel_lacks(server: discord.Guild, settings: ServerSettings) -> Iterator[str]:
    for channel_id in channels_of(settings):
        if server.get_channel(channel_id) is None:
            yield f"The channel <#{channel_id}> is gone, or hidden from me: choose another."
            continue
        may = granted(server, channel_id)
        if needed := missing_permissions(may, NEEDED):
            yield f"I cannot post in <#{channel_id}>: I miss {', '.join(needed)}. {_HOW_TO_GRANT}"
        elif wished := missing_permissions(may, WISHED):
            why = "; ".join(WHY_WISHED[name] for name in wished)
            yield f"I miss {', '.join(wished)} in <#{channel_id}>. It works without, but {why}. {_WHERE}."


def _role_lacks(server: discord.Guild, settings: ServerSettings) -> Iterator[str]:
    for tier, role_id in settings.ping_roles.items():
        role, channel_id = server.get_role(role_id), settings.channel_of(tier)
        if role is None:
            yield f"The role that I shall ping for {tier.upper()} is gone: choose another."
        elif channel_id is not None and not hears(role, granted(server, channel_id)):
            yield f"<@&{role_id}> hears nothing when I mention it. {HOW_TO_PING}."


def hears(role: discord.Role, may: discord.Permissions) -> bool:
    """Whether those who have the role are told when the bot mentions it where it may so much."""
    return role.mentionable or may.mention_everyone


def chosen_embed(guild: Guild, missing: Iterable[str] = ()) -> discord.Embed:
    """What was chosen the short way, and what would make it better."""
    text = f"Deals go to <#{guild.deals_channel_id}> from now on. Good ones are rare; each is shown at once."
    lines = list(missing)
    colour = _ORANGE if lines else _GREEN
    return discord.Embed(
        title="Channel chosen", description="\n\n".join([text, *lines])[:4000], colour=colour
    )
