"""A vendor's budget: few requests at a time, evenly spaced, none while the vendor says "later"."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import msgspec

from core.clock import Clock
from core.domain.listings import SourceName
from core.errors import SourceRateLimited

Sleep: TypeAlias = Callable[[float], Awaitable[None]]


class VendorLimits(msgspec.Struct, frozen=True):
    """What a vendor allows.

    `burst` requests may go at once after a quiet time: any window holds at most that many more than
    its even share. `wait_s_max` is how long a call waits for its turn before it gives up.
    """

    per_minute: float
    burst: int = 1
    concurrent: int = 2
    wait_s_max: float = 10.0


class NoTurn(SourceRateLimited):
    """Our own budget says "later": nothing was sent."""


class Budget:
    """Hands out turns, first come first served."""

    def __init__(self, source: SourceName, limits: VendorLimits, *, clock: Clock, sleep: Sleep) -> None:
        self._source = source
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        self._interval_s = 60.0 / limits.per_minute
        self._slack_s = self._interval_s * (limits.burst - 1)
        self._slots = asyncio.Semaphore(limits.concurrent)
        self._next_at = clock.monotonic()  # when the next request is due by even spacing alone

    @asynccontextmanager
    async def turn(self, *, wait_s_max: float) -> AsyncIterator[None]:
        """One request's turn, waited for at most so long. Raises NoTurn.

        The slot comes before the spacing: requests that piled up behind a slow one leave spaced.
        """
        wait_s_max = min(wait_s_max, self._limits.wait_s_max)
        await self._slot(wait_s_max)
        try:
            await self._spacing(wait_s_max)
            yield
        finally:
            self._slots.release()

    def wait_s(self) -> float:
        """How long the next request has to wait for its spacing."""
        return max(0.0, self._next_at - self._slack_s - self._clock.monotonic())

    def pause(self, seconds: float) -> None:
        """The vendor said "later": nothing goes before that, and then evenly, without a burst."""
        self._next_at = max(self._next_at, self._clock.monotonic() + seconds + self._slack_s)

    async def _slot(self, wait_s_max: float) -> None:
        try:
            async with asyncio.timeout(wait_s_max):
                await self._slots.acquire()
        except TimeoutError as error:
            reason = f"all {self._limits.concurrent} places taken for {wait_s_max:g} s"
            raise NoTurn(self._source, reason, retry_after_s=self._interval_s) from error

    async def _spacing(self, wait_s_max: float) -> None:
        wait_s = self.wait_s()
        if wait_s > wait_s_max:
            raise NoTurn(self._source, f"no turn for {wait_s:.0f} s", retry_after_s=wait_s)
        self._next_at = max(self._next_at, self._clock.monotonic()) + self._interval_s
        if wait_s > 0:
            await self._sleep(wait_s)
