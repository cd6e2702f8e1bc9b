"""Reading a vendor's pages: how far, in which order, and when a read is a baseline."""

import pytest

from core.errors import SourceError, SourceUnavailable
from core.services.listings import OUTAGE_IS_BASELINE_AFTER, PAGES_BASELINE_MAX, PAGES_FRESH_MAX
from db.listings import ListingRow, VersionRow
from tests.services.house import House
from tests.services.reports import CC, ME, listed, on_sale, page, sold, usd

OUTAGE_S = OUTAGE_IS_BASELINE_AFTER.total_seconds()
FAILURE = SourceUnavailable("collectorcrypt", "does not answer")


async def poll(house: House) -> int:
    return await house.listings.poll_listings(house.vault)


async def poll_feed(house: House) -> int:
    return await house.listings.poll_activities(house.eden)


async def baselines(house: House) -> list[bool]:
    return [row.is_baseline for row in await house.rows(VersionRow)]


async def test_the_first_read_is_a_baseline_to_the_last_page_and_later_ones_are_not(house: House) -> None:
    house.vault.pages = [page(listed(80, 0, mint="a")), page(listed(80, 0, mint="b"))]
    assert await poll(house) == 2
    assert house.vault.pages_asked_max == PAGES_BASELINE_MAX
    house.vault.pages.insert(0, page(listed(80, 5, mint="c")))
    assert await poll(house) == 1
    assert house.vault.pages_asked_max == PAGES_FRESH_MAX
    assert await baselines(house) == [True, True, False]


async def test_a_source_that_was_silent_for_more_than_15_minutes_begins_anew(house: House) -> None:
    house.vault.pages = [page(listed(80, 0, mint="a"))]
    await poll(house)
    house.pass_time(OUTAGE_S)
    house.vault.pages = [page(listed(80, 5, mint="b"))]
    await poll(house)
    house.pass_time(OUTAGE_S + 0.001)
    house.vault.pages = [page(listed(80, 6, mint="c"))]
    await poll(house)
    assert await baselines(house) == [True, False, True]


async def test_a_read_that_failed_does_not_count_as_one(house: House) -> None:
    house.vault.pages = [page(listed(80, 0, mint="a")), FAILURE]
    with pytest.raises(SourceError):
        await poll(house)
    house.vault.pages = [page(listed(80, 0, mint="a")), page(listed(80, 0, mint="b"))]
    assert await poll(house) == 1
    assert await baselines(house) == [True, True]


async def test_each_source_has_its_own_baseline(house: House) -> None:
    await poll(house)
    house.eden.pages = [page(listed(80, 0, source=ME))]
    await poll_feed(house)
    assert await baselines(house) == [True]


async def test_a_page_with_nothing_new_ends_the_read(house: House) -> None:
    house.vault.pages = [page(listed(80, 0, mint="a"))]
    await poll(house)
    house.vault.pages = [page(listed(80, 0, mint="a")), FAILURE]
    assert await poll(house) == 0


async def test_a_read_that_broke_off_is_made_up_for_by_the_next(house: House) -> None:
    await poll(house)
    house.vault.pages = [page(listed(80, 9, mint="new")), FAILURE]
    with pytest.raises(SourceError):
        await poll(house)
    house.vault.pages = [page(listed(80, 9, mint="new")), page(listed(80, 8, mint="missed"))]
    await poll(house)
    assert len(await house.rows(ListingRow)) == 2


async def test_of_a_listing_on_two_pages_the_newer_state_stands(house: House) -> None:
    await poll(house)
    house.vault.pages = [page(listed(90, 9)), page(listed(80, 8))]
    await poll(house)
    [listing] = await house.rows(ListingRow)
    assert listing.ask_amount == usd(90).value


async def test_a_feed_is_worked_oldest_first_over_all_its_pages(house: House) -> None:
    await poll_feed(house)
    house.eden.pages = [
        page(sold(80, 3, source=ME), listed(90, 4, mint="b", source=ME)),
        page(listed(80, 1, source=ME), listed(80, 2, mint="b", source=ME)),
    ]
    assert await poll_feed(house) == 4
    first, second = await house.rows(ListingRow)
    assert (first.is_open, second.is_open, second.ask_amount) == (False, True, usd(90).value)
    assert len(await house.asks()) == 3


async def test_a_feed_is_read_back_to_what_is_known(house: House) -> None:
    house.eden.pages = [page(listed(80, 1, source=ME))]
    await poll_feed(house)
    house.eden.pages = [page(listed(80, 1, source=ME), listed(80, 2, mint="b", source=ME)), FAILURE]
    assert await poll_feed(house) == 1


async def test_a_feed_that_breaks_off_is_read_again_from_where_it_was(house: House) -> None:
    await poll_feed(house)
    house.eden.pages = [page(sold(80, 3, source=ME)), FAILURE]
    with pytest.raises(SourceError):
        await poll_feed(house)
    assert await house.rows(ListingRow) == []
    house.eden.pages = [page(sold(80, 3, source=ME)), page(listed(80, 1, source=ME))]
    await poll_feed(house)
    assert len(await house.asks()) == 1


async def test_a_feed_without_a_slab_of_ours_on_a_page_is_read_on(house: House) -> None:
    house.eden.pages = [page(), page(listed(80, 1, source=ME))]
    assert await poll_feed(house) == 1


async def test_a_token_seen_again_elsewhere_does_not_renew_the_first_read(house: House) -> None:
    house.vault.on_sale["mint-1"] = on_sale()
    house.vault.pages = [page(listed(80, 0, source=CC), lists_live=True)]
    await poll(house)
    await poll(house)
    assert await baselines(house) == [True]
