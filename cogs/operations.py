"""The owner's commands, by mention: `jobs`, `parked`, `requeue`, `held`, `release`, `sync`."""

from discord.ext import commands

from cogs.client import CartelBot
from cogs.ui.operations import held_text, jobs_table, parked_text, requeued_text
from core.domain.quarantine import BY_OWNER


class Operations(commands.Cog):
    """For those who run this bot."""

    def __init__(self, bot: CartelBot) -> None:
        self.bot = bot

    async def cog_check(self, context: commands.Context[CartelBot]) -> bool:  # type: ignore[override]  # may await
        """The owner, and not in front of a server that is not the operator's."""
        home = self.bot.operator_guild_id
        is_at_home = home is None or context.guild is None or context.guild.id == home
        return is_at_home and await self.bot.is_owner(context.author)

    @commands.command()
    async def sync(self, context: commands.Context[CartelBot]) -> None:
        """Give Discord the slash commands again, changed or not."""
        count = await self.bot.sync_commands()
        await context.reply(f"Discord has {count} commands now.", mention_author=False)

    @commands.command()
    async def jobs(self, context: commands.Context[CartelBot]) -> None:
        """Show every job, when it ran and when it is due."""
        states = await self.bot.services.operations.jobs()
        await context.reply(jobs_table(states, now=self.bot.clock.now()), mention_author=False)

    @commands.command()
    async def parked(self, context: commands.Context[CartelBot]) -> None:
        """Show what was given up, and why the newest of it was."""
        found = await self.bot.services.operations.parked()
        await context.reply(parked_text(found), mention_author=False)

    @commands.command()
    async def requeue(self, context: commands.Context[CartelBot]) -> None:
        """Try everything that was given up again."""
        listings, posts = await self.bot.services.operations.requeue()
        await context.reply(requeued_text(listings, posts), mention_author=False)

    @commands.command()
    async def held(self, context: commands.Context[CartelBot]) -> None:
        """Show the prices that cannot be meant and are kept apart."""
        found = await self.bot.services.quarantine.held()
        await context.reply(held_text(found, now=self.bot.clock.now()), mention_author=False)

    @commands.command()
    async def release(self, context: commands.Context[CartelBot], number: int) -> None:
        """Believe a price that is kept apart: its listing is judged like any other."""
        await self.bot.services.quarantine.release(number, f"{BY_OWNER}{context.author.id}")
        await context.reply("Believed; the listing is judged again now.", mention_author=False)


async def setup(bot: CartelBot) -> None:
    await bot.add_cog(Operations(bot))
