"""/deals inspect: a fresh look at one slab."""

import discord
from discord import app_commands

from cogs.client import CartelBot
from cogs.deals.part import Part
from cogs.ui.inspections import inspection_embed, inspection_view
from core.domain.questions import LENGTH_MAX

What = app_commands.Range[str, 1, LENGTH_MAX]


class Inspect(Part):
    """Ask the vendors about it now."""

    @app_commands.command()
    @app_commands.describe(what="A token, a certificate (PSA 12345678), or a link to the card")
    async def inspect(self, interaction: discord.Interaction[CartelBot], what: What) -> None:
        """Look at a card now: where it is on sale, what it is worth, and why."""
        await interaction.response.defer(ephemeral=True)
        found = await self.services.inspections.inspect(
            what, by=interaction.user.id, guild_id=interaction.guild_id
        )
        embed = inspection_embed(found, now=self.clock.now())
        await interaction.followup.send(embed=embed, view=inspection_view(found), ephemeral=True)
