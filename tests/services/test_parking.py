"""Versions that meet a bug of ours: tried a few times, then parked; an outage is no step towards that."""

from core.domain.deals import DealTier
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
    for _ in range(TRIES_MAX):
        assert (await waiting(house)).parked_at is None
        await house.appraisal.work_due()
        house.pass_time(100)
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
