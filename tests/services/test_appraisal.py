"""The line from the queue to a verdict: outages wait, bugs are parked, nothing is judged twice."""

import asyncio
from datetime import timedelta

import pytest

from core.domain.deals import DealTier, Reason
from core.domain.listings import Reported, Venue
from core.errors import SourceRateLimited, SourceUnavailable
from core.services.appraisal import (
    BACK_OFF_MAX_S,
    EXPIRES_AFTER,
    LEASE,
    SLOTS,
    SLOTS_BACKFILL,
    SLOTS_RECHECK,
    START_FOR_S,
)
from db import work
from db.deals import VerdictRow
from db.posts import PostRow
from db.work import Priority, WorkRow
from tests.services.fakes import Appraiser, Market
from tests.services.house import House, Stored
from tests.services.reports import ME, MINT, a_slab, at, by_alt, ended, listed, sol

LEASE_S = LEASE.total_seconds()
DOWN = SourceUnavailable("alt", "does not answer")


async def verdict(house: House) -> tuple[str | None, str | None]:
    [row] = await house.rows(VerdictRow)
    return row.tier, row.reason


async def waiting(house: House) -> Stored:
    [row] = await house.rows(WorkRow)
    return row


async def test_a_version_is_worked_to_its_verdict_and_leaves_the_queue(house: House) -> None:
    house.value(by_alt(160))
    await house.tell(listed(80, 0))
    assert await house.appraisal.work_due() == 1
    assert await verdict(house) == (DealTier.GOLD, None)
    assert await house.rows(WorkRow) == []
    assert await house.appraisal.work_due() == 0


@pytest.mark.parametrize("who", ["vault", "eden", "alt", "rates"])
async def test_an_outage_waits_without_a_verdict_and_then_there_is_one(house: House, who: str) -> None:
    house.know()
    house.value(by_alt(300))
    await house.price_sol("150")
    await house.tell(listed(sol(1), 0, source=ME, venue=Venue.ME))
    if who == "rates":
        house.pass_time(1_000)
    else:
        vendors: dict[str, Market | Appraiser] = {"vault": house.vault, "eden": house.eden, "alt": house.alt}
        vendors[who].down = DOWN
    assert await house.appraisal.work_due() == 1
    assert await house.rows(VerdictRow) == []
    assert (await waiting(house)).error is not None
    await house.price_sol("150")
    house.vault.down = house.eden.down = house.alt.down = None
    house.pass_time(2)
    await house.appraisal.work_due()
    assert await verdict(house) == (DealTier.GOLD, None)


async def test_who_waits_waits_longer_each_time_up_to_five_minutes(house: House) -> None:
    house.alt.down = DOWN
    await house.tell(listed(80, 0))
    waits = []
    for _ in range(11):
        await house.appraisal.work_due()
        wait_s = ((await waiting(house)).next_try_at - house.clock.now()).total_seconds()
        waits.append(wait_s)
        house.pass_time(wait_s)
    assert waits[:8] == [2, 4, 8, 16, 32, 64, 128, 256]
    assert waits[8:] == [BACK_OFF_MAX_S] * 3
    assert (await waiting(house)).parked_at is None


@pytest.mark.parametrize(("asked_s", "waits_s"), [(1.0, 2), (45.0, 45), (10_000.0, BACK_OFF_MAX_S)])
async def test_a_vendor_that_says_when_to_come_back_is_heard(
    house: House, asked_s: float, waits_s: float
) -> None:
    house.alt.down = SourceRateLimited("alt", "later", retry_after_s=asked_s)
    await house.tell(listed(80, 0))
    await house.appraisal.work_due()
    assert (await waiting(house)).next_try_at == at(waits_s)


async def test_a_listing_that_ended_while_it_was_valued_gets_neither_verdict_nor_post(house: House) -> None:
    await house.join()
    house.value(by_alt(160))
    await house.tell(listed(80, 0))
    house.alt.gate.clear()
    working = asyncio.create_task(house.appraisal.work_due())
    await house.alt.until_waiting(1)
    await house.tell(ended(Reported.DELISTED, 5))
    house.alt.gate.set()
    await working
    assert await house.rows(VerdictRow) == []
    assert await house.rows(PostRow) == []
    assert await house.rows(WorkRow) == []


async def test_a_version_that_was_repriced_while_it_was_valued_leaves_its_turn_to_the_new_one(
    house: House,
) -> None:
    house.value(by_alt(160))
    await house.tell(listed(80, 0))
    house.alt.gate.clear()
    working = asyncio.create_task(house.appraisal.work_due())
    await house.alt.until_waiting(1)
    await house.tell(listed(70, 5))
    house.alt.gate.set()
    await working
    [only] = await house.rows(VerdictRow)
    assert only.version_id == 2


async def test_a_version_that_is_over_when_its_turn_comes_is_dropped(house: House) -> None:
    await house.tell(listed(80, 0), listed(70, 1))
    async with house.db.write() as tx:
        await work.add(tx, {1: 0}, priority=0, now=at(0))
    await house.appraisal.work_due()
    assert [row.version_id for row in await house.rows(VerdictRow)] == [2]
    assert await house.rows(WorkRow) == []


async def test_a_version_that_is_queued_again_is_not_judged_again(house: House) -> None:
    await house.join()
    house.value(by_alt(160))
    await house.tell(listed(80, 0))
    await house.appraisal.work_due()
    told = await house.events()
    async with house.db.write() as tx:
        await work.add(tx, {1: 0}, priority=0, now=at(0))
    await house.appraisal.work_due()
    assert len(await house.rows(VerdictRow)) == len(await house.rows(PostRow)) == 1
    assert await house.events() == told
    assert await house.rows(WorkRow) == []


async def test_a_version_that_found_no_answer_for_a_day_expires(house: House) -> None:
    assert timedelta(hours=24) == EXPIRES_AFTER
    house.alt.down = DOWN
    await house.tell(listed(80, 0))
    house.pass_time(EXPIRES_AFTER.total_seconds())
    await house.appraisal.work_due()
    assert len(await house.rows(WorkRow)) == 1
    house.pass_time(BACK_OFF_MAX_S)
    await house.appraisal.work_due()
    assert await house.rows(WorkRow) == []
    assert await house.rows(VerdictRow) == []
    assert 'cartel_rejections_total{reason="expired"} 1.0' in house.metrics.exposition().decode()


async def test_a_worker_that_lost_its_lease_writes_nothing(house: House) -> None:
    await house.join()
    house.value(by_alt(160))
    await house.tell(listed(80, 0))
    house.alt.gate.clear()
    slow = asyncio.create_task(house.appraisal.work_due())
    await house.alt.until_waiting(1)
    house.pass_time(LEASE_S)
    other = asyncio.create_task(house.worker("other").work_due())
    await house.alt.until_waiting(2)
    house.alt.gate.set()
    await asyncio.gather(slow, other)
    assert await verdict(house) == (DealTier.GOLD, None)
    assert len(await house.rows(PostRow)) == 1
    assert len([event for event in await house.events() if type(event).__name__ == "DealFound"]) == 1


@pytest.mark.parametrize("failure", ["outage", "bug"])
async def test_a_worker_that_lost_its_lease_and_fails_takes_nothing_from_the_next(
    house: House, failure: str
) -> None:
    await house.tell(listed(80, 0))
    house.alt.gate.clear()
    slow = asyncio.create_task(house.appraisal.work_due())
    await house.alt.until_waiting(1)
    house.pass_time(LEASE_S)
    async with house.db.write() as tx:
        [task] = await work.claim(tx, "other", limit=1, below=99, now=house.clock.now(), lease=LEASE)
    if failure == "bug":
        house.alt.bug = KeyError("a bug")
    else:
        house.alt.down = DOWN
    house.alt.gate.set()
    await slow
    async with house.db.write() as tx:
        assert await work.holds(tx, task, "other")


async def test_a_burst_of_fresh_listings_is_worked_side_by_side(house: House) -> None:
    await house.tell(*(listed(80, 0, mint=f"mint-{n}") for n in range(SLOTS + 5)))
    house.alt.gate.clear()
    working = asyncio.create_task(house.appraisal.work_due())
    await house.alt.until_waiting(SLOTS)
    assert len(house.alt.asked) == SLOTS
    house.alt.gate.set()
    assert await working == SLOTS + 5


async def test_backfill_leaves_slots_free_and_a_fresh_listing_is_not_held_up_by_it(house: House) -> None:
    await house.tell(*(listed(80, 0, mint=f"old-{n}") for n in range(SLOTS)), is_baseline=True)
    house.alt.gate.clear()
    working = asyncio.create_task(house.appraisal.work_due())
    await house.alt.until_waiting(SLOTS_BACKFILL)
    assert len(house.alt.asked) == SLOTS_BACKFILL
    await house.tell(listed(80, 5, mint="fresh"))
    await house.alt.until_waiting(SLOTS_BACKFILL + 1)
    assert house.alt.asked[-1] == ("fresh", None)
    house.alt.gate.set()
    await working


async def test_what_is_valued_anew_leaves_slots_free_for_what_is_fresh(house: House) -> None:
    await house.tell(*(listed(80, 0, mint=f"old-{n}") for n in range(SLOTS)))
    await house.appraisal.work_due()
    house.pass_time(1)
    async with house.db.write() as tx:
        again = dict.fromkeys(range(1, SLOTS + 1), 0)
        await work.add(tx, again, priority=Priority.RECHECK, now=house.clock.now())
    house.alt.gate.clear()
    working = asyncio.create_task(house.appraisal.work_due())
    await house.alt.until_waiting(SLOTS_RECHECK)
    free = SLOTS - SLOTS_RECHECK
    await house.tell(*(listed(80, 5, mint=f"fresh-{n}") for n in range(free + 1)))
    await house.alt.until_waiting(SLOTS)
    assert [certificate.partition("-")[0] for certificate, _ in house.alt.asked[-free:]] == ["fresh"] * free
    house.alt.gate.set()
    assert await working == SLOTS + free + 1


async def test_a_long_queue_is_many_runs(house: House) -> None:
    await house.tell(*(listed(80, 0, mint=f"mint-{n}") for n in range(SLOTS + 3)))
    house.alt.gate.clear()
    working = asyncio.create_task(house.appraisal.work_due())
    await house.alt.until_waiting(SLOTS)
    house.pass_time(START_FOR_S)
    house.alt.gate.set()
    assert await working == SLOTS
    assert await house.appraisal.work_due() == 3


async def test_work_that_is_cut_off_leaves_its_rows_to_the_next(house: House) -> None:
    await house.tell(listed(80, 0))
    house.alt.gate.clear()
    working = asyncio.create_task(house.appraisal.work_due())
    await house.alt.until_waiting(1)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    await house.alt.until_waiting(0)
    house.alt.gate.set()
    house.pass_time(LEASE_S)
    assert await house.worker("other").work_due() == 1


async def test_a_token_without_a_slab_is_rejected_without_being_valued(house: House) -> None:
    await house.tell(listed(80, 0, source=ME, venue=Venue.ME))
    await house.appraisal.work_due()
    assert await verdict(house) == (None, Reason.NOT_A_SLAB)
    assert house.alt.asked == []


async def test_a_mismatch_is_rejected_as_one(house: House) -> None:
    house.know()
    house.eden.slabs[MINT] = a_slab("another")
    await house.tell(listed(80, 0, source=ME, venue=Venue.ME))
    await house.appraisal.work_due()
    assert await verdict(house) == (None, Reason.MISMATCH)


async def test_without_any_value_the_verdict_says_so(house: House) -> None:
    await house.tell(listed(80, 0))
    await house.appraisal.work_due()
    assert await verdict(house) == (None, Reason.NO_VALUE)


async def test_hostile_numbers_and_texts_get_a_verdict_like_any_other(house: House) -> None:
    slab = a_slab(MINT, title="\u202e@everyone `x` 🃏" * 20, card=None)
    house.value(by_alt(0.000001, name="x" * 300))
    await house.price_sol("1000")
    await house.tell(listed(sol(4 * 10**9), 0, slab=slab))
    await house.appraisal.work_due()
    assert await verdict(house) == (None, Reason.TOO_DEAR)
