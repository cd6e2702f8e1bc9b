"""The budget on a clock that only moves when somebody sleeps."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise

import pytest

from core.clock import ManualClock
from core.domain.allowances import Pace
from core.domain.listings import SourceName
from core.errors import SourceRateLimited
from core.sources.base import Urgency, asking
from core.sources.http.budget import Budget, MemoryBook, NoTurn, VendorLimits
from tests.sources.conftest import Sleeper

PATIENCE_S = 30


def budget_of(limits: VendorLimits, clock: ManualClock, sleeper: Sleeper) -> Budget:
    book = MemoryBook(clock)
    return Budget(SourceName.MAGIC_EDEN, limits, book=book, clock=clock, sleep=sleeper.sleep)


async def sent_at(budget: Budget, clock: ManualClock, count: int) -> list[float]:
    """When each of so many requests in a row goes out."""
    times = []
    for _ in range(count):
        async with budget.turn(wait_s_max=60):
            times.append(clock.monotonic())
    return times


async def test_requests_are_evenly_spaced(clock: ManualClock, sleeper: Sleeper) -> None:
    budget = budget_of(VendorLimits(per_minute=120), clock, sleeper)
    times = await sent_at(budget, clock, 200)
    assert [b - a for a, b in pairwise(times)] == pytest.approx([0.5] * 199)


@pytest.mark.parametrize("window_s", [1, 10, 60])
async def test_no_window_holds_more_than_its_share_and_the_burst(
    clock: ManualClock, sleeper: Sleeper, window_s: int
) -> None:
    budget = budget_of(VendorLimits(per_minute=100, burst=5), clock, sleeper)
    times = await sent_at(budget, clock, 300)
    clock.advance(timedelta(hours=1))
    times += await sent_at(budget, clock, 300)
    most = max(sum(1 for at in times if start <= at < start + window_s) for start in times)
    assert most <= 5 + window_s * 100 / 60


async def test_a_quiet_time_earns_the_burst_and_no_more(clock: ManualClock, sleeper: Sleeper) -> None:
    budget = budget_of(VendorLimits(per_minute=60, burst=3), clock, sleeper)
    clock.advance(timedelta(hours=1))
    await sent_at(budget, clock, 3)
    assert sleeper.slept_s == []
    await sent_at(budget, clock, 1)
    assert sleeper.slept_s == [pytest.approx(1)]


async def test_whoever_would_wait_too_long_is_told_when_to_come_back(
    clock: ManualClock, sleeper: Sleeper
) -> None:
    budget = budget_of(VendorLimits(per_minute=1, wait_s_max=10), clock, sleeper)
    await sent_at(budget, clock, 1)
    clock.advance(timedelta(seconds=20))
    with pytest.raises(SourceRateLimited) as caught:
        await sent_at(budget, clock, 1)
    assert caught.value.retry_after_s == pytest.approx(40)
    clock.advance(timedelta(seconds=31))
    await sent_at(budget, clock, 1)
    assert sleeper.slept_s == [pytest.approx(9)]


async def test_after_a_pause_requests_leave_one_by_one(clock: ManualClock, sleeper: Sleeper) -> None:
    budget = budget_of(VendorLimits(per_minute=60, burst=4), clock, sleeper)
    await budget.pause(5)
    assert await sent_at(budget, clock, 3) == pytest.approx([5, 6, 7])


async def test_a_shorter_pause_does_not_end_a_longer_one(clock: ManualClock, sleeper: Sleeper) -> None:
    budget = budget_of(VendorLimits(per_minute=60), clock, sleeper)
    await budget.pause(5)
    await budget.pause(1)
    assert budget.paused_s() == pytest.approx(5)


async def test_no_more_are_under_way_than_may_be(clock: ManualClock, sleeper: Sleeper) -> None:
    budget = budget_of(VendorLimits(per_minute=6000, burst=10, concurrent=2), clock, sleeper)
    inside = 0
    most = 0
    is_full = asyncio.Event()

    async def one() -> None:
        nonlocal inside, most
        async with budget.turn(wait_s_max=5):
            inside += 1
            most = max(most, inside)
            if inside == 2:
                is_full.set()
            await is_full.wait()
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(one() for _ in range(6)))
    assert most == 2


async def test_a_full_house_turns_callers_away_in_the_end(clock: ManualClock, sleeper: Sleeper) -> None:
    budget = budget_of(VendorLimits(per_minute=6000, burst=10, concurrent=1), clock, sleeper)
    async with budget.turn(wait_s_max=1):
        with pytest.raises(NoTurn, match="all 1 places taken"):
            async with budget.turn(wait_s_max=0.01):
                pytest.fail("two in a house of one")
    assert len(await sent_at(budget, clock, 1)) == 1


async def served(budget: Budget, how: Urgency, order: list[Urgency], wait_s_max: float = 10) -> None:
    with asking(how):
        async with budget.turn(wait_s_max=wait_s_max):
            order.append(how)


async def test_the_most_urgent_goes_first_whoever_came_before(clock: ManualClock, sleeper: Sleeper) -> None:
    budget = budget_of(VendorLimits(per_minute=120), clock, sleeper)
    order: list[Urgency] = []
    callers = [*[Urgency.BACKFILL] * 3, Urgency.RECHECK, Urgency.FRESH, Urgency.CLICK]
    await asyncio.gather(*(served(budget, how, order) for how in callers))
    assert order == sorted(callers)


async def test_a_click_waits_for_no_back_fill_that_takes_all_it_may(
    clock: ManualClock, sleeper: Sleeper
) -> None:
    budget = budget_of(VendorLimits(per_minute=60, burst=3), clock, sleeper)
    order: list[Urgency] = []
    clock.advance(timedelta(hours=1))
    for _ in range(5):
        await served(budget, Urgency.BACKFILL, order)
    slept_s = list(sleeper.slept_s)
    assert slept_s == [pytest.approx(1)] * 4  # never ahead of the even spacing
    await served(budget, Urgency.CLICK, order)
    await served(budget, Urgency.FRESH, order)
    assert sleeper.slept_s == slept_s


async def test_one_place_is_kept_for_who_cannot_wait(clock: ManualClock, sleeper: Sleeper) -> None:
    budget = budget_of(VendorLimits(per_minute=6000, burst=10, concurrent=2), clock, sleeper)
    order: list[Urgency] = []
    with asking(Urgency.BACKFILL):
        async with budget.turn(wait_s_max=1):
            late = asyncio.create_task(served(budget, Urgency.BACKFILL, order))
            await served(budget, Urgency.CLICK, order)
            assert order == [Urgency.CLICK]
    await late


async def test_a_click_finds_a_place_whatever_fresh_listings_wait_for(
    clock: ManualClock, sleeper: Sleeper
) -> None:
    budget = budget_of(VendorLimits(per_minute=60, burst=6, concurrent=4), clock, sleeper)
    order: list[Urgency] = []
    clock.advance(timedelta(hours=1))
    with asking(Urgency.FRESH):
        async with budget.turn(wait_s_max=1), budget.turn(wait_s_max=1), budget.turn(wait_s_max=1):
            late = [asyncio.create_task(served(budget, Urgency.FRESH, order)) for _ in range(4)]
            await served(budget, Urgency.CLICK, order)
            assert (order, sleeper.slept_s) == ([Urgency.CLICK], [])
    await asyncio.gather(*late)


async def test_the_last_of_a_days_turns_are_kept_for_clicks(clock: ManualClock, sleeper: Sleeper) -> None:
    budget = budget_of(VendorLimits(per_minute=6000, burst=100, per_day=10), clock, sleeper)
    order: list[Urgency] = []
    for how in (Urgency.BACKFILL, Urgency.RECHECK, Urgency.FRESH, Urgency.CLICK):
        with pytest.raises(NoTurn):
            await served_often(budget, how, order)
    assert [order.count(how) for how in sorted(set(order), reverse=True)] == [5, 2, 2, 1]


async def test_a_caller_who_is_called_off_leaves_the_door_open(clock: ManualClock, sleeper: Sleeper) -> None:
    budget = budget_of(VendorLimits(per_minute=6000, burst=100, concurrent=1), clock, sleeper)
    order: list[Urgency] = []
    for steps in range(12):
        caller = asyncio.create_task(served(budget, Urgency.FRESH, order))
        for _ in range(steps):
            await asyncio.sleep(0)
        caller.cancel()
        await asyncio.gather(caller, return_exceptions=True)
        await served(budget, Urgency.CLICK, order)
    assert order.count(Urgency.CLICK) == 12


async def served_often(budget: Budget, how: Urgency, order: list[Urgency]) -> None:
    for _ in range(20):
        await served(budget, how, order)


class BrokenBook:
    """A database that is away."""

    async def take(self, source: SourceName, pace: Pace) -> float:
        raise OSError("away")

    async def pause(self, source: SourceName, seconds: float) -> None:
        raise OSError("away")


async def test_everybody_is_told_when_the_book_cannot_be_read(clock: ManualClock, sleeper: Sleeper) -> None:
    limits = VendorLimits(per_minute=60)
    budget = Budget(SourceName.ALT, limits, book=BrokenBook(), clock=clock, sleep=sleeper.sleep)
    callers = (served(budget, how, []) for how in (Urgency.CLICK, Urgency.BACKFILL))
    ended = await asyncio.gather(*callers, return_exceptions=True)
    assert [type(error) for error in ended] == [OSError, OSError]


class SlowBook(MemoryBook):
    """A book that answers nothing, and makes little of the first time it is called off."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.asked = asyncio.Event()

    async def take(self, source: SourceName, pace: Pace) -> float:
        self.asked.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()
        return 0.0


async def test_closing_does_not_wait_for_a_book_that_is_slow_to_be_called_off(
    clock: ManualClock, sleeper: Sleeper
) -> None:
    book = SlowBook(clock)
    limits = VendorLimits(per_minute=60)
    budget = Budget(SourceName.MAGIC_EDEN, limits, book=book, clock=clock, sleep=sleeper.sleep)
    waiting = asyncio.create_task(sent_at(budget, clock, 1))
    await book.asked.wait()
    async with asyncio.timeout(PATIENCE_S):
        await budget.close()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
