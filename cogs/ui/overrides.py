"""Values set by hand: who may, the form for the reason, and how they are shown."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import discord

from cogs.ui.errors import Interaction, guarded
from cogs.ui.format import relative, usd
from cogs.ui.inspections import fitting
from cogs.ui.text import plain
from core.domain.overrides import BY_TIME, REASON_LENGTH_MAX, REASON_LENGTH_MIN, Override, Wanted
from core.errors import NotAllowed

if TYPE_CHECKING:
    from cogs.client import CartelBot

NAME_LENGTH_MAX, REASON_SHOWN_MAX = 120, 200
DESCRIPTION_LENGTH_MAX = 4_000
FORM_OPEN_S = 900
_COLOUR = 0x3498DB


def refuse_others(interaction: Interaction) -> None:
    """Only who administers the operator's server, there and at this moment. Raises NotAllowed."""
    bot: CartelBot = interaction.client
    is_there = interaction.guild_id is not None and interaction.guild_id == bot.operator_guild_id
    if not is_there or not interaction.permissions.administrator:
        raise NotAllowed("Values are set by those who run this bot, as administrators in their own server.")


class ReasonForm(discord.ui.Modal, title="Why this value?"):
    """Asks for the reason, and then sets the value. What was asked for lives until it is sent.

    Each form has a name of its own: discord.py keeps one form a name, whoever opened it.
    """

    reason: discord.ui.TextInput["ReasonForm"] = discord.ui.TextInput(
        custom_id="reason",
        label="Reason, for whoever looks at it later",
        style=discord.TextStyle.paragraph,
        min_length=REASON_LENGTH_MIN,
        max_length=REASON_LENGTH_MAX,
    )

    def __init__(self, interaction: Interaction, what: str, wanted: Wanted) -> None:
        """Raises NotAllowed for somebody else."""
        refuse_others(interaction)
        super().__init__(custom_id=f"v1:value:{interaction.id}", timeout=FORM_OPEN_S)
        self.what = what
        self.wanted = wanted

    @guarded(otherwise=lambda: None)
    async def on_submit(self, interaction: Interaction, /) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        refuse_others(interaction)
        bot: CartelBot = interaction.client
        wanted = Wanted(
            self.wanted.usd,
            self.reason.value,
            self.wanted.low_usd,
            self.wanted.high_usd,
            self.wanted.confidence,
            self.wanted.days,
        )
        made = await bot.services.overrides.set(self.what, wanted, by=interaction.user.id)
        await interaction.followup.send(embed=override_embed("Value set", made), ephemeral=True)


def override_embed(title: str, one: Override) -> discord.Embed:
    """One value, and what follows from it."""
    text = f"{override_text(one)}\n\nWhat is on sale of that kind is judged again in a moment."
    return discord.Embed(title=title, description=text, colour=_COLOUR)


def overrides_embed(found: Iterable[Override], *, now: datetime, is_history: bool) -> discord.Embed:
    """Values with who set them, when, until when and why."""
    lines = [f"{override_text(one)}{_end(one, now)}" for one in found]
    text = fitting(lines, DESCRIPTION_LENGTH_MAX) or "No value is set by hand."
    title = "Values ever set by hand" if is_history else "Values set by hand"
    return discord.Embed(title=title, description=text, colour=_COLOUR)


def override_text(one: Override) -> str:
    """`#3 [PSA 10] name: $160.00 …, by … because …`."""
    setting = one.setting
    low, high = setting.low_usd_micros, setting.high_usd_micros
    bounds = f" ({usd(low or setting.value_usd_micros)} – {usd(high or setting.value_usd_micros)})"
    name = plain(one.title, NAME_LENGTH_MAX)
    return (
        f"**#{one.id}** {name}: **{usd(setting.value_usd_micros)}**{bounds if low or high else ''}, "
        f"confidence {setting.confidence}, set by <@{one.by}> {relative(one.at)}, "
        f"until {relative(setting.expires_at)}: {plain(setting.reason, REASON_SHOWN_MAX)}"
    )


def _end(one: Override, now: datetime) -> str:
    if one.cleared_at is not None and one.cleared_by != BY_TIME:
        return f" — cleared by <@{one.cleared_by}> {relative(one.cleared_at)}"
    return " — expired" if one.setting.expires_at <= now else ""
