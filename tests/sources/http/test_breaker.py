"""The circuit breaker, alone and in the client."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from core.clock import ManualClock
from core.domain.listings import SourceName
from core.errors import SourceError, SourceRateLimited, SourceUnavailable
from core.sources.base import Breaker
from core.sources.http import SourceHttp, Vendor, VendorLimits
from core.sources.http.breaker import CircuitBreaker
from tests.sources.conftest import START, Memory
from tests.sources.server import Reply, ScriptedServer, data

NAME = SourceName.MAGIC_EDEN
LIMITS = VendorLimits(per_minute=6000, burst=10)
MINUTE = timedelta(seconds=60)


@pytest.fixture
def vendor(http: SourceHttp, server: ScriptedServer) -> Vendor:
    return http.vendor(NAME, base_url=server.url, limits=LIMITS)


async def fail(vendor: Vendor, times: int) -> None:
    for _ in range(times):
        with pytest.raises(SourceError):
            await vendor.get("/things")


def test_four_failures_and_a_success_keep_it_closed(clock: ManualClock) -> None:
    breaker = CircuitBreaker(NAME, clock=clock)
    for _ in range(3):
        for _ in range(4):
            breaker.failed("reset")
        breaker.answered()
    breaker.admit()
    assert not breaker.is_open


def test_down_and_up_are_each_logged_and_told_once(clock: ManualClock, memory: Memory) -> None:
    breaker = CircuitBreaker(NAME, clock=clock, memory=memory)
    with capture_logs() as lines:
        for _ in range(9):
            breaker.failed("HTTP 502")
        clock.advance(timedelta(minutes=3))
        breaker.answered()
        breaker.answered()
    assert [(line["event"], line["source"]) for line in lines] == [("source down", NAME), ("source up", NAME)]
    assert lines[0]["reason"] == "HTTP 502"
    assert lines[1]["down_s"] == 180
    assert memory.told == [
        (NAME, Breaker(True, 5, START, "HTTP 502"), START),
        (NAME, Breaker(False, 0, None), START + timedelta(minutes=3)),
    ]


def test_an_open_one_admits_one_call_a_minute(clock: ManualClock) -> None:
    breaker = CircuitBreaker(NAME, clock=clock)
    for _ in range(5):
        breaker.failed("reset")
    for _ in range(3):
        with pytest.raises(SourceUnavailable, match=r"down since 12:00:00 UTC \(reset\)"):
            breaker.admit()
        clock.advance(MINUTE)
        breaker.admit()


async def test_a_vendor_that_fails_five_calls_is_left_alone(
    vendor: Vendor, server: ScriptedServer, clock: ManualClock
) -> None:
    server.says(Reply(status=500))
    await fail(vendor, 5)
    asked = len(server.asked)
    await fail(vendor, 20)
    assert len(server.asked) == asked
    clock.advance(MINUTE)
    await fail(vendor, 2)
    assert len(server.asked) == asked + 1  # a probe is one try, without retries


async def test_a_vendor_that_answers_the_probe_is_back(
    vendor: Vendor, server: ScriptedServer, clock: ManualClock, memory: Memory
) -> None:
    server.says(*[Reply(status=500)] * 15, data({}))
    await fail(vendor, 5)
    clock.advance(MINUTE)
    for _ in range(3):
        await vendor.get("/things")
    assert [told.is_open for _, told, _ in memory.told] == [True, False]


async def test_a_refusing_vendor_is_left_alone_too(vendor: Vendor, server: ScriptedServer) -> None:
    server.says(Reply(status=403))
    await fail(vendor, 9)
    assert len(server.asked) == 5


async def test_not_found_and_not_understood_are_answers(vendor: Vendor, server: ScriptedServer) -> None:
    server.says(Reply(status=400))
    await fail(vendor, 9)
    for _ in range(9):
        assert await vendor.find("/things", missing=(400,)) is None
    assert len(server.asked) == 18


async def test_being_told_later_does_not_open_it(
    vendor: Vendor, server: ScriptedServer, clock: ManualClock, memory: Memory
) -> None:
    server.says(Reply(status=429))
    for _ in range(9):
        with pytest.raises(SourceRateLimited):
            await vendor.get("/things")
        clock.advance(MINUTE)
    assert memory.told == []
