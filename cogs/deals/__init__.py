"""/deals: one group of commands, each command in a module of its own beside this one.

A further command is a class of one method in a new module of this package (`class Scorecard(Part)` in
`cogs/deals/scorecard.py`, with `@app_commands.command()` on the method), and its name among the bases of
`Deals` below. `self.services` and `self.clock` are there. Nothing else has to be registered.
"""

import discord
from discord.ext import commands

from cogs.client import CartelBot
from cogs.deals.explain import NAME, explain_menu
from cogs.deals.inspect import Inspect
from cogs.deals.latest import Latest
from cogs.deals.recheck import Recheck
from cogs.deals.replay import Replay
from cogs.deals.scorecard import Scorecard
from cogs.deals.value import Value
from cogs.deals.why import Why


class Deals(
    Latest,
    Inspect,
    Why,
    Recheck,
    Replay,
    Scorecard,
    Value,
    commands.GroupCog,
    name="deals",
    description="Find, question and judge deals",
):
    """Everything one can ask about deals."""


async def setup(bot: CartelBot) -> None:
    await bot.add_cog(Deals(bot.services, bot.clock))
    bot.tree.add_command(explain_menu())


async def teardown(bot: CartelBot) -> None:
    bot.tree.remove_command(NAME, type=discord.AppCommandType.message)
