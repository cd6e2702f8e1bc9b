"""The chain's log against the stand-in of a node: what happens in the world is hinted at."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

import aiohttp
import pytest

from core.clock import ManualClock
from core.domain.hints import Hint
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.market.things import Currency, Standard, Token, Venue
from core.sources.hints import SolanaLogs
from tests.sources.conftest import START, Sleeper

pytestmark = pytest.mark.slow

PATIENCE_S = 30


class Ear:
    """What was heard, in order."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.heard: asyncio.Queue[Hint] = asyncio.Queue()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        clock = ManualClock(START)
        url = f"{self.simulator.url.replace('http', 'ws', 1)}/vendors/solana/ws"
        source = SolanaLogs(clock, url=url, random=Random(7), sleep=Sleeper(clock).sleep)
        task = asyncio.create_task(source.listen(self.heard.put_nowait))
        try:
            await self._subscribed()
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def next(self) -> Hint:
        async with asyncio.timeout(PATIENCE_S):
            return await self.heard.get()

    async def _subscribed(self) -> None:
        async with asyncio.timeout(PATIENCE_S), aiohttp.ClientSession() as http:
            count = 0
            while not count:
                async with http.get(f"{self.simulator.url}/sim/chain") as answer:
                    count = (await answer.json())["subscriptions"]

    def put(self, standard: Standard) -> Token:
        """A slab goes on sale."""
        market = self.simulator.market
        tokens = [token for token in market.scenery.tokens if token.mint not in market.book]
        token = next(token for token in tokens if token.standard is standard)
        market.put_on_sale(token.mint, 50_000_000, START, venue=Venue.CC, currency=Currency.USDC)
        return token


@pytest.fixture
async def ear() -> AsyncIterator[Ear]:
    config = SimulatorConfig(port=0, data=None, pace=0, cards=100, listings=30, now=lambda: START)
    async with open_simulator(config) as simulator:
        yield Ear(simulator)


async def test_what_happens_is_hinted_at_with_the_token_where_the_log_names_it(ear: Ear) -> None:
    async with ear.listening():
        pnft, core = ear.put(Standard.PNFT), ear.put(Standard.CORE)
        ear.simulator.market.sell(pnft.mint, START)
        hints = [await ear.next() for _ in range(3)]
    assert [hint.mint for hint in hints] == [pnft.mint, None, pnft.mint]
    told = [activity.signature for activity in ear.simulator.market.book.activities]
    assert [hint.signature for hint in hints] == told[-3:]
    assert core.mint not in str(hints)


@pytest.mark.parametrize("kind", ["status", "html", "reset_before", "rate_limit"])
async def test_a_node_that_turns_us_away_is_asked_again(ear: Ear, kind: str) -> None:
    fault = ear.simulator.faults.add("vendor:solana:ws", kind, times=3)
    async with ear.listening():
        assert fault.hits == 3
        token = ear.put(Standard.PNFT)
        assert (await ear.next()).mint == token.mint
