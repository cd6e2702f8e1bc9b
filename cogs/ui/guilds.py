"""Choosing the channel for deals: what the bot may do there, the select, and the answers."""

import re
from typing import TYPE_CHECKING, Any, Self

import discord

from cogs.ui.errors import Interaction, guarded, untouched
from cogs.ui.text import plain
from core.domain.guilds import Guild
from core.errors import NotAllowed

if TYPE_CHECKING:
    from cogs.client import CartelBot

CHANNEL_TYPES = [discord.ChannelType.text, discord.ChannelType.news]
NEEDED: dict[str, str] = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "embed_links": "Embed Links",
}
WISHED: dict[str, str] = {"read_message_history": "Read Message History"}
"""Without it a message that a crash left unconfirmed cannot be told from a lost one."""
_GREEN, _ORANGE, _BLUE = 0x2ECC71, 0xE67E22, 0x3498DB
_HOW_TO_GRANT = "Channel settings → Permissions → add the bot's role, allow it, then try again."


class ChannelChoice(
    discord.ui.DynamicItem[discord.ui.ChannelSelect[discord.ui.View]], template=r"v1:setup:channel"
):
    """Chooses the channel for deals of the server it is used in. State: none."""

    def __init__(self) -> None:
        super().__init__(
            discord.ui.ChannelSelect(
                custom_id="v1:setup:channel", channel_types=CHANNEL_TYPES, placeholder="Channel for deals"
            )
        )

    @classmethod
    @guarded(otherwise=untouched)
    async def from_custom_id(
        cls,
        interaction: Interaction,
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        return cls()

    @guarded(otherwise=lambda: None)
    async def callback(self, interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        embed = await choose_channel(interaction, self.item.values[0].id)
        await interaction.followup.send(embed=embed, ephemeral=True)


async def choose_channel(interaction: Interaction, channel_id: int) -> discord.Embed:
    """Point the server's deals at a channel. Raises NotAllowed when the person or the bot may not."""
    guild = server_of_admin(interaction)
    may = granted(guild, channel_id)
    missing = missing_permissions(may, NEEDED)
    if missing:
        raise NotAllowed(f"I cannot post in <#{channel_id}>. I miss: {', '.join(missing)}. {_HOW_TO_GRANT}")
    bot: CartelBot = interaction.client
    chosen = await bot.services.guilds.choose_channel(guild.id, channel_id, by=interaction.user.id)
    return chosen_embed(chosen, missing_permissions(may, WISHED))


def server_of_admin(interaction: Interaction) -> discord.Guild:
    """The server, when the person may manage it at this moment. Raises NotAllowed."""
    may = interaction.permissions
    if interaction.guild is None or not (may.manage_guild or may.administrator):
        raise NotAllowed("Only people who may manage this server can set me up.")
    return interaction.guild


def granted(guild: discord.Guild, channel_id: int) -> discord.Permissions:
    """What the bot may do in a channel; nothing at all in one that it does not know."""
    channel = guild.get_channel(channel_id)
    return channel.permissions_for(guild.me) if channel else discord.Permissions.none()


def missing_permissions(granted: discord.Permissions, asked: dict[str, str]) -> tuple[str, ...]:
    """The permissions that are asked for and not granted, by the names Discord shows."""
    return tuple(name for flag, name in asked.items() if not getattr(granted, flag))


def setup_embed(guild: Guild | None) -> discord.Embed:
    """Where this server's deals go now, above the select."""
    embed = discord.Embed(title="Where shall deals go?", colour=_BLUE)
    if guild is None or guild.deals_channel_id is None:
        embed.description = "No channel is chosen yet, so nothing is posted. Choose one below."
    elif guild.paused_because:
        embed.description = (
            f"Posting to <#{guild.deals_channel_id}> is paused: {plain(guild.paused_because)}\n"
            "Choose a channel below to go on."
        )
    else:
        embed.description = f"Deals go to <#{guild.deals_channel_id}>. Choose another channel below."
    return embed


def setup_view() -> discord.ui.View:
    return discord.ui.View(timeout=None).add_item(ChannelChoice())


def chosen_embed(guild: Guild, wished: tuple[str, ...]) -> discord.Embed:
    """What was chosen, and what would make it better."""
    text = f"Deals go to <#{guild.deals_channel_id}> from now on. Good ones are rare; each is shown at once."
    if wished:
        text += (
            f"\n\nI miss {', '.join(wished)} there. It works without, but after a crash I cannot see whether "
            "a message arrived, and would rather leave it out than post it twice."
        )
    return discord.Embed(title="Channel chosen", description=text, colour=_ORANGE if wished else _GREEN)
