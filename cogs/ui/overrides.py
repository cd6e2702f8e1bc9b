"""Values set by hand: who may, the form for the reason, and how they are shown."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import discord

from cogs.ui.errors import Interaction, guarded
from cogs.ui.format import relative, usd
from cogs.ui.forms import entries
from cogs.ui.inspections import fitting
from cogs.ui.text import plain
from cogs.ui.titles import kept_title
from core.domain.money import USD_MICROS
from core.domain.overrides import BY_TIME, REASON_LENGTH_MAX, REASON_LENGTH_MIN, Override, Wanted
from core.domain.questions import LENGTH_MAX
from core.errors import InvalidInput, NotAllowed

if TYPE_CHECKING:
    from cogs.client import CartelBot

NAME_LENGTH_MAX, REASON_SHOWN_MAX = 120, 200
DESCRIPTION_LENGTH_MAX = 4_000
FORM, WHAT, REASON = "v1:value:", "what", "reason"
_FIGURES = re.compile(r"v1:value:([0-9]{1,14}):([0-9]{0,14}):([0-9]{0,14}):([0-9]{1,3}):([0-9]{1,3})")
_CHANGED = "This form has changed since you opened it: open it again with `/deals value set`."
_COLOUR = 0x3498DB


def refuse_others(interaction: Interaction) -> None:
    """Only who administers the operator's server, there and at this moment. Raises NotAllowed."""
    bot: CartelBot = interaction.client
    is_there = interaction.guild_id is not None and interaction.guild_id == bot.operator_guild_id
    if not is_there or not interaction.permissions.administrator:
        raise NotAllowed("Values are set by those who run this bot, as administrators in their own server.")


def reason_form(interaction: Interaction, what: str, wanted: Wanted) -> discord.ui.Modal:
    """Asks for the reason. Its id holds the figures and a field the card, so that it outlives a restart.

    Raises NotAllowed for somebody else.
    """
    refuse_others(interaction)
    form = discord.ui.Modal(title="Why this value?", custom_id=_id_of(wanted), timeout=None)
    form.add_item(_field(REASON, "Reason", "For whoever looks at it later", is_long=True))
    form.add_item(_field(WHAT, "Card", "As you gave it: the value is for this card in its grade", what))
    form.stop()  # else discord.py would keep it in memory, and lose it at a restart
    return form


def is_value_form(interaction: Interaction) -> bool:
    """Whether the form came back."""
    is_form = interaction.type is discord.InteractionType.modal_submit
    return is_form and _sent_id(interaction).startswith(FORM)


@guarded(otherwise=lambda: None)
async def take_value_form(_: object, interaction: Interaction) -> None:
    """The form came back: the value is set."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    refuse_others(interaction)
    entered = entries(interaction)
    [what], [reason] = entered[WHAT], entered[REASON]
    bot: CartelBot = interaction.client
    made = await bot.services.overrides.set(what, _wanted(interaction, reason), by=interaction.user.id)
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
    name = kept_title(one.title, NAME_LENGTH_MAX)
    return (
        f"**#{one.id}** {name}: **{usd(setting.value_usd_micros)}**{bounds if low or high else ''}, "
        f"confidence {setting.confidence}, set by <@{one.by}> {relative(one.at)}, "
        f"until {relative(setting.expires_at)}: {plain(setting.reason, REASON_SHOWN_MAX)}"
    )


def _end(one: Override, now: datetime) -> str:
    if one.cleared_at is not None and one.cleared_by != BY_TIME:
        return f" — cleared by <@{one.cleared_by}> {relative(one.cleared_at)}"
    return " — expired" if one.setting.expires_at <= now else ""


def _field(
    name: str, label: str, hint: str, value: str = "", *, is_long: bool = False
) -> discord.ui.Label[discord.ui.Modal]:
    text = discord.ui.TextInput[discord.ui.Modal](
        custom_id=name,
        default=value or None,
        style=discord.TextStyle.paragraph if is_long else discord.TextStyle.short,
        min_length=REASON_LENGTH_MIN if is_long else 1,
        max_length=REASON_LENGTH_MAX if is_long else LENGTH_MAX,
    )
    return discord.ui.Label(text=label, description=hint, component=text)


def _id_of(wanted: Wanted) -> str:
    """Whole micro-dollars: what is empty was not given."""
    dollars = (wanted.usd, wanted.low_usd, wanted.high_usd)
    micros = ["" if usd is None else str(round(usd * USD_MICROS)) for usd in dollars]
    return FORM + ":".join([*micros, str(wanted.confidence), str(wanted.days)])


def _sent_id(interaction: Interaction) -> str:
    sent: Mapping[str, Any] = dict(interaction.data or {})
    return str(sent.get("custom_id", ""))


def _wanted(interaction: Interaction, reason: str) -> Wanted:
    """Raises InvalidInput for a form of another version of ours."""
    match = _FIGURES.fullmatch(_sent_id(interaction))
    if match is None:
        raise InvalidInput(_CHANGED)
    value, low, high = (int(micros) / USD_MICROS if micros else None for micros in match.groups()[:3])
    return Wanted(value or 0, reason, low, high, int(match[4]), int(match[5]))
