"""Versions that meet a bug of ours: tried a few times, then parked; an outage is no step towards that."""

import asyncio

from structlog.testing import capture_logs

from core.domain.deals import DealTier
from core.domain.operations import SourceHealth
from core.errors import SourceUnavailable
from core.services.appraisal import BACK_OFF_MAX_S, TRIES_MAX
from db.deals import VerdictRow
from db.work import WorkRow
from tests.services.house import House, Stored
from tests.services.reports import by_alt, listed

DOWN = SourceUnavailable("alt", "does not answer")


async def waiting(house: House) -> Stored:
    [row] = await house.rows(WorkRow)
    return row


async def test_a_bug_is_tried_five_times_and_then_parked_with_its_error(house: House) -> None:
    house.alt.bug = KeyError("a bug")
    await house.tell(listed(80, 0))
    with capture_logs() as lines:
        for _ in range(TRIES_MAX):
            assert (await waiting(house)).parked_at is None
            await house.appraisal.work_due()
            house.pass_time(100)
    assert [line["event"] for line in lines].count("a version is parked until an operator looks at it") == 1
    parked = await waiting(house)
    assert (parked.failures, parked.error) == (TRIES_MAX, "KeyError('a bug')")
    assert parked.parked_at is not None
    assert await house.rows(VerdictRow) == []
    house.pass_time(1_000)
    assert await house.appraisal.work_due() == 0


async def test_outages_bring_no_version_nearer_to_being_parked(house: House) -> None:
    house.alt.down = DOWN
    await house.tell(listed(80, 0))
    for _ in range(TRIES_MAX + 2):
        await house.appraisal.work_due()
        house.pass_time(BACK_OFF_MAX_S)
    house.alt.down, house.alt.bug = None, KeyError("a bug")
    for _ in range(TRIES_MAX - 1):
        await house.appraisal.work_due()
        house.pass_time(BACK_OFF_MAX_S)
    assert (await waiting(house)).parked_at is None
    await house.appraisal.work_due()
    parked = await waiting(house)
    assert (parked.parked_at, parked.failures) == (house.clock.now(), TRIES_MAX)


async def test_a_bug_of_one_version_does_not_stop_the_others(house: House) -> None:
    house.alt.bug = KeyError("a bug")
    await house.tell(listed(80, 0, mint="a"))
    await house.appraisal.work_due()
    house.alt.bug = None
    house.value(by_alt(160), "b")
    await house.tell(listed(80, 0, mint="b"))
    await house.appraisal.work_due()
    [verdict] = await house.rows(VerdictRow)
    assert verdict.tier == DealTier.GOLD


async def test_what_waits_for_a_vendor_is_worked_as_soon_as_it_is_back(house: House) -> None:
    house.value(by_alt(160))
    house.alt.down = DOWN
    await house.tell(listed(80, 0), listed(80, 1, mint="mint-2"))
    for _ in range(6):
        await house.appraisal.work_due()
        house.pass_time(32)
    await house.appraisal.work_due()
    house.alt.down = None
    await house.operations.source_changed(SourceHealth("eden", is_down=False, since=None))
    assert await house.appraisal.work_due() == 0
    await house.operations.source_changed(SourceHealth("alt", is_down=False, since=None))
    assert await house.appraisal.work_due() == 2


async def test_what_a_cut_run_had_claimed_is_worked_by_the_next_at_once(house: House) -> None:
    house.value(by_alt(160))
    await house.tell(listed(80, 0))
    house.alt.gate.clear()
    cut = asyncio.create_task(house.appraisal.work_due())
    await house.alt.until_waiting(1)
    cut.cancel()
    await asyncio.gather(cut, return_exceptions=True)
    house.alt.gate.set()
    assert await house.appraisal.work_due() == 1
    assert await house.rows(WorkRow) == []


async def test_what_an_operator_queues_again_is_worked_once_the_bug_is_mended(house: House) -> None:
    await house.join()
    house.value(by_alt(160))
    house.alt.bug = KeyError("a bug")
    await house.tell(listed(80, 0))
    for _ in range(TRIES_MAX):
        await house.appraisal.work_due()
        house.pass_time(100)
    found = await house.operations.parked()
    assert (found.listings.count, found.listings.newest_errors) == (1, ("KeyError('a bug')",))
    house.alt.bug = None
    assert await house.operations.requeue() == (1, 0)
    assert await house.appraisal.work_due() == 1
    assert (await house.operations.parked()).listings.count == 0
    [verdict] = await house.rows(VerdictRow)
    assert verdict.tier == DealTier.GOLD
