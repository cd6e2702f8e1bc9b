"""/deals why: what became of a listing, and why."""

import discord
from discord import app_commands

from cogs.client import CartelBot
from cogs.deals.inspect import What
from cogs.deals.part import Part
from cogs.ui.traces import trace_embed


class Why(Part):
    """Ask our own records about it."""

    @app_commands.command()
    @app_commands.describe(what="A token, a certificate (PSA 12345678), or a link to the card")
    async def why(self, interaction: discord.Interaction[CartelBot], what: What) -> None:
        """Show why a listing was posted here, or why it was not."""
        await interaction.response.defer(ephemeral=True)
        trace = await self.services.traces.why(what, guild_id=interaction.guild_id)
        await interaction.followup.send(embed=trace_embed(trace, now=self.clock.now()), ephemeral=True)
