"""A whole community for end-to-end tests: the simulated Discord and market, and the real bot in this loop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path

from core.cli.demo.plan import vendor_addresses
from core.cli.run import serve_roles
from core.runtime import Runtime, open_runtime
from core.settings import Settings, load
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.discord.interactions import Interaction
from core.simulator.discord.messages import Message
from core.simulator.discord.population import ADA_ID, BOT_ID, DEALS_ID, TOM_ID
from core.simulator.discord.wire import Json
from core.simulator.market.world import Offered
from db import operations

WAIT_S = 60.0
"""A listing that sells just after it was looked at is looked at again within 40 s."""
TOKEN = "demo-bot-token"


def environment(simulator_url: str, database_url: str, folder: Path) -> dict[str, str]:
    """The settings that point an ordinary bot at the simulator."""
    return vendor_addresses(simulator_url) | {
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": simulator_url,
        "WORLD": "demo",
        "DATABASE_URL": database_url,
        "DATA_DIR": str(folder),
        "API_PORT": "0",
        "API_TLS": "off",
        "LOG_FORMAT": "json",
        "COLLECTORCRYPT_POLL_S": "0.5",
        "MAGICEDEN_POLL_S": "0.5",
    }


class Community:
    """People, the market and the bot; every wait ends when the thing happens."""

    def __init__(self, simulator: Simulator, settings: Settings) -> None:
        self.simulator = simulator
        self.settings = settings

    @asynccontextmanager
    async def bot(self) -> AsyncIterator[Runtime]:
        """The bot with all its roles, from online to closed."""
        async with open_runtime(self.settings) as runtime:
            serving = asyncio.create_task(serve_roles(runtime))
            try:
                await self.until(lambda: self._is_ready(serving))
                await arrived(runtime)
                yield runtime
            finally:
                serving.cancel()
                with suppress(asyncio.CancelledError):
                    await serving

    def _is_ready(self, serving: "asyncio.Task[None]") -> bool:
        if serving.done():
            serving.result()
        return self.simulator.discord.sessions.is_online

    async def until(self, happens: Callable[[], bool]) -> None:
        await self.simulator.discord.watchers.until(happens, seconds=WAIT_S)

    async def setup(self) -> Interaction:
        """Ada chooses the deals channel, as an admin does."""
        people = self.simulator.discord.people
        async with asyncio.timeout(WAIT_S):
            while True:
                act = await people.run_command(ADA_ID, DEALS_ID, "setup", {"channel": str(DEALS_ID)})
                await people.settled(act)
                if "Channel chosen" in str(self.private(ADA_ID)):
                    return act
                await asyncio.sleep(0.05)

    def posts(self) -> list[Json]:
        """The bot's public messages in the deals channel, oldest first, as the page gets them."""
        found = self.simulator.discord.messages.all_in(DEALS_ID)
        return [m.to_view() for m in found if _is_bots(m) and not _is_private(m)]

    def private(self, person_id: int) -> list[Json]:
        """What only this person sees in the deals channel, oldest first."""
        world = self.simulator.discord
        found = world.messages.all_in(DEALS_ID)
        return [m.to_view() for m in found if _is_private(m) and world.sees(person_id, m)]

    async def post_of(self, mint: str) -> Json:
        """The post about a token, as soon as it is there."""
        await self.until(lambda: any(mint in str(post) for post in self.posts()))
        return next(post for post in self.posts() if mint in str(post))

    async def press(self, post: Json, label: str, person_id: int = TOM_ID) -> Interaction:
        """Press a button of a post and wait until the answer is complete."""
        custom_id = button(post, label)["custom_id"]
        people = self.simulator.discord.people
        return await people.settled(await people.press(person_id, int(post["id"]), custom_id))


@asynccontextmanager
async def quiet_community(database_url: str, folder: Path) -> AsyncIterator[Community]:
    """A market in which nothing happens but what a test makes happen."""
    config = SimulatorConfig(pace=0, cards=80, listings=4, has_limits=False)
    async with open_simulator(config) as simulator:
        yield Community(simulator, settings_of(simulator, database_url, folder))


async def arrived(runtime: Runtime) -> None:
    """Wait until the market as it was found is known: what is listed from now on is news."""
    names = [source.name for source in runtime.sources.listings]
    names += [source.name for source in runtime.sources.activities]
    async with asyncio.timeout(WAIT_S):
        for name in names:
            while await _synced_at(runtime, name) is None:  # noqa: ASYNC110  # a row, not an event
                await asyncio.sleep(0.02)


async def _synced_at(runtime: Runtime, source: str) -> datetime | None:
    async with runtime.db.read() as tx:
        return await operations.synced_at(tx, source)


def button(post: Json, label: str) -> Json:
    return next(found for found in buttons(post) if label in str(found.get("label")))


def buttons(post: Json) -> list[Json]:
    return [found for row in post["components"] for found in row["components"]]


def known_as(offered: Offered) -> str:
    """The beginning of a deal's title as posts show it: without the grade, which stands before it."""
    return " ".join(offered.name.split()[:3])


def settings_of(simulator: Simulator, database_url: str, folder: Path) -> Settings:
    return load(environment(simulator.url, database_url, folder), env_file=None)


def _is_bots(message: Message) -> bool:
    return message.author_id == BOT_ID


def _is_private(message: Message) -> bool:
    return bool(message.to_view().get("flags", 0) & 64)
