"""The demo from its first line to its last: both processes started in order, kept alive, and stopped."""

import asyncio
from contextlib import suppress

import aiohttp

from core.cli.demo.children import Child, Guardian
from core.cli.demo.page import ANSWER_LIMIT_S, Page
from core.cli.demo.plan import Plan, bot_command, bot_environment, simulator_command, without_settings
from db import guilds
from db.engine import Database
from db.lock import hold_alone


async def run(plan: Plan) -> int:
    """Run both until cancelled; 0. Raises StartError when one of them cannot start."""
    with hold_alone(plan.data / "simulator", otherwise="give this demo another --data"):
        plan = plan.with_free_ports()
        guardian = Guardian()
        simulator = Child(
            "simulator", simulator_command(plan), without_settings(), plan.data / "simulator.log", guardian
        )
        bot = Child("bot", bot_command(), bot_environment(plan), plan.data / "bot.log", guardian)
        with suppress(asyncio.CancelledError):
            try:
                await guardian.start()
                await _show(plan, simulator, bot)
            finally:
                await bot.stop()  # first, so that it takes its leave of a server that still answers
                await simulator.stop()
                await guardian.stop()
    _say("Stopped.")
    return 0


async def _show(plan: Plan, simulator: Child, bot: Child) -> None:
    _say("Cards Cartel demo: a pretend Discord and a pretend card market, all on this machine.")
    limit = aiohttp.ClientTimeout(total=ANSWER_LIMIT_S)
    async with aiohttp.ClientSession(plan.page, timeout=limit) as session:
        page = Page(session)
        await simulator.start()
        await simulator.until(page.is_there)
        await bot.start()
        await bot.until(page.bot_is_online)
        is_first = not await _is_set_up(plan)
        if is_first and not await page.choose_channel():
            _say("The deals channel could not be chosen: type /setup on the page.")
        _say(f"  Page  {plan.page}  (read the deals, press the buttons, type / for commands)")
        _say(f"  API   {plan.api}")
        _say(f"  Logs  {bot.log} and {simulator.log}")
        comes = "The first deal appears within seconds." if is_first else "It goes on where it was."
        _say(f"{comes} Ctrl-C stops it; everything is kept for the next start.")
        await asyncio.gather(simulator.keep_alive(), bot.keep_alive(), _restart_when_asked(page, bot))


async def _is_set_up(plan: Plan) -> bool:
    """Whether the deals channel was chosen in an earlier start."""
    db = Database(plan.database_url)
    try:
        async with db.read() as tx:
            return bool(await guilds.with_channel(tx))
    finally:
        await db.close()


async def _restart_when_asked(page: Page, bot: Child) -> None:
    """Stopping the bot is enough: it is kept alive."""
    while True:
        await page.restart_asked()
        _say("A restart of the bot was asked for on the page.")
        await bot.stop()


def _say(line: str) -> None:
    print(line, flush=True)
