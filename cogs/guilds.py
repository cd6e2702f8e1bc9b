"""/setup: where a server's deals are posted."""

import discord
from discord import app_commands
from discord.ext import commands

from cogs.client import CartelBot
from cogs.ui.guilds import choose_channel, server_of_admin, setup_embed, setup_view
from core.services import Services


class Guilds(commands.Cog):
    """What a server's admins choose."""

    def __init__(self, services: Services) -> None:
        self.services = services

    @app_commands.command()
    @app_commands.describe(channel="Where deals are posted; leave it out to see the present choice")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def setup(
        self, interaction: discord.Interaction[CartelBot], channel: discord.TextChannel | None = None
    ) -> None:
        """Choose the channel for deals."""
        await interaction.response.defer(ephemeral=True)
        server = server_of_admin(interaction)
        if channel is not None:
            embed = await choose_channel(interaction, channel.id)
            await interaction.followup.send(embed=embed, ephemeral=True)
            return
        chosen = await self.services.guilds.get(server.id)
        await interaction.followup.send(embed=setup_embed(chosen), view=setup_view(), ephemeral=True)


async def setup(bot: CartelBot) -> None:
    await bot.add_cog(Guilds(bot.services))
