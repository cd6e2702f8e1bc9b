"""/deals value: what a card is worth, set by hand; for those who run this bot."""

import discord
from discord import app_commands
from discord.ext import commands

from cogs.client import CartelBot
from cogs.deals.inspect import What
from cogs.deals.part import Part
from cogs.ui.errors import Interaction, guarded
from cogs.ui.format import usd
from cogs.ui.overrides import (
    is_value_form,
    override_embed,
    overrides_embed,
    reason_form,
    refuse_others,
    take_value_form,
)
from cogs.ui.text import clean
from core.domain.overrides import CONFIDENCE, DAYS, DAYS_MAX, USD_MAX, Wanted

CHOICES_MAX = 25
Dollars = app_commands.Range[float, 0.01, float(USD_MAX)]
Percent = app_commands.Range[int, 1, 100]
Days = app_commands.Range[int, 1, DAYS_MAX]


def _no_choice(_typed: str, /) -> list[app_commands.Choice[int]]:
    return []


class Value(Part):
    """Values set by hand, with reason, expiry and audit."""

    value = app_commands.Group(name="value", description="Values set by hand, by those who run this bot")

    @value.command(name="set")
    @app_commands.describe(
        what="A certificate, a token or a link: the value is for its card in its grade",
        dollars="What it is worth",
        low="The least it may be worth",
        high="The most it may be worth",
        confidence="How sure that is, from 1 to 100",
        days="How long it stands",
    )
    async def value_set(
        self,
        interaction: discord.Interaction[CartelBot],
        *,
        what: What,
        dollars: Dollars,
        low: Dollars | None = None,
        high: Dollars | None = None,
        confidence: Percent = CONFIDENCE,
        days: Days = DAYS,
    ) -> None:
        """Set what a card in a grade is worth, and say why."""
        await interaction.response.send_modal(
            reason_form(interaction, what, Wanted(dollars, "", low, high, confidence, days))
        )

    @commands.Cog.listener("on_interaction")
    async def value_form_came_back(self, interaction: discord.Interaction[CartelBot]) -> None:
        if is_value_form(interaction):
            await take_value_form(self, interaction)

    @value.command(name="list")
    @app_commands.describe(history="Also what was cleared, replaced or has expired")
    async def value_list(self, interaction: discord.Interaction[CartelBot], *, history: bool = False) -> None:
        """Show the values set by hand: who, when, until when and why."""
        await interaction.response.defer(ephemeral=True)
        refuse_others(interaction)
        overrides = self.services.overrides
        found = await (overrides.history() if history else overrides.standing())
        embed = overrides_embed(found, now=self.clock.now(), is_history=history)
        await interaction.followup.send(embed=embed, ephemeral=True)

    @value.command(name="clear")
    @app_commands.describe(number="The number of the value, as the list shows it")
    async def value_clear(self, interaction: discord.Interaction[CartelBot], number: int) -> None:
        """End a value that was set by hand."""
        await interaction.response.defer(ephemeral=True)
        refuse_others(interaction)
        cleared = await self.services.overrides.clear(number, by=interaction.user.id)
        await interaction.followup.send(embed=override_embed("Value cleared", cleared), ephemeral=True)

    @value_clear.autocomplete("number")
    @guarded(otherwise=_no_choice)
    async def _numbers(self, interaction: Interaction, typed: str, /) -> list[app_commands.Choice[int]]:
        """What stands, for those who may know."""
        refuse_others(interaction)
        choices = []
        for one in await self.services.overrides.standing():
            name = f"#{one.id} {usd(one.setting.value_usd_micros)} {one.title}"
            if str(typed).casefold() in name.casefold():
                choices.append(app_commands.Choice(name=clean(name, 100), value=one.id))
        return choices[:CHOICES_MAX]
