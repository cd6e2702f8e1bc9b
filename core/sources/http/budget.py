"""A vendor's budget: few requests at a time, evenly spaced, the most urgent first."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from heapq import heappop, heappush
from itertools import count
from typing import TypeAlias

import msgspec

from core.clock import Clock
from core.domain.allowances import Allowance, Pace, pause, take, untouched
from core.domain.listings import SourceName
from core.errors import SourceRateLimited
from core.sources.base import BudgetBook, Urgency, urgency

Sleep: TypeAlias = Callable[[float], Awaitable[None]]

CANCEL_EVERY_S = 0.2

BURST_SHARE = {Urgency.CLICK: 1.0, Urgency.FRESH: 1.0, Urgency.RECHECK: 0.5, Urgency.BACKFILL: 0.0}
"""How much of the burst each may use: what is left is there for who cannot wait."""
CLICK_KEPT_FROM = 4
"""Of so many places one is kept for clicks alone; fewer are not worth dividing."""
DAY_SHARE = {Urgency.CLICK: 1.0, Urgency.FRESH: 0.9, Urgency.RECHECK: 0.7, Urgency.BACKFILL: 0.5}


class VendorLimits(msgspec.Struct, frozen=True):
    """What a vendor allows.

    `burst` requests may go at once after a quiet time: any window holds at most that many more than
    its even share. `wait_s_max` is how long a call waits for its turn before it gives up. `per_day` is
    what the vendor allows in a day, where it counts days.
    """

    per_minute: float
    burst: int = 1
    concurrent: int = 2
    wait_s_max: float = 10.0
    per_day: int | None = None


def pace_of(limits: VendorLimits, how: Urgency) -> Pace:
    """The part of the allowance that a question so urgent may use."""
    interval_s = 60.0 / limits.per_minute
    per_day = None if limits.per_day is None else max(1, int(limits.per_day * DAY_SHARE[how]))
    return Pace(interval_s, interval_s * int((limits.burst - 1) * BURST_SHARE[how]), per_day)


class NoTurn(SourceRateLimited):
    """Our own budget says "later": nothing was sent."""


class MemoryBook:
    """A book that ends with the process: for a house without a database."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._left: dict[SourceName, Allowance] = {}

    async def take(self, source: SourceName, pace: Pace) -> float:
        now = self._clock.now()
        self._left[source], wait_s = take(self._left.get(source, untouched(now)), pace, now)
        return wait_s

    async def pause(self, source: SourceName, seconds: float) -> None:
        now = self._clock.now()
        self._left[source] = pause(self._left.get(source, untouched(now)), now, seconds)


class _Waiter:
    """Somebody in the queue; the lower, the sooner."""

    def __init__(self, how: Urgency, number: int, gives_up_at: float) -> None:
        self.urgency = how
        self.order = (how, number)
        self.gives_up_at = gives_up_at
        self.admitted: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def __lt__(self, other: "_Waiter") -> bool:
        return self.order < other.order


class Budget:
    """Hands out turns: the most urgent first, and among equals first come, first served."""

    def __init__(
        self, source: SourceName, limits: VendorLimits, *, book: BudgetBook, clock: Clock, sleep: Sleep
    ) -> None:
        self._source = source
        self._limits = limits
        self._book = book
        self._clock = clock
        self._sleep = sleep
        self._free = limits.concurrent
        self._paused_until = clock.monotonic()
        self._numbers = count()
        self._queue: list[_Waiter] = []
        self._changed = asyncio.Event()
        self._doorkeeper: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def turn(self, *, wait_s_max: float) -> AsyncIterator[None]:
        """One request's turn, waited for at most so long. Raises NoTurn.

        The slot comes before the spacing: requests that piled up behind a slow one leave spaced.
        """
        await self._admitted(min(wait_s_max, self._limits.wait_s_max))
        try:
            yield
        finally:
            self._free += 1
            self._open_door()

    async def pause(self, seconds: float) -> None:
        """The vendor said "later": nothing goes before that, and then evenly, without a burst."""
        self._paused_until = max(self._paused_until, self._clock.monotonic() + seconds)
        slack_s = pace_of(self._limits, Urgency.CLICK).slack_s
        await self._book.pause(self._source, seconds + slack_s)

    def paused_s(self) -> float:
        """How much longer the vendor wants to be left alone, as far as this process was told."""
        return max(0.0, self._paused_until - self._clock.monotonic())

    async def close(self) -> None:
        """Nobody is let in any more. Called off until it ends: the book may take its time over that."""
        while self._doorkeeper is not None and not self._doorkeeper.done():
            self._doorkeeper.cancel()
            await asyncio.wait({self._doorkeeper}, timeout=CANCEL_EVERY_S)

    async def _admitted(self, wait_s_max: float) -> None:
        gives_up_at = self._clock.monotonic() + wait_s_max
        waiter = _Waiter(urgency(), next(self._numbers), gives_up_at)
        heappush(self._queue, waiter)
        self._open_door()
        try:
            async with asyncio.timeout(wait_s_max):
                await waiter.admitted
        except TimeoutError as error:
            raise self._no_turn(f"all {self._limits.concurrent} places taken for {wait_s_max:g} s") from error
        except asyncio.CancelledError:
            if waiter.admitted.done() and not waiter.admitted.cancelled():
                self._free += 1  # let in and called off in the same moment
                self._open_door()
            raise

    def _open_door(self) -> None:
        self._changed.set()
        if self._doorkeeper is None or self._doorkeeper.done():
            self._doorkeeper = asyncio.create_task(self._keep_door(), name=f"budget:{self._source}")
            self._doorkeeper.add_done_callback(self._door_broke)

    async def _keep_door(self) -> None:
        while (first := self._first()) is not None and self._has_place(first.urgency):
            self._changed.clear()
            wait_s = await self._book.take(self._source, pace_of(self._limits, first.urgency))
            if wait_s > 0:
                self._turn_away(wait_s)
                await self._pass(wait_s)
            elif (now_first := self._first()) is not None:
                heappop(self._queue)
                self._free -= 1
                now_first.admitted.set_result(None)

    def _first(self) -> _Waiter | None:
        while self._queue and self._queue[0].admitted.done():
            heappop(self._queue)
        return self._queue[0] if self._queue else None

    def _has_place(self, how: Urgency) -> bool:
        """One place is always kept for who cannot wait, and one of many for clicks."""
        kept = 1 if how >= Urgency.RECHECK and self._limits.concurrent > 1 else 0
        kept += 1 if how > Urgency.CLICK and self._limits.concurrent >= CLICK_KEPT_FROM else 0
        return self._free > kept

    def _turn_away(self, wait_s: float) -> None:
        """Who would wait too long is told at once, and when to come back."""
        interval_s = 60.0 / self._limits.per_minute
        waiting = sorted(waiter for waiter in self._queue if not waiter.admitted.done())
        for place, waiter in enumerate(waiting):
            due_s = wait_s + place * interval_s
            if self._clock.monotonic() + due_s > waiter.gives_up_at:
                waiter.admitted.set_exception(self._no_turn(f"no turn for {due_s:.0f} s", due_s))

    async def _pass(self, seconds: float) -> None:
        """Let time pass, or less when somebody more urgent comes."""
        if self._first() is None:
            return
        sleeping = asyncio.ensure_future(self._sleep(seconds))
        changing = asyncio.ensure_future(self._changed.wait())
        try:
            await asyncio.wait({sleeping, changing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            changing.cancel()
            await asyncio.gather(sleeping, changing, return_exceptions=True)

    def _door_broke(self, doorkeeper: "asyncio.Task[None]") -> None:
        """The book could not be read: everybody who waits is told so."""
        error = None if doorkeeper.cancelled() else doorkeeper.exception()
        for waiter in self._queue if error is not None else ():
            if error is not None and not waiter.admitted.done():
                waiter.admitted.set_exception(error)

    def _no_turn(self, reason: str, wait_s: float | None = None) -> NoTurn:
        later_s = 60.0 / self._limits.per_minute if wait_s is None else wait_s
        return NoTurn(self._source, reason, retry_after_s=later_s)
