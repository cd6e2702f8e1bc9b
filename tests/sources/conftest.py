"""A vendor under the test's control, and the HTTP client with a clock that only moves when it sleeps."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from core.clock import ManualClock
from core.domain.listings import SourceName
from core.sources.base import Breaker
from core.sources.http import Call, CallOutcome, SourceHttp, Timeouts
from tests.sources.server import ScriptedServer

START = datetime(2026, 10, 1, 12, tzinfo=UTC)


@dataclass
class Sleeper:
    """Sleeping is moving the clock."""

    clock: ManualClock
    slept_s: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.clock.advance(timedelta(seconds=seconds))


@dataclass
class Memory:
    """Keeps what the breakers tell."""

    told: list[tuple[SourceName, Breaker, datetime]] = field(default_factory=list)

    def record(self, source: SourceName, breaker: Breaker, *, at: datetime) -> None:
        self.told.append((source, breaker, at))


@dataclass
class Calls:
    """Keeps what the metrics are told."""

    outcomes: list[CallOutcome] = field(default_factory=list)

    def __call__(self, call: Call) -> None:
        assert call.seconds >= 0
        assert bool(call.reason) is (call.data_at is None) is (call.outcome is not CallOutcome.ANSWERED)
        self.outcomes.append(call.outcome)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def sleeper(clock: ManualClock) -> Sleeper:
    return Sleeper(clock)


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer().open() as server:
        yield server


@pytest.fixture
async def http(
    clock: ManualClock, sleeper: Sleeper, memory: Memory, calls: Calls
) -> AsyncIterator[SourceHttp]:
    async with SourceHttp(clock, random=Random(7), sleep=sleeper.sleep, memory=memory, on_call=calls) as http:
        yield http


@pytest.fixture
async def hasty_http(clock: ManualClock, sleeper: Sleeper) -> AsyncIterator[SourceHttp]:
    """Waits hardly at all, for vendors that never answer."""
    timeouts = Timeouts(connect_s=1, read_s=0.05, total_s=0.05, call_s=30)
    async with SourceHttp(clock, random=Random(7), sleep=sleeper.sleep, timeouts=timeouts) as http:
        yield http
