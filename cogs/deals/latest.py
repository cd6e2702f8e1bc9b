"""/deals latest: browse the open deals."""

from itertools import islice

import discord
from discord import app_commands

from cogs.client import CartelBot
from cogs.deals.part import Part
from cogs.ui.errors import Interaction, guarded
from cogs.ui.pages import page_embed, page_view
from cogs.ui.text import clean
from core.domain.catalog import Grader
from core.domain.deals import DealTier
from core.domain.filters import TEXT_LENGTH_MAX, DealFilter
from core.domain.listings import Venue
from core.domain.money import USD_MICROS

CHOICES_MAX = 25
Dollars = app_commands.Range[int, 1, 10_000_000]
Percent = app_commands.Range[int, 1, 99]
Text = app_commands.Range[str, 1, TEXT_LENGTH_MAX]


def _no_choice(_typed: str, /) -> list[app_commands.Choice[str]]:
    return []


class Latest(Part):
    """Browse open deals."""

    @app_commands.command()
    @app_commands.describe(
        tier="Only deals of this tier",
        grader="Only slabs of this grading company",
        category="Only this game, such as Pokemon",
        price_max="Up to this price in dollars",
        discount_min="At least so many percent under the value",
        venue="Only at this marketplace",
        text="Words that the name must have",
    )
    async def latest(
        self,
        interaction: discord.Interaction[CartelBot],
        *,
        tier: DealTier | None = None,
        grader: Grader | None = None,
        category: Text | None = None,
        price_max: Dollars | None = None,
        discount_min: Percent | None = None,
        venue: Venue | None = None,
        text: Text | None = None,
    ) -> None:
        """Show the newest open deals."""
        await interaction.response.defer(ephemeral=True)
        ceiling = None if price_max is None else price_max * USD_MICROS
        least = None if discount_min is None else discount_min * 100
        where = DealFilter(tier, grader, category or "", ceiling, least, venue, text or "")
        page, page_id = await self.services.deals.browse(
            where, guild_id=interaction.guild_id, by=interaction.user.id
        )
        guild = await self.services.guilds.get(interaction.guild_id) if interaction.guild_id else None
        embed, view = page_embed(page, where, guild), page_view(page, page_id)
        await interaction.followup.send(embed=embed, view=view, ephemeral=True)

    @latest.autocomplete("category")
    @guarded(otherwise=_no_choice)
    async def _categories(self, interaction: Interaction, typed: str, /) -> list[app_commands.Choice[str]]:
        """The games that are known, those that have what was typed."""
        known = await self.services.deals.categories()
        fitting = [clean(name, 100) for name in known if typed.casefold() in name.casefold()]
        shown = filter(None, fitting)  # one without a letter that shows would lose Discord all of them
        return [app_commands.Choice(name=name, value=name) for name in islice(shown, CHOICES_MAX)]
