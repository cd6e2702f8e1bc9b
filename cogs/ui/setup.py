"""/setup: from an invitation to the first post in three steps, each kept at once."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import discord

from cogs.ui.errors import Interaction, guarded
from cogs.ui.forms import CHANNEL_TYPES
from cogs.ui.guilds import (
    NEEDED,
    choose_channel,
    granted,
    lacks,
    missing_permissions,
    server_of_admin,
    within,
)
from cogs.ui.presses import Pressed
from cogs.ui.reach import reach
from cogs.ui.settings import SettingsButton
from cogs.ui.settings_texts import calls_shown, channel, pings
from cogs.ui.text import plain
from core.domain.guild_presets import Preset, with_ping, with_preset
from core.domain.guilds import Guild

if TYPE_CHECKING:
    from cogs.client import CartelBot

CHANNEL, ROLE, CALLS, DONE = range(1, 5)
TITLES = {
    CHANNEL: "Step 1 of 3 · Where shall deals go?",
    ROLE: "Step 2 of 3 · Who shall be pinged?",
    CALLS: "Step 3 of 3 · What shall be posted?",
    DONE: "Ready",
}
PRESETS: dict[Preset, tuple[str, str]] = {
    Preset.BEST: ("Only the best", "GOLD and HIGH: sure, and at least 20 % under their value"),
    Preset.BALANCED: ("Balanced", "And INFO from 15 %, and LOOK: cheap, but not sure yet. Never pinged"),
    Preset.EVERYTHING: ("Everything", "And UNDETERMINED: cheap, but it may be another card. Never pinged"),
}
_BLUE, _GREEN = 0x3498DB, 0x2ECC71


class SetupChannel(
    Pressed, discord.ui.DynamicItem[discord.ui.ChannelSelect[discord.ui.View]], template=r"v1:setup:channel"
):
    """Chooses the channel for deals of the server it is used in. State: none."""

    def __init__(self) -> None:
        select = discord.ui.ChannelSelect[discord.ui.View](
            custom_id="v1:setup:channel", channel_types=CHANNEL_TYPES, placeholder="Channel for deals"
        )
        super().__init__(select)

    @guarded(otherwise=lambda: None)
    async def callback(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        await choose_channel(interaction, self.item.values[0].id)
        await show_step(interaction, ROLE)


class SetupRole(
    Pressed, discord.ui.DynamicItem[discord.ui.RoleSelect[discord.ui.View]], template=r"v1:setup:role"
):
    """Chooses the role that is pinged for GOLD and HIGH. State: none."""

    def __init__(self) -> None:
        select = discord.ui.RoleSelect[discord.ui.View](
            custom_id="v1:setup:role", placeholder="Role to ping for GOLD and HIGH"
        )
        super().__init__(select)

    @guarded(otherwise=lambda: None)
    async def callback(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        await choose_ping(interaction, self.item.values[0].id)
        await show_step(interaction, CALLS)


class SetupCalls(
    Pressed, discord.ui.DynamicItem[discord.ui.Select[discord.ui.View]], template=r"v1:setup:calls"
):
    """Chooses which calls are posted. State: none."""

    def __init__(self) -> None:
        # None stands chosen: Discord tells nobody of a choice that already was.
        options = [
            discord.SelectOption(label=name, value=preset, description=what)
            for preset, (name, what) in PRESETS.items()
        ]
        select = discord.ui.Select[discord.ui.View](
            custom_id="v1:setup:calls", options=options, placeholder="What is posted"
        )
        super().__init__(select)

    @guarded(otherwise=lambda: None)
    async def callback(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        server, preset = server_of_admin(interaction), Preset(self.item.values[0])
        bot: CartelBot = interaction.client
        await bot.services.guilds.change(
            server.id, lambda now: with_preset(now, preset), by=interaction.user.id
        )
        await show_step(interaction, DONE)


class SetupStep(
    Pressed,
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=r"v1:setup:(?P<act>step|quiet):(?P<step>[1-4])",
):
    """Goes to a step; `quiet` chooses before that nobody is pinged. State: the step."""

    def __init__(self, step: int, label: str = "Next", *, act: str = "step") -> None:
        style = discord.ButtonStyle.primary if label.startswith("Keep") else discord.ButtonStyle.secondary
        custom_id = f"v1:setup:{act}:{step}"
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=custom_id))
        self.step, self.act = step, act

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(int(match["step"]), act=match["act"])

    @guarded(otherwise=lambda: None)
    async def callback(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        if self.act == "quiet":
            await choose_ping(interaction, None)
        await show_step(interaction, self.step)


async def choose_ping(interaction: Interaction, role_id: int | None) -> Guild:
    """One role for everything that may ping, or nobody. Raises NotAllowed."""
    server = server_of_admin(interaction)
    bot: CartelBot = interaction.client
    choose = within(server, lambda now: with_ping(now, role_id))
    return await bot.services.guilds.change(server.id, choose, by=interaction.user.id)


async def show_step(interaction: Interaction, step: int) -> None:
    """Put a step in the place of the one before, or as the answer to the command."""
    server = server_of_admin(interaction)
    bot: CartelBot = interaction.client
    guild = await bot.services.guilds.get(server.id) or Guild(server.id, server.name)
    if guild.settings.channel_id is None:
        step = CHANNEL
    missing = lacks(server, guild.settings)
    sources = await bot.services.sources.all() if step in {CALLS, DONE} else ()
    reached = reach(sources, guild.settings.policy.confidence_min)
    embed = step_embed(step, guild, missing=missing, reach=reached)
    view = step_view(step, guild, may_keep=_may_keep(server, guild))
    await interaction.edit_original_response(embed=embed, view=view)


def step_embed(step: int, guild: Guild, *, missing: Sequence[str], reach: str) -> discord.Embed:
    """What is chosen so far, what this step is about, and what is missing."""
    settings = guild.settings
    chosen = [f"Deals go to {channel(settings.channel_id)}"] if settings.channel_id else []
    if step > ROLE:
        chosen.append(f"Pinged: {pings(settings)}")
    if step >= CALLS:
        chosen.append(f"Posted: {calls_shown(settings)}")
    asked = {
        CHANNEL: "Choose a channel below. I must be able to see it, and to send messages and embeds there.",
        ROLE: "Choose a role below: it is mentioned with each GOLD and HIGH deal, and with nothing else.",
        CALLS: f"Choose below how much you want to see; Balanced suits most servers.\n\n{reach}",
        DONE: f"{reach}\n\nFrom now on each good listing is posted the moment it appears; they are rare. "
        "`/deals latest` shows what is open now, `/settings` changes everything.",
    }
    nexts = {CHANNEL: "Next: who is pinged.", ROLE: "Next: what is posted.", CALLS: "Next: done."}
    so_far = "\n".join(["**Chosen so far**", *chosen]) if chosen else ""
    texts = [so_far, paused_text(guild) if step == CHANNEL else "", asked[step]]
    embed = discord.Embed(title=TITLES[step], colour=_GREEN if step == DONE else _BLUE)
    embed.description = "\n\n".join(text for text in texts if text)
    if missing:
        embed.add_field(name="What I miss", value="\n".join(missing)[:1024], inline=False)
    if step in nexts:
        embed.set_footer(text=nexts[step])
    return embed


def paused_text(guild: Guild) -> str:
    if guild.paused_because is None:
        return ""
    return f"**Posting is paused:** {plain(guild.paused_because)}\nChoose a channel to go on."


def step_view(step: int, guild: Guild, *, may_keep: bool) -> discord.ui.View:
    """What can be chosen in a step, and where to go from it; only a channel of use may be kept."""
    view = discord.ui.View(timeout=None)
    items: dict[int, Sequence[discord.ui.Item[Any]]] = {
        CHANNEL: [SetupChannel(), *([SetupStep(ROLE, "Keep this channel")] if may_keep else [])],
        ROLE: [
            SetupRole(),
            SetupStep(CALLS, "Ping nobody", act="quiet"),
            *([SetupStep(CALLS, "Keep the role")] if guild.settings.ping_roles else []),
            SetupStep(CHANNEL, "Back"),
        ],
        CALLS: [SetupCalls(), SetupStep(DONE, "Keep what is posted"), SetupStep(ROLE, "Back")],
        DONE: [SettingsButton("open", "More settings"), SetupStep(CHANNEL, "Go through it again")],
    }
    for item in items[step]:
        view.add_item(item)
    return view


def _may_keep(server: discord.Guild, guild: Guild) -> bool:
    channel_id = guild.settings.channel_id
    if channel_id is None or guild.paused_because is not None:
        return False
    return not missing_permissions(granted(server, channel_id), NEEDED)


SETUP_ITEMS = (SetupChannel, SetupRole, SetupCalls, SetupStep)
