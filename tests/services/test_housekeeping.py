"""What is kept for a while only goes; what anybody still reads stays, whatever became of it."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import update

from core.domain.deals import DEFAULT_POLICY, DealPolicy, policy_hash
from core.domain.listings import Report, Reported
from core.domain.replays import DAYS_MAX, Quick, Replay
from core.domain.traces import Former
from core.events import PostShown
from core.services.housekeeping import (
    ANEW_EVERY,
    EVENTS_KEPT,
    JUDGED_KEPT,
    OBSERVATIONS_KEPT,
    REVISIONS_EACH,
    TURNS_MAX,
    Housekeeping,
)
from db import events, reconcile, traces
from db.deals import RevisionRow, VerdictRow
from db.events import EventRow, Fact
from db.listings import VersionRow
from db.observations import ObservationRow
from db.posts import PostRow
from tests.services.house import GUILD, House
from tests.services.reports import ME, MINT, by_alt, ended, listed, page, sold

pytestmark = pytest.mark.slow

DAY_S = 86_400
STRICT = msgspec.structs.replace(DEFAULT_POLICY, confidence_min=90)
STRICTER = msgspec.structs.replace(DEFAULT_POLICY, confidence_min=95)


async def judge(house: House, value: float = 100, *, mint: str = MINT, second: float = 0) -> None:
    house.value(by_alt(value), mint)
    await house.tell(listed(80, second, mint=mint))
    await house.appraisal.work_due()


async def again(house: House, *values: float, version_id: int = 1) -> None:
    """The vendor says these by and by, and the version is valued anew each time."""
    for value in values:
        house.pass_time(60)
        house.value(by_alt(value), MINT if version_id == 1 else "other")
        await house.revalue(version_id)


async def replayed(house: House, days: int = DAYS_MAX) -> Replay:
    return await house.replays.try_out(GUILD, 9, days, Quick())


async def discounts(house: House, policy: DealPolicy = DEFAULT_POLICY) -> list[int | None]:
    """Of the revisions under a policy, oldest first."""
    rows = await house.rows(RevisionRow)
    return [row.discount_bps for row in rows if row.policy_hash == policy_hash(policy)]


async def former(house: House) -> Sequence[Former]:
    """What the trace of the first listing says its verdict was before."""
    async with house.db.read() as tx:
        [listing] = await traces.of_token(tx, 1, policy_hash(DEFAULT_POLICY), guild_id=GUILD)
    judged = listing.versions[0].judged
    assert judged is not None
    return judged.before


async def happen(house: House, count: int) -> None:
    async with house.db.write() as tx:
        fact = Fact("market", "post:1", PostShown(1, 1, is_new=True))
        await events.append(tx, [fact] * count, house.clock.now())


async def test_a_long_queue_of_old_events_goes_in_small_pieces_over_more_than_one_run(house: House) -> None:
    await happen(house, TURNS_MAX * 2 + 1)
    house.pass_time(EVENTS_KEPT.total_seconds() + 1)
    await happen(house, 1)
    tidy = Housekeeping(house.db, house.clock, at_once=2)
    assert (await tidy.run())["events"] == TURNS_MAX * 2
    assert (await tidy.run())["events"] == 1
    assert len(await house.rows(EventRow)) == 1


async def test_of_many_revisions_the_newest_stay_and_the_one_with_the_first_value(house: House) -> None:
    await house.join()
    await judge(house, 100)
    await again(house, *range(101, 101 + REVISIONS_EACH + 5))
    before, replay, known = await discounts(house), await replayed(house), await former(house)
    assert (await Housekeeping(house.db, house.clock, at_once=4).run())["repeated"] == 4
    assert await discounts(house) == [before[0], *before[-REVISIONS_EACH:]]
    assert await replayed(house) == replay
    assert (await former(house))[:REVISIONS_EACH] == known[:REVISIONS_EACH]


async def test_each_policy_and_each_version_has_its_own_revisions(house: House) -> None:
    await house.join(policy=STRICT)
    await judge(house, mint=MINT)
    await judge(house, mint="other")
    await again(house, *range(101, 101 + REVISIONS_EACH))
    async with house.db.write() as tx:
        await tx.execute(update(RevisionRow).where(RevisionRow.id == 1).values(version_id=2))
    assert (await Housekeeping(house.db, house.clock, at_once=3).run())["repeated"] == 0
    assert len(await house.rows(RevisionRow)) == 2 * REVISIONS_EACH


async def test_what_is_revised_later_is_looked_at_in_the_next_run_and_after_a_restart(house: House) -> None:
    await judge(house)
    tidy = Housekeeping(house.db, house.clock, at_once=4)
    await again(house, *range(101, 101 + REVISIONS_EACH))
    assert (await tidy.run())["repeated"] == 0
    await again(house, 150, 151, 152)
    assert (await tidy.run())["repeated"] == 2
    await again(house, 153)
    assert (await Housekeeping(house.db, house.clock, at_once=4).run())["repeated"] == 1
    assert len(await house.rows(RevisionRow)) == REVISIONS_EACH + 1


async def test_revisions_of_what_was_over_long_ago_go_and_rows_that_get_their_ids_are_looked_at(
    house: House,
) -> None:
    await judge(house)
    await judge(house, mint="other")
    tidy = Housekeeping(house.db, house.clock, at_once=3)
    await again(house, *range(101, 111 + REVISIONS_EACH))
    await tidy.run()
    house.pass_time(JUDGED_KEPT.total_seconds() - 1_200)
    await house.tell(ended(Reported.DELISTED, JUDGED_KEPT.total_seconds()))
    assert (await tidy.run())["revisions"] == 0
    house.pass_time(1_200)
    assert (await tidy.run())["revisions"] == REVISIONS_EACH + 1
    assert await house.rows(RevisionRow) == []
    await again(house, *range(201, 204 + REVISIONS_EACH), version_id=2)
    assert (await tidy.run())["repeated"] == 2
    assert len(await house.rows(RevisionRow)) == REVISIONS_EACH + 1


async def test_revisions_of_what_is_on_sale_stay_however_old(house: House) -> None:
    await judge(house)
    await again(house, 101)
    house.pass_time(JUDGED_KEPT.total_seconds() * 2)
    await house.operations.housekeep()
    assert len(await former(house)) == 1


async def test_a_replay_of_the_longest_time_says_the_same_after_it(house: House) -> None:
    await house.join()
    await judge(house, 100)
    house.pass_time((DAYS_MAX - 1) * DAY_S)
    await again(house, *range(130, 130 + REVISIONS_EACH + 5))
    assert timedelta(days=DAYS_MAX) < JUDGED_KEPT
    before = await replayed(house)
    assert before.present.posted == 1
    await house.operations.housekeep()
    assert await replayed(house) == before


def seen_later(report: Report, days: float) -> Report:
    """The same state, told of again by another event."""
    later = report.seen_at + timedelta(days=days)
    return msgspec.structs.replace(report, event_id=f"later {days}", seen_at=later, effective_at=later)


async def changes(house: House) -> list[str]:
    return [row.changed for row in await house.rows(ObservationRow)]


async def test_old_reports_that_changed_nothing_go_and_those_that_did_stay(house: House) -> None:
    first = listed(80, 0)
    await house.tell(first, seen_later(first, 1), listed(90, -5, source=ME), sold(80, 2 * DAY_S))
    assert await changes(house) == ["opens", "confirms", "ignored", "closes"]
    house.pass_time(OBSERVATIONS_KEPT.total_seconds() - 5)
    await house.operations.housekeep()
    assert len(await changes(house)) == 4
    house.pass_time(DAY_S + 6)
    await house.operations.housekeep()
    assert await changes(house) == ["opens", "closes"]


async def test_what_went_changes_nothing_when_it_is_told_again(house: House) -> None:
    await house.join()
    house.value(by_alt())
    reports = [listed(80, 0), seen_later(listed(80, 0), 1), listed(90, -5, source=ME), sold(80, 2 * DAY_S)]
    await house.tell(*reports)
    house.pass_time(40 * DAY_S)
    await house.operations.housekeep()
    versions, told = await house.rows(VersionRow), await house.events()
    await house.tell(*reports)
    await house.listings.ingest(page(*reports, lists_live=False))
    assert (await house.rows(VersionRow), await house.events()) == (versions, told)


async def test_reports_of_what_is_on_sale_stay_however_old(house: House) -> None:
    first = listed(80, 0)
    await house.tell(first, seen_later(listed(80, 1, source=ME), 1))
    house.pass_time(400 * DAY_S)
    await house.operations.housekeep()
    assert await changes(house) == ["opens", "confirms"]
    async with house.db.read() as tx:
        assert len(await reconcile.told_open(tx, ME, before=house.clock.now())) == 1
    await house.tell(first)  # a replay, as its page repeats it for ever
    assert len(await house.rows(VersionRow)) == 1


async def crowd(house: House) -> None:
    """Three policies: the default one calls it a deal unless it is too dear, the others never do."""
    await house.join(50, channel_id=5_000)
    await house.join(51, channel_id=5_100, policy=STRICT)
    await house.join(52, channel_id=5_200, policy=STRICTER)


async def verdicts(house: House) -> list[tuple[int, str | None]]:
    return [(row.version_id, row.tier) for row in await house.rows(VerdictRow)]


async def test_rejections_of_what_was_over_long_ago_go_but_for_the_first_of_each(house: House) -> None:
    await crowd(house)
    await judge(house, 81, mint="dear")
    await judge(house, 81, mint="stays")
    house.pass_time(JUDGED_KEPT.total_seconds())
    await house.tell(ended(Reported.DELISTED, JUDGED_KEPT.total_seconds(), mint="dear"))
    await house.operations.housekeep()
    assert await verdicts(house) == [(1, None)] * 3 + [(2, None)] * 3
    house.pass_time(1)
    await Housekeeping(house.db, house.clock, at_once=2).run()
    assert await verdicts(house) == [(1, None)] + [(2, None)] * 3


async def test_deals_stay_for_good_and_so_does_what_was_shown_as_one(house: House) -> None:
    await crowd(house)
    await judge(house, 160)
    await judge(house, 160, mint="other")
    for _ in range(3):
        await house.show_posts()
    await again(house, 81)
    await house.tell(ended(Reported.DELISTED, 100), ended(Reported.DELISTED, 100, mint="other"))
    assert [tier for _, tier in await verdicts(house)][:3] == [None] * 3
    assert len(await house.rows(PostRow)) == 6
    house.pass_time(JUDGED_KEPT.total_seconds() * 2)
    before = await verdicts(house)
    await house.operations.housekeep()
    assert await verdicts(house) == before


async def test_two_at_once_and_one_that_is_called_off_lose_nothing(house: House) -> None:
    await happen(house, 40)
    house.pass_time(EVENTS_KEPT.total_seconds() + 1)
    both = [Housekeeping(house.db, house.clock, at_once=3) for _ in range(2)]
    called_off = asyncio.create_task(Housekeeping(house.db, house.clock, at_once=3).run())
    await asyncio.sleep(0)
    called_off.cancel()
    gone = await asyncio.gather(*(tidy.run() for tidy in both))
    assert sum(one["events"] for one in gone) <= 40
    assert await house.rows(EventRow) == []
    await asyncio.gather(called_off, return_exceptions=True)


async def test_what_was_on_sale_when_it_was_passed_over_goes_some_week_after_its_end(house: House) -> None:
    await house.tell(listed(80, 0), seen_later(listed(80, 1, source=ME), 1))
    house.pass_time(OBSERVATIONS_KEPT.total_seconds() + DAY_S)
    await house.operations.housekeep()
    await house.tell(sold(80, OBSERVATIONS_KEPT.total_seconds() + DAY_S))
    house.pass_time(ANEW_EVERY.total_seconds())
    await house.operations.housekeep()
    assert await changes(house) == ["opens", "closes"]
