"""/follow: wallets whose doings are posted to a channel."""

import discord
from discord import app_commands
from discord.ext import commands

from cogs.client import CartelBot
from cogs.ui.errors import Interaction, guarded
from cogs.ui.follows import follow_choices, followed_embed, follows_embed, refuse_names, unfollowed_embed
from cogs.ui.guilds import refuse_unusable, server_of_admin
from core.clock import Clock
from core.services import Services
from core.services.askers import Askers

FOLLOWED_TOO_OFTEN = "Here {most} wallets were named within a minute. Try again in {left}."
"""Members are looked for by each word of a label, and Discord lets all of us do that only so often."""


def _no_choice(_typed: str, /) -> list[app_commands.Choice[str]]:
    return []


@app_commands.default_permissions(manage_guild=True)
@app_commands.guild_only()
class Follows(commands.GroupCog, name="follow", description="Post what chosen wallets do"):
    """For those who manage the server."""

    def __init__(self, services: Services, clock: Clock) -> None:
        self.services = services
        self._askers = Askers(clock, FOLLOWED_TOO_OFTEN)

    @app_commands.command()
    @app_commands.describe(
        wallet="The wallet's address",
        channel="Where its listings, sales and purchases are posted",
        label="A name for it, which is nobody's here",
    )
    async def add(
        self,
        interaction: discord.Interaction[CartelBot],
        wallet: str,
        channel: discord.TextChannel,
        label: app_commands.Range[str, 1, 32] = "",
    ) -> None:
        """Follow a wallet from now on, or change its channel or label."""
        await interaction.response.defer(ephemeral=True)
        server = server_of_admin(interaction)
        refuse_unusable(server, [channel.id])
        self._askers.take(server.id)
        await refuse_names(interaction, label)
        follow = await self.services.follows.add(
            server.id, wallet, channel_id=channel.id, label=label, by=interaction.user.id
        )
        await interaction.followup.send(embed=followed_embed(follow), ephemeral=True)

    @app_commands.command(name="list")
    async def show(self, interaction: discord.Interaction[CartelBot]) -> None:
        """Show the wallets that this server follows."""
        await interaction.response.defer(ephemeral=True)
        server = server_of_admin(interaction)
        following = await self.services.follows.all(server.id)
        await interaction.followup.send(embed=follows_embed(following), ephemeral=True)

    @app_commands.command()
    @app_commands.describe(wallet="Its address or label")
    async def remove(self, interaction: discord.Interaction[CartelBot], wallet: str) -> None:
        """Follow a wallet no longer."""
        await interaction.response.defer(ephemeral=True)
        server = server_of_admin(interaction)
        follow = await self.services.follows.remove(server.id, wallet)
        await interaction.followup.send(embed=unfollowed_embed(follow), ephemeral=True)

    @remove.autocomplete("wallet")
    @guarded(otherwise=_no_choice)
    async def _wallets(self, interaction: Interaction, typed: str, /) -> list[app_commands.Choice[str]]:
        """What is followed here, for those who may know."""
        server = server_of_admin(interaction)
        return follow_choices(await self.services.follows.all(server.id), typed)


async def setup(bot: CartelBot) -> None:
    await bot.add_cog(Follows(bot.services, bot.clock))
