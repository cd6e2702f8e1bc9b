"""/deals: browse the open deals."""

import discord
from discord import app_commands
from discord.ext import commands

from cogs.client import CartelBot
from cogs.ui.deals import deals_embed
from core.domain.deals import DealTier
from core.services import Services

LISTED_MAX = 10


class Deals(commands.GroupCog, name="deals", description="Browse open deals"):
    """Browse open deals."""

    def __init__(self, services: Services) -> None:
        self.services = services

    @app_commands.command()
    @app_commands.describe(tier="Only deals of this tier")
    async def latest(self, interaction: discord.Interaction[CartelBot], tier: DealTier | None = None) -> None:
        """Show the newest open deals."""
        await interaction.response.defer(ephemeral=True)
        page = await self.services.deals.latest(guild_id=interaction.guild_id, tier=tier, limit=LISTED_MAX)
        guild = await self.services.guilds.get(interaction.guild_id) if interaction.guild_id else None
        await interaction.followup.send(embed=deals_embed(page, tier=tier, guild=guild), ephemeral=True)


async def setup(bot: CartelBot) -> None:
    await bot.add_cog(Deals(bot.services))
