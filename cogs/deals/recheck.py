"""/deals recheck: what is on sale is valued anew."""

import discord
from discord import app_commands

from cogs.client import CartelBot
from cogs.deals.part import Part
from cogs.ui.guilds import refuse_unusable, server_of_admin
from cogs.ui.revaluations import begun_embed
from core.domain.revaluations import Span

SPANS = [app_commands.Choice(name=span.value, value=span.value) for span in Span]


class Recheck(Part):
    """For those who manage the server."""

    @app_commands.command()
    @app_commands.describe(span="How long ago the listings were first seen, at most")
    @app_commands.choices(span=SPANS)
    async def recheck(self, interaction: discord.Interaction[CartelBot], span: str) -> None:
        """Value open listings anew, with progress in this channel."""
        await interaction.response.defer(ephemeral=True)
        server = server_of_admin(interaction)
        channel_id = interaction.channel_id or 0
        refuse_unusable(server, [channel_id])
        run = await self.services.revaluations.start(
            server.id, Span(span), channel_id=channel_id, by=interaction.user.id
        )
        await interaction.followup.send(embed=begun_embed(run), ephemeral=True)
