"""/deals replay: other settings over the days that were, before they are saved."""

import discord
from discord import app_commands

from cogs.client import CartelBot
from cogs.deals.part import Part
from cogs.ui.guilds import server_of_admin
from cogs.ui.replays import replay_embed
from core.domain.deals import DealTier
from core.domain.money import USD_MICROS
from core.domain.replays import DAYS_MAX, Quick

DAYS = 7
Days = app_commands.Range[int, 1, DAYS_MAX]
Percent = app_commands.Range[int, 1, 99]
Dollars = app_commands.Range[int, 0, 1_000_000]


class Replay(Part):
    """What settings would have done."""

    @app_commands.command()
    @app_commands.describe(
        days="How many days back; 7 unless you say otherwise",
        confidence="Try this least confidence",
        gold="Try this least discount for GOLD, in percent",
        high="Try this least discount for HIGH, in percent",
        info="Try this least discount for INFO, in percent",
        profit="Try this least net profit for every tier, in dollars",
    )
    async def replay(
        self,
        interaction: discord.Interaction[CartelBot],
        *,
        days: Days = DAYS,
        confidence: app_commands.Range[int, 1, 100] | None = None,
        gold: Percent | None = None,
        high: Percent | None = None,
        info: Percent | None = None,
        profit: Dollars | None = None,
    ) -> None:
        """Try your drafted settings on the last days, before you save them."""
        await interaction.response.defer(ephemeral=True)
        server = server_of_admin(interaction)
        asked = {DealTier.GOLD: gold, DealTier.HIGH: high, DealTier.INFO: info}
        discounts = {tier: whole * 100 for tier, whole in asked.items() if whole is not None}
        quick = Quick(confidence, discounts, None if profit is None else profit * USD_MICROS)
        found = await self.services.replays.try_out(server.id, interaction.user.id, days, quick)
        await interaction.followup.send(embed=replay_embed(found), ephemeral=True)
