"""Magic Eden's feed and Collector Crypt's pages tell of one order in any order: its end closes it at once."""

from itertools import permutations

import msgspec
import pytest

from core.domain.listings import Report, Reported, Venue
from core.domain.posts import Closing, DealPost
from db.listings import ListingRow, VersionRow
from tests.services.house import House
from tests.services.reports import CC, ME, at, by_alt, ended, listed, on_sale, sold

pytestmark = pytest.mark.slow

ENDINGS = [
    sold(80, 90, source=ME, venue=Venue.ME),
    ended(Reported.DELISTED, 90, source=ME, venue=Venue.ME),
]


def by_vault(second: float = 0, *, seen_s: float = 30) -> Report:
    """The order as Collector Crypt's page shows it: dated a little later than the block."""
    report = listed(80, second + 0.7, source=CC, venue=Venue.ME)
    return msgspec.structs.replace(report, seen_at=listed(80, seen_s).seen_at)


def by_eden(second: float = 0) -> Report:
    return listed(80, second, source=ME, venue=Venue.ME)


@pytest.mark.parametrize("ending", ENDINGS, ids=["sold", "delisted"])
@pytest.mark.parametrize("order", [*permutations(range(3))], ids=lambda order: "".join(map(str, order)))
async def test_the_feeds_ending_closes_the_order_whoever_told_of_it_first(
    house: House, ending: Report, order: tuple[int, ...]
) -> None:
    told = [by_vault(), by_eden(), ending]
    for n in order:
        await house.tell(told[n])
    [listing] = await house.rows(ListingRow)
    assert (listing.is_open, listing.closed_as) == (False, ending.said)
    assert len(await house.rows(VersionRow)) <= 1


@pytest.mark.parametrize("ending", ENDINGS, ids=["sold", "delisted"])
async def test_a_page_from_before_the_ending_does_not_bring_it_back(house: House, ending: Report) -> None:
    await house.tell(by_eden())
    await house.tell(ending)
    for seen_s in (91, 120, 3_600):
        await house.tell(by_vault(seen_s=seen_s))
    [listing] = await house.rows(ListingRow)
    assert not listing.is_open


async def test_a_posted_order_gets_its_closing_from_the_feed_without_anybody_asking(house: House) -> None:
    await house.join()
    house.value(by_alt())
    await house.tell(by_vault())
    await house.appraisal.work_due()
    await house.show_posts()
    house.vault.asked.clear()
    await house.tell(ended(Reported.DELISTED, 90, source=ME, venue=Venue.ME))
    [edit] = await house.show_posts()
    assert isinstance(edit.payload, DealPost)
    assert edit.payload.closing == Closing(Reported.DELISTED, at(90))
    assert house.vault.asked == house.eden.asked == []


async def test_an_ending_dated_a_little_before_the_vaults_word_makes_one_ask_at_once(house: House) -> None:
    """The vault dates an order when it notices it, which may be after it was taken off again."""
    house.pass_time(30)
    await house.tell(by_vault(20))
    await house.tell(ended(Reported.DELISTED, 10, source=ME, venue=Venue.ME))
    [listing] = await house.rows(ListingRow)
    assert listing.is_open
    assert await house.rechecks.recheck_missing() == 1
    assert house.eden.asked == ["live mint-1", "ending mint-1"]
    house.pass_time(31)
    await house.rechecks.recheck_missing()
    [listing] = await house.rows(ListingRow)
    assert listing.closed_as == Reported.GONE


async def test_it_is_left_alone_when_the_market_says_that_it_is_there(house: House) -> None:
    house.pass_time(30)
    await house.tell(by_vault(20))
    await house.tell(ended(Reported.DELISTED, 10, source=ME, venue=Venue.ME))
    house.eden.on_sale["mint-1"] = on_sale(80, 30, venue=Venue.ME)
    for _ in range(2):
        await house.rechecks.recheck_missing()
        house.pass_time(31)
    assert house.eden.asked == ["live mint-1"]
    [listing] = await house.rows(ListingRow)
    assert (listing.is_open, listing.missing_since) == (True, None)


@pytest.mark.parametrize("seconds_before", [61, 3_600])
async def test_an_ending_of_long_before_is_no_reason_to_ask(house: House, seconds_before: int) -> None:
    await house.tell(by_vault(4_000, seen_s=4_000))
    await house.tell(ended(Reported.DELISTED, 4_000 - seconds_before, source=ME, venue=Venue.ME))
    house.pass_time(4_100)
    assert await house.rechecks.recheck_missing() == 0


async def test_a_page_that_dates_an_order_after_its_end_does_not_bring_it_back(house: House) -> None:
    for ending in ENDINGS:
        mint = f"mint-{ending.said}"
        await house.tell(listed(80, 80, mint=mint, source=ME, venue=Venue.ME))
        await house.tell(msgspec.structs.replace(ending, key=msgspec.structs.replace(ending.key, mint=mint)))
        await house.tell(listed(80, 100, mint=mint, venue=Venue.ME))
    assert not any(row.is_open for row in await house.rows(ListingRow))


async def test_an_old_price_that_a_page_dates_later_is_asked_about_and_not_believed(house: House) -> None:
    await house.tell(by_eden(), listed(70, 10, source=ME, venue=Venue.ME))
    await house.tell(by_vault(20))
    assert len(await house.asks()) == 2
    house.eden.on_sale["mint-1"] = on_sale(70, 30, venue=Venue.ME)
    assert await house.rechecks.recheck_missing() == 1
    assert len(await house.asks()) == 2
    assert [row.missing_since for row in await house.rows(ListingRow)] == [None]
