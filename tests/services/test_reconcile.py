"""Full sync: what a whole read does not show is asked about; a read that is not whole closes nothing."""

import asyncio
from collections.abc import Sequence

import pytest

from core.domain.listings import Report, Reported
from core.domain.reconcile import DOUBTED_FOR_MAX
from core.errors import SourceError, SourceUnavailable
from core.events import Topic
from core.services.listings import OUTAGE_IS_BASELINE_AFTER
from core.services.rechecks import RECHECK_EVERY
from core.services.reconcile import PAGES_MAX
from core.sources.base import Page
from db.catalog import TokenRow
from db.listings import ListingRow, VersionRow
from db.prices import PricePointRow
from db.work import Priority, WorkRow
from tests.services.house import House
from tests.services.reports import ME, at, listed, on_sale, page, sold, usd

pytestmark = pytest.mark.slow

FAILURE = SourceUnavailable("collectorcrypt", "does not answer")
MINTS = [f"mint-{n}" for n in range(8)]
EVERY_S = RECHECK_EVERY.total_seconds() + 1


def pages_of(mints: list[str], *, seen_s: float = 60) -> list[Page | SourceError]:
    """All of these on sale, three on a page."""
    parts = [mints[start : start + 3] for start in range(0, max(len(mints), 1), 3)]
    return [_page([listed(80, 0, mint=mint) for mint in part], seen_s, len(mints)) for part in parts]


def _page(reports: Sequence[Report], seen_s: float, total: int | None) -> Page:
    return page(*reports, seen_s=seen_s, lists_live=True, total=total)


async def watch(house: House, mints: list[str] = MINTS) -> None:
    """The regular look has seen these, a minute ago."""
    house.vault.pages = pages_of(mints, seen_s=0)
    await house.listings.poll_listings(house.vault)
    for mint in mints:
        house.vault.on_sale[mint] = on_sale(80, 0)
    house.pass_time(60)


async def read_whole(house: House, mints: list[str]) -> int:
    house.vault.pages = pages_of(mints)
    return await house.reconcile.read_whole(house.vault)


async def follow_up(house: House) -> None:
    """Long enough for everything that is missing to be asked about, twice."""
    for _ in range(3):
        house.pass_time(EVERY_S)
        await house.rechecks.recheck_missing()


async def closed(house: House) -> dict[str, str]:
    """How each listing that is over has ended, by token."""
    mints = {row.id: row.address for row in await house.rows(TokenRow)}
    return {mints[row.token_id]: row.closed_as for row in await house.rows(ListingRow) if not row.is_open}


async def test_what_is_still_there_is_left_alone_and_nobody_is_asked(house: House) -> None:
    await watch(house)
    house.vault.asked.clear()
    assert await read_whole(house, MINTS) == 0
    await follow_up(house)
    assert house.vault.asked == ["page"]
    assert house.vault.pages_asked_max == PAGES_MAX
    assert {row.last_seen_live_at for row in await house.rows(VersionRow)} == {at(60)}


async def test_what_is_on_no_page_and_not_on_sale_is_gone(house: House) -> None:
    await watch(house)
    del house.vault.on_sale["mint-4"]
    woken = house.bus.waiter(Topic.RECHECKS)
    assert await read_whole(house, [mint for mint in MINTS if mint != "mint-4"]) == 1
    assert woken.is_set()
    assert await closed(house) == {}
    await follow_up(house)
    assert await closed(house) == {"mint-4": Reported.GONE}


async def test_a_listing_that_nobody_was_shown_and_that_sold_is_a_sale(house: House) -> None:
    await watch(house)
    del house.vault.on_sale["mint-4"]
    house.vault.endings["mint-4"] = sold(75, 30, mint="mint-4")
    await read_whole(house, [mint for mint in MINTS if mint != "mint-4"])
    await house.rechecks.recheck_missing()
    assert await closed(house) == {"mint-4": Reported.SOLD}
    points = [row.usd_micros for row in await house.rows(PricePointRow) if row.type == "sale"]
    assert points == [usd(75).value]


async def test_a_listing_that_moved_between_pages_while_they_were_read_stays(house: House) -> None:
    await watch(house)
    assert await read_whole(house, MINTS[:-1] + MINTS[:1]) == 1
    await follow_up(house)
    assert await closed(house) == {}


async def test_what_the_regular_look_saw_meanwhile_is_not_missing(house: House) -> None:
    await watch(house)
    await house.listings.ingest(page(listed(80, 0, mint="mint-7"), seen_s=61, lists_live=True))
    assert await read_whole(house, MINTS[:-1]) == 0


async def test_a_page_that_fails_closes_nothing_and_is_told(house: House) -> None:
    await watch(house)
    house.vault.on_sale.clear()
    house.vault.pages = [*pages_of(MINTS)[:2], FAILURE]
    with pytest.raises(SourceError, match="does not answer"):
        await house.reconcile.read_whole(house.vault)
    await follow_up(house)
    assert await closed(house) == {}


@pytest.mark.parametrize(
    ("shown", "total"), [(5, 8), (8, None), (0, 8)], ids=["short", "without a count", "empty"]
)
async def test_a_read_that_is_not_whole_closes_nothing(house: House, shown: int, total: int | None) -> None:
    await watch(house)
    house.vault.on_sale.clear()
    reports = [listed(80, 0, mint=mint) for mint in MINTS[:shown]]
    house.vault.pages = [_page(reports, 60, total)]
    with pytest.raises(SourceError, match="nothing is taken for gone"):
        await house.reconcile.read_whole(house.vault)
    await follow_up(house)
    assert await closed(house) == {}


async def test_a_market_that_is_empty_all_of_a_sudden_is_not_believed_for_a_day(house: House) -> None:
    await watch(house)
    house.vault.on_sale.clear()
    day_s = DOUBTED_FOR_MAX.total_seconds()
    for wait_s in (0, day_s - 4 * EVERY_S):
        house.pass_time(wait_s)
        await house.listings.poll_listings(house.vault)
        with pytest.raises(SourceError, match="8 of 8 listings would be gone at once"):
            await read_whole(house, [])
        await follow_up(house)
        assert await closed(house) == {}
    house.pass_time(day_s)
    await house.listings.poll_listings(house.vault)
    assert await read_whole(house, []) == 8
    await follow_up(house)
    assert set((await closed(house)).values()) == {Reported.GONE}


async def test_one_read_that_is_believed_ends_the_doubt(house: House) -> None:
    await watch(house)
    with pytest.raises(SourceError):
        await read_whole(house, [])
    assert await read_whole(house, MINTS) == 0
    house.pass_time(DOUBTED_FOR_MAX.total_seconds())
    await house.listings.poll_listings(house.vault)
    with pytest.raises(SourceError):
        await read_whole(house, [])


async def test_what_no_answer_comes_for_stays_open_and_is_asked_for_again(house: House) -> None:
    await watch(house)
    house.vault.on_sale["mint-4"] = FAILURE
    await read_whole(house, [mint for mint in MINTS if mint != "mint-4"])
    await follow_up(house)
    assert house.vault.asked.count("live mint-4") == 3
    assert await closed(house) == {}


async def test_what_a_later_read_shows_is_missing_no_more(house: House) -> None:
    await watch(house)
    house.vault.on_sale["mint-4"] = FAILURE
    await read_whole(house, [mint for mint in MINTS if mint != "mint-4"])
    await read_whole(house, MINTS)
    assert {row.missing_since for row in await house.rows(ListingRow)} == {None}


async def test_the_orders_that_another_source_told_of_are_not_held_against_this_one(house: House) -> None:
    await watch(house)
    await house.tell(listed(80, 0, mint="elsewhere", source=ME))
    assert await read_whole(house, MINTS) == 0


async def test_before_the_first_regular_read_and_after_an_outage_there_is_nothing_to_do(house: House) -> None:
    assert await read_whole(house, MINTS) == 0
    assert await house.rows(ListingRow) == []
    await watch(house)
    house.pass_time(OUTAGE_IS_BASELINE_AFTER.total_seconds())
    house.vault.asked.clear()
    assert await read_whole(house, []) == 0
    assert house.vault.asked == []


async def test_what_the_regular_look_missed_is_taken_in_and_only_old_strangers_are_no_news(
    house: House,
) -> None:
    await watch(house, MINTS[:3])
    hour_s = 3_600
    for _ in range(6):
        house.pass_time(hour_s / 6)
        await house.listings.poll_listings(house.vault)
    reports = [
        listed(80, 0, mint="mint-0"),
        listed(40, 100, mint="mint-1"),  # a new price, told on no first page
        listed(80, 0, mint="mint-2"),
        listed(80, 200, mint="an old stranger"),
        listed(80, hour_s - 60, mint="a new one"),
    ]
    house.vault.pages = [_page(reports, hour_s, 5)]
    assert await house.reconcile.read_whole(house.vault) == 0
    assert [row.is_baseline for row in (await house.rows(VersionRow))[3:]] == [True, False, False]
    work = {row.version_id: row.priority for row in await house.rows(WorkRow)}
    assert [work[n] for n in (4, 5, 6)] == [Priority.BACKFILL, Priority.FRESH, Priority.FRESH]


async def test_whole_reads_beside_everything_else_that_is_done_at_once_lose_and_double_nothing(
    house: House,
) -> None:
    await watch(house)
    del house.vault.on_sale["mint-4"]
    house.vault.endings["mint-4"] = sold(75, 30, mint="mint-4")
    house.vault.pages = pages_of([mint for mint in MINTS if mint != "mint-4"])
    for _ in range(3):
        await asyncio.gather(
            *(house.reconcile.read_whole(house.vault) for _ in range(2)),
            *(house.listings.poll_listings(house.vault) for _ in range(2)),
            *(house.rechecks.recheck_missing() for _ in range(2)),
            house.tell(*(listed(80, 0, mint=mint) for mint in reversed(MINTS))),
            house.tell(*(listed(90, 50, mint=mint, seller="x") for mint in MINTS[:3])),
        )
        house.pass_time(EVERY_S)
    assert (await closed(house))["mint-4"] == Reported.SOLD
    assert len(await house.rows(VersionRow)) == len(MINTS) + 3
    assert [row.type for row in await house.rows(PricePointRow)].count("sale") == 1
