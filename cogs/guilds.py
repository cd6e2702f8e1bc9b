"""/setup and /settings: what a server's admins choose."""

import discord
from discord import app_commands
from discord.ext import commands

from cogs.client import CartelBot
from cogs.ui.forms import sent_form
from cogs.ui.guilds import choose_channel, chosen_embed, lacks, server_of_admin
from cogs.ui.settings import show_settings, take_form
from cogs.ui.setup import CHANNEL, show_step


class Guilds(commands.Cog):
    """What a server's admins choose."""

    @app_commands.command()
    @app_commands.describe(channel="Where deals are posted; leave it out to be led through every step")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def setup(
        self, interaction: discord.Interaction[CartelBot], channel: discord.TextChannel | None = None
    ) -> None:
        """Bring deals to this server, step by step."""
        await interaction.response.defer(ephemeral=True)
        if channel is None:
            await show_step(interaction, CHANNEL)
            return
        chosen = await choose_channel(interaction, channel.id)
        missing = lacks(server_of_admin(interaction), chosen.settings)
        await interaction.followup.send(embed=chosen_embed(chosen, missing), ephemeral=True)

    @app_commands.command()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def settings(self, interaction: discord.Interaction[CartelBot]) -> None:
        """See everything this server chose, change it, and undo changes."""
        await interaction.response.defer(ephemeral=True)
        await show_settings(interaction)

    @commands.Cog.listener("on_interaction")
    async def form_came_back(self, interaction: discord.Interaction[CartelBot]) -> None:
        if sent_form(interaction) is not None:
            await take_form(self, interaction)


async def setup(bot: CartelBot) -> None:
    await bot.add_cog(Guilds())
