"""Listings that come back: wrongly taken for gone, or delisted and listed again within a second."""

import msgspec
import pytest

from core.domain.listings import SALE_SETTLES, Report, Reported, Venue
from core.events import ListingOpened
from core.services.listings import unworked
from core.services.rechecks import SIGHTED_MEANS_THERE_FOR
from db.listings import EpisodeRow, ListingRow, VersionRow
from db.observations import told
from db.posts import PostRow
from tests.services.house import House
from tests.services.reports import ME, MINT, at, by_alt, ended, listed, page, sold, usd

pytestmark = pytest.mark.slow

GONE_S = 100.0
DAY_S = 86_400
BACK_S = GONE_S + SALE_SETTLES.total_seconds() + 1


async def show_live(house: House, seen_s: float, *reports: Report, is_baseline: bool = False) -> None:
    shown = reports or (listed(80, 0),)
    await house.listings.ingest(page(*shown, seen_s=seen_s, lists_live=True), is_baseline=is_baseline)


async def miss_a_posted_deal(house: House, said: Reported = Reported.GONE) -> None:
    await house.join()
    await house.post_a_deal()
    await house.tell(ended(said, GONE_S))
    await house.show_posts()


async def stays(house: House) -> list[tuple[object, ...]]:
    return [(row.opened_at, row.closed_at, row.reason) for row in await house.rows(EpisodeRow)]


async def test_a_listing_that_was_only_missed_is_back_with_the_next_page_that_shows_it(house: House) -> None:
    await miss_a_posted_deal(house)
    await show_live(house, BACK_S)
    [listing] = await house.rows(ListingRow)
    assert (listing.is_open, listing.state_at, listing.version_id) == (True, at(BACK_S), 2)
    assert await stays(house) == [(at(0), at(GONE_S), "gone"), (at(BACK_S), None, None)]
    opened = ListingOpened(2, "mint-1", usd(80), is_repriced=False, is_baseline=False)
    assert (await house.events())[-1] == opened


async def test_it_is_not_posted_a_second_time_at_the_same_price_but_is_when_it_got_cheaper(
    house: House,
) -> None:
    await miss_a_posted_deal(house)
    await show_live(house, BACK_S)
    await house.appraisal.work_due()
    assert len(await house.rows(PostRow)) == 1
    house.pass_time(DAY_S)
    await house.tell(listed(75, BACK_S + 60))
    await house.appraisal.work_due()
    assert len(await house.rows(PostRow)) == 2


async def test_what_is_back_is_asked_about_again_until_it_ends(house: House) -> None:
    await miss_a_posted_deal(house)
    house.pass_time(BACK_S)
    await show_live(house, BACK_S)
    await house.appraisal.work_due()
    house.vault.endings[MINT] = sold(80, BACK_S + 20)
    assert await house.rechecks.recheck_due() == 1
    [listing] = await house.rows(ListingRow)
    assert (listing.is_open, listing.closed_as) == (False, Reported.SOLD)


async def test_what_pages_go_on_showing_is_not_gone_though_it_is_missing_where_it_is_asked_about(
    house: House,
) -> None:
    await house.join()
    await house.post_a_deal()
    for second in range(0, 300, 40):
        await show_live(house, second)
        await house.rechecks.recheck_due()
        house.pass_time(40)
    assert await house.asks() == [usd(80).value]
    assert await stays(house) == [(at(0), None, None)]
    house.pass_time(SIGHTED_MEANS_THERE_FOR.total_seconds())
    await house.rechecks.recheck_due()
    [listing] = await house.rows(ListingRow)
    assert listing.closed_as == Reported.GONE


async def test_the_pages_after_its_return_only_say_that_it_is_live(house: House) -> None:
    await miss_a_posted_deal(house)
    for seen_s in (BACK_S, BACK_S + 20, BACK_S + 10):
        await show_live(house, seen_s)
    assert [row.last_seen_live_at for row in await house.rows(VersionRow)] == [at(0), at(BACK_S + 20)]


@pytest.mark.parametrize("seen_s", [0, 50, GONE_S, GONE_S + SALE_SETTLES.total_seconds()])
async def test_a_page_from_before_it_was_missed_or_soon_after_brings_nothing_back(
    house: House, seen_s: float
) -> None:
    await miss_a_posted_deal(house)
    await show_live(house, seen_s)
    assert await house.asks() == [usd(80).value]


@pytest.mark.parametrize("said", [Reported.SOLD, Reported.DELISTED])
async def test_what_was_told_to_have_ended_does_not_come_back_by_the_same_page(
    house: House, said: Reported
) -> None:
    await miss_a_posted_deal(house, said)
    await show_live(house, 10_000)
    assert await house.asks() == [usd(80).value]


async def test_a_page_of_past_events_brings_nothing_back(house: House) -> None:
    await miss_a_posted_deal(house)
    await house.listings.ingest(page(listed(80, 0), seen_s=BACK_S))
    assert await house.asks() == [usd(80).value]


async def test_another_source_that_never_told_of_it_can_bring_it_back(house: House) -> None:
    await house.tell(listed(80, 0, source=ME), ended(Reported.GONE, GONE_S, source=ME))
    await show_live(house, BACK_S)
    assert len(await house.asks()) == 2


async def test_a_return_found_by_a_baseline_is_one(house: House) -> None:
    await miss_a_posted_deal(house)
    await show_live(house, BACK_S, is_baseline=True)
    assert [row.is_baseline for row in await house.rows(VersionRow)] == [False, True]


async def test_what_was_open_before_the_bot_and_was_only_missed_is_no_news_when_it_is_back(
    house: House,
) -> None:
    await house.join()
    house.value(by_alt())
    await house.tell(listed(80), is_baseline=True)
    await house.appraisal.work_due()
    await house.tell(ended(Reported.GONE, GONE_S))
    await show_live(house, BACK_S)
    await house.appraisal.work_due()
    assert [row.is_baseline for row in await house.rows(VersionRow)] == [True, True]
    assert await house.rows(PostRow) == []


@pytest.mark.parametrize("again", [listed(79, 0), listed(80, GONE_S + 5)], ids=["cheaper", "listed since"])
async def test_what_is_back_otherwise_is_news_though_it_was_none_before(house: House, again: Report) -> None:
    await house.join()
    house.value(by_alt())
    await house.tell(listed(80), is_baseline=True)
    await house.appraisal.work_due()
    await house.tell(ended(Reported.GONE, GONE_S))
    await show_live(house, BACK_S, again)
    await house.appraisal.work_due()
    assert len(await house.rows(PostRow)) == 1


async def test_many_returns_on_a_page_are_worked_in_batches(house: House) -> None:
    mints = [f"mint-{n}" for n in range(30)]
    await house.tell(*(listed(80, 0, mint=mint) for mint in mints))
    await house.tell(*(ended(Reported.GONE, GONE_S, mint=mint) for mint in mints))
    await show_live(house, BACK_S, *(listed(80, 0, mint=mint) for mint in mints))
    assert all(row.is_open for row in await house.rows(ListingRow))


def of_a_second(*prices: float | None) -> list[Report]:
    """A feed's events of one second, oldest first: prices asked, None for a delisting."""
    told = [
        ended(Reported.DELISTED, 10, source=ME) if price is None else listed(price, 10, source=ME)
        for price in prices
    ]
    return [msgspec.structs.replace(report, event_id=f"{n}", seen_at=at(20)) for n, report in enumerate(told)]


async def state(house: House) -> tuple[bool, list[int]]:
    [listing] = await house.rows(ListingRow)
    return listing.is_open, [round(ask / usd(1).value) for ask in await house.asks()]


@pytest.mark.parametrize(
    ("prices", "is_open", "asks"),
    [
        ((None, 80), True, [90, 80]),
        ((None, 90), True, [90, 90]),
        ((80, None), False, [90, 80]),
        ((None, 80, None), False, [90, 80]),
        ((None, 80, None, 70), True, [90, 80, 70]),
    ],
)
@pytest.mark.parametrize("pages", ["one page", "a page each"])
async def test_the_events_of_a_second_are_worked_in_the_feeds_order(
    house: House, prices: tuple[float | None, ...], is_open: bool, asks: list[int], pages: str
) -> None:
    await house.tell(listed(90, 0, source=ME))
    events = of_a_second(*prices)
    for group in [events] if pages == "one page" else [events[: n + 1] for n in range(len(events))]:
        await house.listings.ingest(page(*group))
    assert await state(house) == (is_open, asks)
    await house.listings.ingest(page(*events))
    assert await state(house) == (is_open, asks)


async def test_an_event_told_late_below_a_known_one_of_its_second_is_the_older_one(house: House) -> None:
    await house.tell(listed(90, 0, source=ME))
    relisted, delisted = of_a_second(80, None)
    await house.listings.ingest(page(delisted))
    await house.listings.ingest(page(relisted, msgspec.structs.replace(delisted, seen_at=at(30))))
    assert await state(house) == (False, [90])


async def test_an_older_page_that_arrives_late_opens_nothing(house: House) -> None:
    await house.tell(listed(90, 0, source=ME))
    relisted, delisted = of_a_second(80, None)
    await house.listings.ingest(page(delisted))
    await house.listings.ingest(page(msgspec.structs.replace(relisted, seen_at=at(19))))
    assert await state(house) == (False, [90])


def test_a_sale_told_late_below_a_known_event_of_its_second_is_still_worked() -> None:
    late, known = sold(80, 10), listed(90, 10)
    assert unworked([known, late], {told(known)}) == [late]


@pytest.mark.parametrize("said", [Reported.SOLD, Reported.DELISTED])
async def test_what_was_put_on_sale_again_within_the_minute_is_back_when_pages_go_on_showing_it(
    house: House, said: Reported
) -> None:
    await house.tell(listed(80, 0, source=ME, venue=Venue.ME))
    await house.tell(ended(said, GONE_S, source=ME, venue=Venue.ME))
    again = listed(80, GONE_S + 20, venue=Venue.ME)
    for seen_s in (GONE_S + 30, BACK_S - 2, BACK_S, BACK_S + 30):
        await show_live(house, seen_s, again)
    assert await house.asks() == [usd(80).value] * 2
    [listing] = await house.rows(ListingRow)
    assert (listing.is_open, listing.state_at) == (True, at(BACK_S))
