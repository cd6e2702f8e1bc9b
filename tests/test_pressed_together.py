"""Many press Buy of one deal: over the real client of a marketplace that is one question, whoever leaves."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from random import Random

import pytest

from core.domain.listings import Mint, Venue
from core.domain.posts import BuyCheck, BuyState
from core.services.deals import DealService
from core.services.glances import SERVES_S
from core.sources.base import LiveListing
from core.sources.collectorcrypt import CollectorCrypt
from core.sources.http import SourceHttp
from db.engine import Database
from tests.services.house import House
from tests.sources.conftest import Sleeper
from tests.sources.server import Reply, ScriptedServer

MISSING = Reply(b'{"message": "Card not found"}', status=404)
PEOPLE = 8
PATIENCE_S = 20


class Door(CollectorCrypt):
    """The marketplace's client, which counts who stands before it."""

    def __init__(self, http: SourceHttp, url: str) -> None:
        super().__init__(http, base_url=url)
        self.asking = 0
        self.came = asyncio.Event()

    async def live(self, mint: Mint) -> LiveListing | None:
        self.asking += 1
        self.came.set()
        return await super().live(mint)

    async def until_asking(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while self.asking < count:
                self.came.clear()
                await self.came.wait()


@dataclass(frozen=True, slots=True)
class Counter:
    """Where deals are pressed, and the marketplace that is asked."""

    house: House
    deals: DealService
    door: Door
    market: ScriptedServer

    def press(self, person: int) -> asyncio.Task[BuyCheck]:
        return asyncio.create_task(self.deals.check(1, by=person))


@pytest.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    house = House(db)
    await house.join()
    await house.post_a_deal()
    sleep = Sleeper(house.clock).sleep
    async with (
        ScriptedServer().open() as market,
        SourceHttp(house.clock, random=Random(7), sleep=sleep) as http,
    ):
        market.says(MISSING)
        door = Door(http, market.url)
        yield Counter(house, DealService(db, house.clock, house.prices, {Venue.CC: door}), door, market)


async def test_who_presses_while_it_is_asked_is_answered_with_the_others(counter: Counter) -> None:
    counter.market.hold = asyncio.Event()
    leaver = counter.press(0)
    await counter.market.got_request.wait()
    others = [counter.press(person) for person in range(1, PEOPLE)]
    others.append(counter.press(1))
    await counter.door.until_asking(PEOPLE + 1)
    leaver.cancel()
    await asyncio.gather(leaver, return_exceptions=True)
    assert leaver.cancelled()
    counter.market.hold.set()
    checks = await asyncio.gather(*others)
    assert {check.state for check in checks} == {BuyState.GONE}
    assert len(counter.market.asked) == 1


async def test_who_presses_right_after_is_answered_with_them_too(counter: Counter) -> None:
    first = await counter.press(1)
    counter.house.pass_time(SERVES_S - 1)
    assert await counter.press(2) == first
    assert len(counter.market.asked) == 1
    counter.house.pass_time(1)
    assert (await counter.press(3)).checked_at > first.checked_at
    assert len(counter.market.asked) == 2
