"""/settings: everything a server chose, a draft of what shall change, and the audit with its undo."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

import discord

from cogs.ui.errors import Interaction, guarded
from cogs.ui.format import count, relative
from cogs.ui.forms import entries, form, sent_form
from cogs.ui.guilds import lacks, refuse_strangers, refuse_unusable, server_of_admin, within
from cogs.ui.presses import Pressed
from cogs.ui.reach import out_of_reach
from cogs.ui.replays import replay_embed
from cogs.ui.settings_forms import CARDS, PARTS, card_fields, part_of
from cogs.ui.settings_texts import differences, sections, unseen
from cogs.ui.text import plain, units
from core.domain.guild_changes import Change, Draft
from core.domain.guilds import DEFAULT_SETTINGS, Guild
from core.domain.replays import Quick
from core.errors import InvalidInput

if TYPE_CHECKING:
    from cogs.client import CartelBot

HISTORY_SHOWN = 8
NO_NAME = "\u200b"
"""Discord takes no field without a name."""
TRIED_DAYS = 7
_CHANGE_LENGTH_MAX = 450
_DIFF_LENGTH_MAX = 1_500
_FIELD_LENGTH_MAX = 1_000
_NOTES_LENGTH_MAX = 600
_MISSING_LENGTH_MAX = 800
_BLUE, _ORANGE = 0x3498DB, 0xE67E22


class SettingsPart(
    Pressed, discord.ui.DynamicItem[discord.ui.Select[discord.ui.View]], template=r"v1:settings:part"
):
    """Opens the form of a part. State: none; taking the choice back shows everything anew."""

    def __init__(self) -> None:
        options = [
            discord.SelectOption(label=part.title, value=part.key, description=part.description)
            for part in PARTS
        ]
        select = discord.ui.Select[discord.ui.View](
            custom_id="v1:settings:part", options=options, placeholder="What shall change?", min_values=0
        )
        super().__init__(select)

    @guarded(otherwise=lambda: None)
    async def callback(self, interaction: Interaction) -> None:
        if not self.item.values:
            await interaction.response.defer()
            await show_settings(interaction)
            return
        server, part = server_of_admin(interaction), part_of(self.item.values[0])
        bot: CartelBot = interaction.client
        draft = await bot.services.guilds.draft_of(server.id, interaction.user.id)
        guild = draft.guild if draft else await bot.services.guilds.get(server.id)
        settings = draft.result if draft else (guild.settings if guild else DEFAULT_SETTINGS)
        fields = part.fields(settings)
        if part.key == CARDS:
            fields = card_fields(settings, await bot.services.deals.categories())
        await interaction.response.send_modal(form(part.key, part.title, fields))


class SettingsButton(
    Pressed,
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=r"v1:settings:(?P<act>open|save|try|discard|history|resume)",
):
    """Shows everything, keeps the person's draft, tries or discards it, or shows the audit. State: none."""

    def __init__(self, act: str, label: str = "", *, disabled: bool = False) -> None:
        styles = {"save": discord.ButtonStyle.success, "discard": discord.ButtonStyle.danger}
        button = discord.ui.Button[discord.ui.View](
            label=label or act.capitalize(),
            style=styles.get(act, discord.ButtonStyle.secondary),
            custom_id=f"v1:settings:{act}",
            disabled=disabled,
        )
        super().__init__(button)
        self.act = act

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(match["act"])

    @guarded(otherwise=lambda: None)
    async def callback(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        acts = {"save": save, "try": try_out, "discard": discard}
        acts |= {"history": show_history, "open": show_settings, "resume": resume}
        await acts[self.act](interaction)


class UndoButton(
    Pressed,
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=r"v1:settings:undo:(?P<n>[0-9]{1,9})",
):
    """Takes back the newest change. State: its number, so that two presses take back one."""

    def __init__(self, n: int) -> None:
        button = discord.ui.Button[discord.ui.View](
            label=f"Undo change {n}", style=discord.ButtonStyle.danger, custom_id=f"v1:settings:undo:{n}"
        )
        super().__init__(button)
        self.n = n

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(int(match["n"]))

    @guarded(otherwise=lambda: None)
    async def callback(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        server = server_of_admin(interaction)
        bot: CartelBot = interaction.client
        guild = await bot.services.guilds.undo(server.id, self.n, by=interaction.user.id)
        await show_history(interaction, missing=lacks(server, guild.settings))


@guarded(otherwise=lambda: None)
async def take_form(_: object, interaction: Interaction) -> None:
    """A form came back: what was entered goes into the person's draft."""
    await interaction.response.defer()
    server, part = server_of_admin(interaction), part_of(sent_form(interaction) or "")
    entered = entries(interaction)
    bot: CartelBot = interaction.client
    choose = within(server, lambda now: part.choose(now, entered))
    draft = await bot.services.guilds.edit_draft(server.id, interaction.user.id, choose)
    note = ""
    if draft is not None and part.key == CARDS:
        note = unseen(draft.settings.policy.categories, await bot.services.deals.categories())
    await show_settings(interaction, note=note)


async def save(interaction: Interaction) -> None:
    """Make the person's draft hold, when its channels and roles still do. Raises UserError."""
    server = server_of_admin(interaction)
    bot: CartelBot = interaction.client
    draft = await bot.services.guilds.draft_of(server.id, interaction.user.id)
    if draft is not None:
        refuse_strangers(server, draft.guild.settings, draft.result)
    try:
        await bot.services.guilds.save_draft(server.id, interaction.user.id)
    except InvalidInput:  # somebody else changed the same: the draft stands against that now
        await show_settings(interaction)
        raise
    await show_settings(interaction, note="**Saved.** It holds for every listing from now on.")


async def try_out(interaction: Interaction) -> None:
    """What the draft would have posted lately, in a message of its own. Raises UserError."""
    server = server_of_admin(interaction)
    bot: CartelBot = interaction.client
    found = await bot.services.replays.try_out(server.id, interaction.user.id, TRIED_DAYS, Quick())
    await interaction.followup.send(embed=replay_embed(found), ephemeral=True)


async def resume(interaction: Interaction) -> None:
    """End every pause, unless the bot may still not post there. Raises NotAllowed."""
    server = server_of_admin(interaction)
    bot: CartelBot = interaction.client
    refuse_unusable(server, await bot.services.guilds.paused_channels(server.id))
    await bot.services.guilds.resume(server.id, by=interaction.user.id)
    await show_settings(interaction, note="**Posting goes on.**")


async def discard(interaction: Interaction) -> None:
    server = server_of_admin(interaction)
    bot: CartelBot = interaction.client
    await bot.services.guilds.discard_draft(server.id, interaction.user.id)
    await show_settings(interaction, note="Thrown away. Nothing was changed.")


async def show_settings(interaction: Interaction, *, note: str = "") -> None:
    """Everything, in the place of what was shown before. Raises NotAllowed."""
    server = server_of_admin(interaction)
    bot: CartelBot = interaction.client
    guild = await bot.services.guilds.get(server.id) or Guild(server.id, server.name)
    draft = await bot.services.guilds.draft_of(server.id, interaction.user.id)
    paused = await bot.services.guilds.paused_channels(server.id)
    lines = [f"**Posting to <#{id}> is paused:** {plain(because)}" for id, because in paused.items()]
    settings = draft.result if draft else guild.settings
    too_much = out_of_reach(await bot.services.sources.all(), settings.policy.confidence_min)
    missing = [*too_much, *lacks(server, settings)]
    embed = settings_embed(guild, draft, missing=missing, notes=lines)
    if note:  # beside the buttons, too
        embed.add_field(name=NO_NAME, value=note, inline=False)
    await interaction.edit_original_response(embed=embed, view=settings_view(draft, is_paused=bool(paused)))


async def show_history(interaction: Interaction, *, missing: Sequence[str] = ()) -> None:
    """Who changed what, in the place of what was shown before. Raises NotAllowed."""
    server = server_of_admin(interaction)
    bot: CartelBot = interaction.client
    changes = await bot.services.guilds.history(server.id, HISTORY_SHOWN + 1)
    embed = history_embed(changes, missing)
    await interaction.edit_original_response(embed=embed, view=history_view(changes))


def settings_embed(
    guild: Guild, draft: Draft | None, *, missing: Sequence[str], notes: Sequence[str] = ()
) -> discord.Embed:
    """Everything as it holds, what a draft would change above it, and what the bot misses."""
    embed = discord.Embed(title=f"Settings of {plain(guild.name, 100)}", colour=_ORANGE if draft else _BLUE)
    lines = _fitting(notes, _NOTES_LENGTH_MAX)
    if guild.settings.channel_id is None:
        lines.append("No channel for deals is chosen yet, so nothing is posted: `/setup` begins.")
    if draft is None:
        lines.append("Choose below what shall change. Nothing holds before you save it.")
    embed.description = "\n".join(lines)
    for name, value in sections(guild.settings):
        embed.add_field(name=name, value=value[:1024], inline=False)
    _add_missing(embed, missing)
    if draft is not None:  # last, beside the buttons: on a phone the rest has scrolled away
        changed = differences(guild.settings, draft.result)
        name = f"Not saved yet: {count(len(changed), 'change')}"
        for value in _pieces(_fitting(changed, _DIFF_LENGTH_MAX)):
            embed.add_field(name=name, value=value, inline=False)
            name = NO_NAME
    return embed


def settings_view(draft: Draft | None, *, is_paused: bool = False) -> discord.ui.View:
    view = discord.ui.View(timeout=None).add_item(SettingsPart())
    view.add_item(SettingsButton("save", disabled=draft is None))
    view.add_item(SettingsButton("try", disabled=draft is None))
    view.add_item(SettingsButton("discard", disabled=draft is None))
    view.add_item(SettingsButton("history"))
    return view.add_item(SettingsButton("resume", "Post again")) if is_paused else view


def history_embed(changes: Sequence[Change], missing: Sequence[str] = ()) -> discord.Embed:
    """Newest first; the oldest of the list is only there to compare the one after it with."""
    embed = discord.Embed(title="What was changed", colour=_BLUE)
    if not changes:
        embed.description = "Nothing was chosen here yet."
    for index, change in enumerate(changes[:HISTORY_SHOWN]):
        before = changes[index + 1].settings if index + 1 < len(changes) else DEFAULT_SETTINGS
        who = f"<@{change.by}>" if change.by else "somebody"
        lines = [f"{who}, {relative(change.at)}", *differences(before, change.settings)]
        text = "\n".join(_fitting(lines, _CHANGE_LENGTH_MAX))
        embed.add_field(name=f"{change.n} · {plain(change.what, 100)}", value=text, inline=False)
    _add_missing(embed, missing)
    return embed


def history_view(changes: Sequence[Change]) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    if len(changes) > 1:
        view.add_item(UndoButton(changes[0].n))
    return view.add_item(SettingsButton("open", "Back"))


def _add_missing(embed: discord.Embed, missing: Sequence[str]) -> None:
    if missing:
        text = "\n".join(_fitting(missing, _MISSING_LENGTH_MAX))
        embed.add_field(name="What I miss", value=text, inline=False)


def _pieces(lines: Sequence[str]) -> list[str]:
    """The lines in as few texts as fields can hold."""
    pieces = [""]
    for line in lines:
        if units(pieces[-1] + line) > _FIELD_LENGTH_MAX:
            pieces.append("")
        pieces[-1] += f"{line}\n"
    return pieces


def _fitting(lines: Sequence[str], length_max: int) -> list[str]:
    """The lines that fit, and how many do not."""
    kept: list[str] = []
    for index, line in enumerate(lines):
        if units("".join([*kept, line])) > length_max:
            return [*kept, f"… and {len(lines) - index} more"]
        kept.append(line)
    return kept


SETTINGS_ITEMS = (SettingsPart, SettingsButton, UndoButton)
