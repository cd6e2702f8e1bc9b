"""/admin: what the operator sees, in the operator's own server and nowhere else."""

import discord
from discord import app_commands
from discord.ext import commands

from cogs.client import CartelBot
from cogs.ui.sources import refuse_strangers, sources_embed
from core.clock import Clock
from core.services import Services


@app_commands.default_permissions(administrator=True)
@app_commands.guild_only()
class Admin(commands.GroupCog, name="admin", description="How the bot does"):
    """For those who run this bot."""

    def __init__(self, services: Services, clock: Clock) -> None:
        self.services = services
        self.clock = clock

    @app_commands.command()
    async def sources(self, interaction: discord.Interaction[CartelBot]) -> None:
        """Show every vendor: whether it is asked, how it answers, and what is left of it today."""
        await interaction.response.defer(ephemeral=True)
        refuse_strangers(interaction)
        views = await self.services.sources.all()
        await interaction.followup.send(embed=sources_embed(views, now=self.clock.now()), ephemeral=True)


async def setup(bot: CartelBot) -> None:
    if bot.home is not None:
        await bot.add_cog(Admin(bot.services, bot.clock), guild=bot.home)
