"""Explain this deal: a message's menu, for somebody who has read nothing."""

import discord
from discord import app_commands

from cogs.client import CartelBot
from cogs.ui.explanations import digest_explanation, explanation_embed
from core.domain.posts import DealPost

NAME = "Explain this deal"


async def explain(interaction: discord.Interaction[CartelBot], message: discord.Message) -> None:
    """What the message offers, in whole sentences."""
    await interaction.response.defer(ephemeral=True)
    said = await interaction.client.services.deals.said_in(message.id)
    embed = explanation_embed(said) if isinstance(said, DealPost) else digest_explanation(said)
    await interaction.followup.send(embed=embed, ephemeral=True)


def explain_menu() -> app_commands.ContextMenu:
    """A new one for each bot."""
    return app_commands.ContextMenu(name=NAME, callback=explain)
