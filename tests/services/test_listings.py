"""Ingest: the same listing is one listing whoever tells of it, however often and in whatever order."""

import asyncio

import msgspec
import pytest

from core.domain.listings import Reported, Venue
from core.domain.money import USD_MICROS
from core.domain.prices import PriceType
from core.events import ListingClosed, ListingOpened, Topic
from db.catalog import SlabRow, TokenSlabRow
from db.listings import EpisodeRow, ListingRow, VersionRow
from db.observations import ObservationRow
from db.prices import PricePointRow
from db.work import Priority, WorkRow
from tests.services.house import House
from tests.services.reports import ME, MINT, a_slab, at, by_alt, ended, listed, page, sol, sold, usd


def dollars(*whole: int) -> list[int]:
    return [each * USD_MICROS for each in whole]


async def test_a_listing_told_by_two_vendors_is_one_listing_and_one_version(house: House) -> None:
    await house.tell(listed(80, 0, source=ME, venue=Venue.ME))
    await house.tell(listed(80, 0, venue=Venue.ME))
    assert len(await house.rows(ListingRow)) == 1
    assert await house.asks() == dollars(80)
    assert len(await house.rows(WorkRow)) == 1
    assert [row.changed for row in await house.rows(ObservationRow)] == ["opens", "confirms"]


async def test_the_same_token_at_two_venues_or_of_two_sellers_are_two_listings(house: House) -> None:
    await house.tell(listed(80, 0), listed(80, 1, venue=Venue.ME), listed(80, 2, seller="other"))
    assert len(await house.rows(ListingRow)) == 3


async def test_a_page_read_again_changes_nothing(house: House) -> None:
    reports = (listed(500, 0), listed(80, 10), sold(80, 20), listed(90, 5, mint="mint-2"))
    assert await house.tell(*reports) == 4
    before = [await house.rows(table) for table in (ListingRow, VersionRow, PricePointRow)]
    told = len(await house.events())
    assert await house.tell(*reports) == 0
    assert [await house.rows(table) for table in (ListingRow, VersionRow, PricePointRow)] == before
    assert len(await house.events()) == told


async def test_a_report_twice_on_one_page_is_worked_once(house: House) -> None:
    await house.tell(listed(80, 0), listed(80, 0))
    assert await house.asks() == dollars(80)
    assert len(await house.rows(ObservationRow)) == 1


async def test_an_older_page_that_arrives_late_changes_nothing(house: House) -> None:
    await house.tell(listed(80, 10))
    await house.tell(listed(500, 0, source=ME), ended(Reported.DELISTED, 5, source=ME))
    assert await house.asks() == dollars(80)
    [listing] = await house.rows(ListingRow)
    assert (listing.is_open, listing.ask_amount, listing.state_at) == (True, usd(80).value, at(10))


async def test_up_and_down_and_up_again_are_four_versions_of_one_stay(house: House) -> None:
    for second, price in enumerate((500, 80, 500, 80)):
        await house.tell(listed(price, second))
    assert await house.asks() == dollars(500, 80, 500, 80)
    versions = await house.rows(VersionRow)
    assert [row.n for row in versions] == [1, 2, 3, 4]
    assert [row.ended_at for row in versions] == [at(1), at(2), at(3), None]
    assert len(await house.rows(EpisodeRow)) == 1
    assert [row.version_id for row in await house.rows(WorkRow)] == [4]


async def test_a_listing_that_comes_back_is_a_new_stay_and_a_new_version(house: House) -> None:
    await house.tell(listed(80, 0), ended(Reported.DELISTED, 10), listed(80, 20))
    episodes = await house.rows(EpisodeRow)
    assert [(row.opened_at, row.closed_at, row.reason) for row in episodes] == [
        (at(0), at(10), "delisted"),
        (at(20), None, None),
    ]
    assert [row.n for row in await house.rows(VersionRow)] == [1, 2]


async def test_a_sale_closes_drops_the_work_and_is_a_price_once(house: House) -> None:
    await house.tell(listed(80, 0))
    await house.tell(sold(75, 10))
    await house.tell(sold(75, 11, source=ME))
    [listing] = await house.rows(ListingRow)
    assert (listing.is_open, listing.closed_as) == (False, "sold")
    assert await house.rows(WorkRow) == []
    [sale] = await house.rows(PricePointRow)
    assert (sale.type, sale.usd_micros, sale.at, sale.subject) == (
        PriceType.SALE,
        usd(75).value,
        at(10),
        "kind:1",
    )


async def test_a_sale_without_its_price_was_at_the_ask(house: House) -> None:
    await house.tell(listed(80, 0), sold(None, 10))
    [sale] = await house.rows(PricePointRow)
    assert sale.usd_micros == usd(80).value


@pytest.mark.parametrize("price", [None, 0])
async def test_a_sale_for_nothing_or_of_an_unknown_listing_without_a_price_is_no_price(
    house: House, price: float | None
) -> None:
    await house.tell(sold(price, 10))
    assert await house.rows(PricePointRow) == []


async def test_a_delisting_is_no_price(house: House) -> None:
    await house.tell(listed(80, 0), ended(Reported.DELISTED, 10))
    assert await house.rows(PricePointRow) == []


async def test_a_sale_in_a_coin_without_a_fresh_rate_is_no_price_but_closes(house: House) -> None:
    await house.tell(listed(sol(1), 0, source=ME), sold(sol(1), 10, source=ME))
    assert await house.rows(PricePointRow) == []
    assert not (await house.rows(ListingRow))[0].is_open


async def test_a_sale_in_a_coin_names_its_rate(house: House) -> None:
    await house.price_sol("150.5")
    await house.tell(sold(sol(2), 10, source=ME))
    rate, sale = await house.rows(PricePointRow)
    assert (sale.usd_micros, sale.rate_id, sale.unit) == (usd(301).value, rate.id, "lamports")
    assert sale.subject == "token:1"


async def test_an_unknown_listing_sold_first_is_not_opened_by_the_older_page(house: House) -> None:
    await house.tell(sold(80, 10, source=ME, venue=Venue.ME))
    await house.tell(listed(80, 0, venue=Venue.ME))
    assert await house.rows(VersionRow) == []
    assert await house.rows(WorkRow) == []
    assert await house.events() == []
    assert len(await house.rows(PricePointRow)) == 1


async def test_what_changed_is_told_in_order_and_wakes_who_waits(house: House) -> None:
    waiters = {topic: house.bus.waiter(topic) for topic in Topic}
    await house.tell(listed(500, 0), listed(80, 1), sold(80, 10))
    woken = {topic for topic, waiter in waiters.items() if waiter.is_set()}
    assert woken == {Topic.WORK, Topic.POSTS, Topic.EVENTS}
    assert await house.events() == [
        ListingOpened(1, "mint-1", usd(500), is_repriced=False, is_baseline=False),
        ListingOpened(2, "mint-1", usd(80), is_repriced=True, is_baseline=False),
        ListingClosed(1, "mint-1", Reported.SOLD),
    ]


async def test_a_page_of_what_is_live_says_that_it_still_is(house: House) -> None:
    await house.listings.ingest(page(listed(80, 0), seen_s=0, lists_live=True))
    await house.listings.ingest(page(listed(80, 0), seen_s=300, lists_live=True))
    await house.listings.ingest(page(listed(80, 0), seen_s=200, lists_live=True))
    [version] = await house.rows(VersionRow)
    assert (version.first_seen_at, version.last_seen_live_at) == (at(0), at(300))


async def test_a_page_of_past_events_does_not(house: House) -> None:
    await house.listings.ingest(page(listed(80, 0, source=ME), seen_s=0))
    await house.listings.ingest(page(listed(80, 0, source=ME), seen_s=300))
    [version] = await house.rows(VersionRow)
    assert version.last_seen_live_at == at(0)


async def test_another_vendors_word_of_no_change_moves_only_when_it_was_seen_live(
    house: House,
) -> None:
    await house.tell(listed(80, 0, source=ME, venue=Venue.ME))
    later = msgspec.structs.replace(listed(80, 0, venue=Venue.ME), seen_at=at(50))
    await house.tell(later)
    [version] = await house.rows(VersionRow)
    assert (version.last_seen_live_at, version.source) == (at(50), "magiceden")


async def test_among_fresh_listings_the_largest_promise_goes_first(house: House) -> None:
    await house.tell(
        listed(80, 0, mint="unknown", slab=a_slab("unknown", card=None)),
        listed(90, 0, mint="dear", slab=a_slab("dear", card=None, insured=100)),
        listed(50, 0, mint="cheap", slab=a_slab("cheap", card=None, insured=100)),
        listed(1, 0, mint="unnamed", source=ME, venue=Venue.ME),
    )
    work = {row.version_id: row.prior for row in await house.rows(WorkRow)}
    assert work == {1: 10_000, 2: 9_000, 3: 5_000, 4: 10_000}


async def test_a_promise_is_measured_against_the_last_value_before_the_insured_one(house: House) -> None:
    house.value(by_alt(160))
    slab = a_slab(MINT, insured=1_000)
    await house.tell(listed(80, 0, slab=slab))
    await house.appraisal.work_due()
    await house.tell(listed(40, 10, slab=slab))
    [work] = await house.rows(WorkRow)
    assert work.prior == 2_500


async def test_what_was_open_before_we_looked_is_worked_last(house: House) -> None:
    await house.tell(listed(80, 0), is_baseline=True)
    [version] = await house.rows(VersionRow)
    [work] = await house.rows(WorkRow)
    assert (version.is_baseline, work.priority) == (True, Priority.BACKFILL)


async def test_a_token_that_stands_for_another_slab_now_keeps_its_past(house: House) -> None:
    await house.tell(listed(80, 0, slab=a_slab("1")))
    await house.tell(listed(90, 10, slab=a_slab("2")))
    await house.tell(listed(95, 20, slab=a_slab("2")))
    links = await house.rows(TokenSlabRow)
    assert [(row.slab_id, row.version, row.until is None) for row in links] == [(1, 1, False), (2, 2, True)]


async def test_two_slabs_of_a_kind_are_two_slabs_of_one_kind(house: House) -> None:
    await house.tell(listed(80, 0, mint="a"), listed(80, 0, mint="b"))
    assert [row.kind_id for row in await house.rows(SlabRow)] == [1, 1]


async def test_a_slab_whose_title_cannot_be_read_has_no_kind(house: House) -> None:
    await house.tell(listed(80, 0, slab=a_slab(card=None)), sold(80, 10))
    [slab] = await house.rows(SlabRow)
    [sale] = await house.rows(PricePointRow)
    assert (slab.kind_id, sale.subject) == (None, "slab:1")


async def test_two_vendors_that_tell_of_the_same_at_once_in_any_order_lose_nothing(
    house: House,
) -> None:
    mints = [f"mint-{n}" for n in range(25)]
    from_vault = [listed(80, 0, mint=mint, venue=Venue.ME) for mint in mints]
    from_eden = [listed(80, 0, mint=mint, venue=Venue.ME, source=ME) for mint in reversed(mints)]
    await asyncio.gather(house.tell(*from_vault), house.tell(*from_eden))
    assert len(await house.rows(ListingRow)) == len(mints)
    assert len(await house.asks()) == len(mints)
    assert len(await house.rows(ObservationRow)) == 2 * len(mints)


async def test_a_page_longer_than_a_batch_is_worked_to_its_end(house: House) -> None:
    assert await house.tell(*(listed(80, 0, mint=f"mint-{n}") for n in range(30))) == 30
    assert len(await house.asks()) == 30


async def test_a_vendors_time_of_the_future_does_not_hold_up_what_follows(house: House) -> None:
    await house.tell(msgspec.structs.replace(listed(80, 10**6), seen_at=at(0)))
    await house.tell(listed(70, 100))
    assert await house.asks() == dollars(80, 70)


async def test_an_empty_page_is_nothing(house: House) -> None:
    assert await house.tell() == 0
