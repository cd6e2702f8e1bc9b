"""Posted deals that stay open are valued anew when their value is a day old."""

from datetime import timedelta

import pytest

from core.domain.listings import Reported
from core.events import Topic
from core.services.rechecks import REVALUE_AFTER, REVALUED_MAX
from db.work import Priority, WorkRow
from tests.services.house import House
from tests.services.reports import MINT, by_alt, ended, listed, usd

pytestmark = pytest.mark.slow

DAY_S = REVALUE_AFTER.total_seconds()


async def queued(house: House) -> list[tuple[int, int]]:
    return [(row.version_id, row.priority) for row in await house.rows(WorkRow)]


async def test_an_open_deal_is_queued_a_day_after_its_verdict_and_not_before(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    house.pass_time(DAY_S)
    assert await house.rechecks.revalue_due() == 0
    woken = house.bus.waiter(Topic.WORK)
    house.pass_time(1)
    assert await house.rechecks.revalue_due() == 1
    assert woken.is_set()
    assert await queued(house) == [(1, Priority.RECHECK)]


def test_a_value_is_old_after_a_day() -> None:
    assert timedelta(hours=24) == REVALUE_AFTER


async def test_it_is_queued_once_a_day_whatever_became_of_the_last_time(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    turns = []
    for _ in range(4):
        house.pass_time(DAY_S / 2 + 1)
        turns.append(await house.rechecks.revalue_due())
    assert turns == [0, 1, 0, 1]
    assert len(await queued(house)) == 1


async def test_what_ended_was_repriced_or_was_never_shown_is_left_alone(house: House) -> None:
    await house.join()
    await house.post_a_deal(MINT)
    await house.post_a_deal("repriced")
    house.value(by_alt(), "unseen")
    await house.tell(listed(80, 0, mint="unseen"))
    await house.appraisal.work_due()
    await house.tell(ended(Reported.DELISTED, 20), listed(200, 20, mint="repriced"))
    await house.appraisal.work_due()
    house.pass_time(DAY_S + 1)
    assert await house.rechecks.revalue_due() == 0


@pytest.mark.slow
async def test_many_are_queued_in_turns_the_oldest_first(house: House) -> None:
    await house.join()
    mints = [f"mint-{n}" for n in range(REVALUED_MAX + 3)]
    for mint in mints:
        house.value(by_alt(), mint)
    await house.tell(*(listed(80, 0, mint=mint) for mint in mints))
    await house.appraisal.work_due()
    await house.show_posts()
    house.pass_time(DAY_S + 1)
    assert [await house.rechecks.revalue_due() for _ in range(3)] == [REVALUED_MAX, 3, 0]


async def test_what_is_queued_is_really_valued_anew(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    house.pass_time(DAY_S + 1)
    await house.rechecks.revalue_due()
    house.value(by_alt(400))
    await house.appraisal.work_due()
    assert await queued(house) == []
    [view] = (await house.deals.latest()).items
    assert view.deal.value_usd_micros == usd(400).value
