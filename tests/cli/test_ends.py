"""SIGTERM and Ctrl-C end everything in order, whatever goes on: exit code 0 and nothing left open."""

import asyncio
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from cogs.client import CLOSE_PATIENCE_S
from core.jobs import STOP_PATIENCE_S
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.discord.interactions import State
from core.simulator.discord.population import ADA_ID, DEALS_ID
from core.simulator.market.things import Venue
from core.web.server import SHUTDOWN_S_MAX
from tests.cli.processes import Running, running
from tests.conftest import REPOSITORY_ROOT
from tests.e2e.community import Community, environment, settings_of
from tests.recovery.machine import offline, online, post_about
from tests.recovery.rows import arrived, watching

pytestmark = pytest.mark.slow
END_WITHIN_S = 5
SENDING = "discord:POST /channels/{channel_id}/messages"


@dataclass(frozen=True, slots=True)
class Scene:
    """A bot at work, in a quiet market."""

    simulator: Simulator
    bot: Running
    api: str

    def list_deal(self) -> str:
        now = self.simulator.discord.now()
        return self.simulator.market.list_deal(now, discount_bps=4_000, venue=Venue.CC).mint

    async def ends_well(self, how: signal.Signals = signal.SIGTERM, *, may_say: str = "") -> None:
        code = await self.bot.end(how)
        complaints = [line for line in self.bot.complaints() if line["event"] != may_say]
        assert (code, complaints) == (0, [])
        assert self.bot.lines()[-1]["event"] == "stopped"


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    config = SimulatorConfig(pace=0, cards=60, listings=4, has_limits=False)
    async with open_simulator(config) as simulator, watching(database_url) as db:
        settings = environment(simulator.url, database_url, tmp_path)
        async with running(settings=settings, log=tmp_path / "bot.log") as bot:
            await online(simulator)
            await Community(simulator, settings_of(simulator, database_url, tmp_path)).setup()
            await arrived(db)
            yield Scene(simulator, bot, str((await bot.said("the API listens"))["url"]))
            simulator.faults.clear()


def test_the_patience_of_all_that_is_waited_for_is_less_than_five_seconds() -> None:
    assert STOP_PATIENCE_S + CLOSE_PATIENCE_S + 2 * SHUTDOWN_S_MAX < END_WITHIN_S


async def test_a_bot_with_nothing_to_do_at_ctrl_c(scene: Scene) -> None:
    await post_about(scene.simulator, scene.list_deal())
    await scene.ends_well(signal.SIGINT)


async def test_a_bot_in_a_burst_of_listings_whose_api_is_being_asked(scene: Scene) -> None:
    posts = [asyncio.create_task(post_about(scene.simulator, scene.list_deal())) for _ in range(20)]
    async with aiohttp.ClientSession(scene.api) as client:
        async with client.get("/api/v1/deals") as kept_open:
            assert kept_open.status == 200
        reader, writer = await asyncio.open_connection("127.0.0.1", int(scene.api.rpartition(":")[2]))
        writer.write(b"GET /api/v1/deals HTTP/1.1\r\nHost: localhost\r\n")  # and never the end
        await asyncio.wait(posts, return_when=asyncio.FIRST_COMPLETED)
        await scene.ends_well()
        writer.close()
        assert await reader.read() == b""
    for post in posts:
        post.cancel()
    await asyncio.gather(*posts, return_exceptions=True)


async def test_a_bot_that_discord_has_just_left(scene: Scene) -> None:
    sending = scene.simulator.faults.add(SENDING, "hold_before")
    scene.list_deal()
    await sending.hit()
    scene.simulator.faults.add("discord:gateway", "drop_gateway")
    await offline(scene.simulator)
    await scene.ends_well(may_say="Discord is lost")


async def test_a_bot_whose_whole_world_is_silent(tmp_path: Path) -> None:
    async with simulator_process(tmp_path / "simulator.log") as (url, simulator):
        settings = environment(url, f"sqlite:///{tmp_path / 'cartel.db'}", tmp_path)
        async with running(settings=settings, log=tmp_path / "bot.log") as bot:
            await bot.said("deal found")
            simulator.send_signal(signal.SIGSTOP)
            code = await bot.end()
            assert (code, bot.complaints()) == (0, [])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_bot_whose_database_another_program_holds(scene: Scene, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "cartel.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    people = scene.simulator.discord.people
    act = await people.run_command(ADA_ID, DEALS_ID, "setup", {"channel": str(DEALS_ID)})
    await scene.simulator.discord.watchers.until(lambda: act.state is State.DEFERRED, seconds=10)
    assert await scene.bot.end() == 0
    other.close()


@asynccontextmanager
async def simulator_process(log: Path) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """A busy world in a process of its own, which can be stopped in the middle of everything."""
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "core.simulator", "--port", "0", "--cards", "60", "--pace", "600"),
            cwd=REPOSITORY_ROOT, stdout=asyncio.subprocess.PIPE, stderr=errors,
        )  # fmt: skip
    try:
        assert process.stdout is not None
        yield (await process.stdout.readline()).decode().split()[-1], process
    finally:
        process.kill()
        await process.communicate()
