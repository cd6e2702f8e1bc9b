"""A hint from the chain: a deal is posted although no look at the newest listings was due."""

import asyncio
from pathlib import Path

import aiohttp
import pytest

from core.settings import load
from core.simulator.app import Simulator
from core.simulator.market.things import Venue
from tests.e2e.community import WAIT_S, Community, environment

pytestmark = pytest.mark.slow


async def someone_listens(simulator: Simulator) -> None:
    async with asyncio.timeout(WAIT_S), aiohttp.ClientSession() as http:
        listeners = 0
        while not listeners:
            async with http.get(f"{simulator.url}/sim/chain") as answer:
                listeners = (await answer.json())["subscriptions"]
            await asyncio.sleep(0.02)


async def test_what_the_chain_tells_is_read_and_posted_at_once(
    community: Community, database_url: str, tmp_path: Path
) -> None:
    simulator = community.simulator
    seldom = {"COLLECTORCRYPT_POLL_S": "3600", "MAGICEDEN_ENABLED": "false"}
    node = {"SOLANA_WS_URL": f"{simulator.url.replace('http', 'ws', 1)}/vendors/solana/ws"}
    environ = environment(simulator.url, database_url, tmp_path) | seldom | node
    hearing = Community(simulator, load(environ, env_file=None))
    async with hearing.bot():
        await hearing.setup()
        await someone_listens(simulator)
        now = simulator.discord.now
        for _ in range(2):
            offered = simulator.market.list_deal(now(), discount_bps=4_000, venue=Venue.CC)
            await hearing.post_of(offered.mint)
