"""Forms that outlive a restart: a modal is named by its key, what is sent is read from the event alone."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import discord

from cogs.ui.errors import Interaction
from core.errors import InvalidInput

CHANNEL_TYPES = [discord.ChannelType.text, discord.ChannelType.news]
FORM_ID = re.compile(r"v1:form:(?P<key>[a-z]{1,40})")
LONG_TEXT_MAX = 4_000
SHORT_TEXT_MAX = 100

Field = discord.ui.Label[discord.ui.Modal]


class Entries(dict[str, tuple[str, ...]]):
    """What was entered, by the field's name: the chosen values, or the text as the only one."""

    def __missing__(self, name: str) -> tuple[str, ...]:
        raise InvalidInput("This form has changed since you opened it: open it again.")


def form(key: str, title: str, fields: Sequence[Field]) -> discord.ui.Modal:
    """A form as discord.py sends it and then forgets it; `sent_form` finds it when it comes back."""
    modal = discord.ui.Modal(title=title, custom_id=f"v1:form:{key}", timeout=None)
    for field in fields:
        modal.add_item(field)
    modal.stop()  # else discord.py would keep it in memory, and lose it at a restart
    return modal


def sent_form(interaction: Interaction) -> str | None:
    """The key of the form that was sent; None for every other event."""
    if interaction.type is not discord.InteractionType.modal_submit or interaction.data is None:
        return None
    match = FORM_ID.fullmatch(str(interaction.data.get("custom_id", "")))
    return match["key"] if match else None


def entries(interaction: Interaction) -> Entries:
    """What the person entered."""
    data: Mapping[str, Any] = dict(interaction.data or {})
    items = [row["component"] for row in data.get("components", []) if "component" in row]
    return Entries({item["custom_id"]: _entered(item) for item in items})


def text_field(
    name: str, label: str, value: str, *, hint: str | None = None, is_required: bool = True
) -> Field:
    """A line to type into."""
    text = discord.ui.TextInput[discord.ui.Modal](
        custom_id=name, default=value, required=is_required, max_length=SHORT_TEXT_MAX
    )
    return discord.ui.Label(text=label, description=hint, component=text)


def list_field(name: str, label: str, values: Sequence[str], *, hint: str) -> Field:
    """One thing a line."""
    text = discord.ui.TextInput[discord.ui.Modal](
        custom_id=name,
        default="\n".join(values)[:LONG_TEXT_MAX],
        required=False,
        style=discord.TextStyle.paragraph,
        max_length=LONG_TEXT_MAX,
    )
    return discord.ui.Label(text=label, description=hint, component=text)


def channel_field(name: str, label: str, chosen: int | None, *, hint: str) -> Field:
    """A channel, or none."""
    select = discord.ui.ChannelSelect[discord.ui.Modal](
        custom_id=name,
        channel_types=CHANNEL_TYPES,
        min_values=0,
        default_values=_default(chosen, discord.SelectDefaultValueType.channel),
    )
    return discord.ui.Label(text=label, description=hint, component=select)


def role_field(name: str, label: str, chosen: int | None, *, hint: str) -> Field:
    """A role, or none."""
    select = discord.ui.RoleSelect[discord.ui.Modal](
        custom_id=name,
        min_values=0,
        default_values=_default(chosen, discord.SelectDefaultValueType.role),
    )
    return discord.ui.Label(text=label, description=hint, component=select)


def choice_field(name: str, label: str, options: Sequence[discord.SelectOption], *, hint: str) -> Field:
    """One or more of a few."""
    select = discord.ui.Select[discord.ui.Modal](
        custom_id=name, options=list(options), min_values=1, max_values=len(options), required=True
    )
    return discord.ui.Label(text=label, description=hint, component=select)


def _default(chosen: int | None, kind: discord.SelectDefaultValueType) -> list[discord.SelectDefaultValue]:
    return [] if chosen is None else [discord.SelectDefaultValue(id=chosen, type=kind)]


def _entered(item: Mapping[str, object]) -> tuple[str, ...]:
    values = item.get("values")
    if isinstance(values, list):
        return tuple(map(str, values))
    return (_visible(str(item.get("value", ""))).strip(),)


def _visible(text: str) -> str:
    """Without what a phone pastes along and nobody sees: marks of direction, spaces of no width."""
    return "".join(c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
