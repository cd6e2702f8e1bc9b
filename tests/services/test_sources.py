"""What every process saw of the vendors is in rows that each of them reads alike."""

from datetime import timedelta

import pytest

from core.clock import ManualClock
from core.domain.listings import SourceName
from core.domain.operations import SourceHealth
from core.domain.sources import Change, SourceCalls, SourcePlan, SourceView
from core.services.sources import TALLIES_KEPT, SourceService
from db import operations
from db.engine import Database
from db.types import ERROR_LENGTH_MAX
from tests.databases import NOW

ALT, PSA = SourceName.ALT, SourceName.PSA
PLANS = (SourcePlan(ALT, "ALT_URL is not set"), SourcePlan(PSA, per_day=100))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def service(db: Database, clock: ManualClock) -> SourceService:
    return SourceService(db, clock, PLANS)


async def seen(service: SourceService, name: SourceName = PSA) -> SourceView:
    return next(view for view in await service.all() if view.plan.name is name)


async def test_vendors_nobody_asked_yet_are_shown_with_why(service: SourceService) -> None:
    alt, psa = await service.all()
    assert (alt.plan, psa.plan) == PLANS
    assert (alt.seen, psa.seen, psa.left_today) == (None, None, 100)


async def test_what_is_told_is_read_as_it_was(service: SourceService) -> None:
    told = SourceCalls(
        PSA,
        told_at=NOW,
        calls=3,
        failures=1,
        changes=1,
        succeeded_at=NOW,
        failed_at=NOW,
        failure="HTTP 503",
        p50_ms=10,
        p95_ms=20,
        oldest_data_at=NOW - timedelta(hours=1),
        newest_data_at=NOW,
        change=Change(NOW, "Expected `int`", '{"a": 1}'),
    )
    await service.tell("one", [told])
    assert (await seen(service)).seen == told


async def test_the_next_word_of_a_process_replaces_its_last_and_no_others(service: SourceService) -> None:
    await service.tell("one", [SourceCalls(PSA, told_at=NOW, calls=3)])
    await service.tell("two", [SourceCalls(PSA, told_at=NOW, calls=10)])
    await service.tell("one", [SourceCalls(PSA, told_at=NOW, calls=4)])
    both = (await seen(service)).seen
    assert both is not None
    assert both.calls == 14


async def test_what_no_process_tells_any_more_is_forgotten(
    service: SourceService, clock: ManualClock
) -> None:
    await service.tell("one", [SourceCalls(PSA, told_at=NOW)])
    clock.advance(TALLIES_KEPT + timedelta(seconds=1))
    await service.tell("two", [SourceCalls(ALT, told_at=clock.now())])
    assert (await seen(service)).seen is None


async def test_texts_that_no_database_takes_are_kept_as_far_as_it_does(service: SourceService) -> None:
    hostile = Change(NOW, "a\x00b" * ERROR_LENGTH_MAX, "\x00\ufffd" * 9000)
    await service.tell("one", [SourceCalls(PSA, told_at=NOW, failure="\x00" * 9000, change=hostile)])
    assert (await seen(service)).seen is not None


async def test_a_vendor_that_is_down_is_shown_so(db: Database, service: SourceService) -> None:
    async with db.write() as tx:
        await operations.keep_source(tx, SourceHealth("psa", True, NOW, "HTTP 503"))
    psa = await seen(service)
    assert (psa.is_down, psa.down_since, psa.down_because) == (True, NOW, "HTTP 503")


@pytest.mark.parametrize(("since_then_s", "is_down"), [(-1, True), (0, True), (1, False)])
async def test_a_vendor_that_answers_one_process_is_not_down_because_another_said_so_and_ended(
    service: SourceService, db: Database, since_then_s: int, *, is_down: bool
) -> None:
    async with db.write() as tx:
        await operations.keep_source(tx, SourceHealth(PSA.value, is_down=True, since=NOW, reason="HTTP 503"))
    answered_at = NOW + timedelta(seconds=since_then_s)
    await service.tell("another", [SourceCalls(PSA, told_at=NOW, calls=1, succeeded_at=answered_at)])
    view = await seen(service)
    assert (view.is_down, view.down_because) == (is_down, "HTTP 503" if is_down else "")
