"""Pings that reach nobody any more: noticed from whatever changed, and told to the server once."""

import discord
from discord.ext import commands

from cogs.client import CartelBot
from cogs.ui.pings import lost_pings
from cogs.ui.telling import place_to_tell
from core.services import Services


class Pings(commands.Cog):
    """Listens to what may take a role from the bot's reach."""

    def __init__(self, bot: CartelBot, services: Services) -> None:
        self.bot = bot
        self.services = services

    @commands.Cog.listener("on_guild_available")
    @commands.Cog.listener("on_guild_join")
    @commands.Cog.listener("on_ping_lost")
    async def look(self, server: discord.Guild) -> None:
        """Tell of each pinged role that is gone or hears nothing, where it was not told yet."""
        guild = await self.services.guilds.get(server.id)
        lost = {} if guild is None or server.unavailable else lost_pings(server, guild.settings)
        untold = await self.services.pings.untold(server.id, lost) if lost else ()
        if guild is None or not untold:
            return
        where = await place_to_tell(self.bot.http, server, 0, guild.settings.trace_channel_id)
        if where is None:
            return
        for role_id in sorted(untold):
            await self.services.pings.tell(server.id, role_id, lost[role_id], where=where)

    @commands.Cog.listener("on_guild_role_delete")
    async def role_deleted(self, role: discord.Role) -> None:
        await self.look(role.guild)

    @commands.Cog.listener("on_guild_role_update")
    async def role_changed(self, before: discord.Role, after: discord.Role) -> None:
        if (before.mentionable, before.permissions) != (after.mentionable, after.permissions):
            await self.look(after.guild)

    @commands.Cog.listener("on_guild_channel_update")
    async def channel_changed(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        if before.overwrites != after.overwrites:
            await self.look(after.guild)

    @commands.Cog.listener("on_member_update")
    async def roles_changed(self, before: discord.Member, after: discord.Member) -> None:
        """Of the bot itself: Discord tells us of nobody else."""
        if after == after.guild.me and before.roles != after.roles:
            await self.look(after.guild)


async def setup(bot: CartelBot) -> None:
    await bot.add_cog(Pings(bot, bot.services))
