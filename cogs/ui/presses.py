"""What every button and menu under a message has in common: it is made anew from its id at each press."""

import re
from typing import Any, Self

import discord

from cogs.ui.errors import Interaction, guarded, untouched


class Pressed:
    """Beside DynamicItem, before it: reads the id, and lets nothing escape. `of` takes what the id holds."""

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls()

    @classmethod
    @guarded(otherwise=untouched)
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls.of(match)
