"""/deals scorecard: how good the calls were."""

import discord
from discord import app_commands

from cogs.client import CartelBot
from cogs.deals.part import Part
from cogs.ui.scorecard import scorecard_chart, scorecard_embed
from core.domain.scorecard import Period


class Scorecard(Part):
    """What became of everything that was posted."""

    @app_commands.command()
    @app_commands.describe(period="Deals posted within so long", public="Show the answer to everybody here")
    async def scorecard(
        self,
        interaction: discord.Interaction[CartelBot],
        period: Period = Period.ALL,
        *,
        public: bool = False,
    ) -> None:
        """Show how good my calls were, tier by tier."""
        await interaction.response.defer(ephemeral=not public)
        card = await self.services.scorecard.score(interaction.guild_id, period, by=interaction.user.id)
        files = await scorecard_chart(card)
        await interaction.followup.send(embed=scorecard_embed(card), files=files, ephemeral=not public)
