"""Processes with a role each: on PostgreSQL they share the work, on SQLite the second is refused."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.market.things import Venue
from tests.cli.processes import Running, refusal, running
from tests.e2e.community import Community, environment, settings_of
from tests.recovery.machine import online, post_about
from tests.recovery.rows import arrived, watching

pytestmark = pytest.mark.slow


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with open_simulator(SimulatorConfig(pace=0, cards=60, listings=4, has_limits=False)) as simulator:
        yield simulator


async def deals_of(api: Running) -> list[str]:
    """The tokens of the deals that an API process shows."""
    url = str((await api.said("the API listens"))["url"])
    async with aiohttp.ClientSession(url) as client, client.get("/api/v1/deals") as answer:
        return [item["mint"] for item in (await answer.json())["items"]]


async def test_each_role_in_a_process_of_its_own(
    simulator: Simulator, database_url: str, tmp_path: Path
) -> None:
    settings = environment(simulator.url, database_url, tmp_path)
    async with running("--roles", "bot,jobs", settings=settings, log=tmp_path / "bot.log") as bot:
        await online(simulator)
        if database_url.startswith("sqlite"):
            said = await refusal("--roles", "api", settings=settings)
            assert said.startswith(f"Another process ({bot.process.pid}) already runs on")
            return
        without_token = settings | {"DISCORD_TOKEN": ""}
        async with running("--roles", "api", settings=without_token, log=tmp_path / "api.log") as api:
            await Community(simulator, settings_of(simulator, database_url, tmp_path)).setup()
            async with watching(database_url) as db:
                await arrived(db)
            now = simulator.discord.now()
            mint = simulator.market.list_deal(now, discount_bps=4_000, venue=Venue.CC).mint
            await post_about(simulator, mint)
            assert mint in await deals_of(api)
            for process in (api, bot):
                assert (await process.end(), process.complaints()) == (0, [])
