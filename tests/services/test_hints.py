"""Hints from the chain: each token is read at the vendor once, and only what the vendor says is believed."""

import asyncio

import msgspec

from core.domain.hints import AMONG_MAX, Hint
from core.domain.listings import Mint, Venue
from core.domain.money import USD_MICROS
from core.errors import SourceUnavailable
from core.events import Topic
from core.services.hints import LOOKS_MAX, MINTS_MAX, POLL_EVERY_S, UNSURE_MAX
from core.sources.base import Urgency, urgency
from db.listings import ListingRow, VersionRow
from db.work import Priority, WorkRow
from tests.services.fakes import Market
from tests.services.house import House
from tests.services.reports import CC, MINT, at, listed, on_sale, sold

OTHER = Mint("mint-2")


def hint(mint: str | None = MINT, *among: str) -> Hint:
    return Hint("signature", at(0), None if mint is None else Mint(mint), tuple(map(Mint, among)))


def waiter(house: House) -> asyncio.Event:
    """Set when the newest listings shall be looked at."""
    return house.bus.waiter(Topic.LISTINGS)


async def test_a_token_just_put_on_sale_is_a_fresh_listing_at_once(house: House) -> None:
    house.vault.on_sale[MINT] = on_sale(80, 30)
    house.hints.tell(hint())
    assert await house.hints.work_due() == 1
    [listing], [version] = await house.rows(ListingRow), await house.rows(VersionRow)
    assert (listing.venue, version.is_baseline) == (Venue.CC, False)
    assert await house.asks() == [80 * USD_MICROS]
    assert [row.priority for row in await house.rows(WorkRow)] == [Priority.FRESH]
    assert await house.hints.work_due() == 0


async def test_who_waits_for_hints_is_woken(house: House) -> None:
    woken = house.bus.waiter(Topic.HINTS)
    house.hints.tell(hint())
    assert woken.is_set()


async def test_each_token_is_asked_for_once_however_often_it_is_hinted_at(house: House) -> None:
    for mint in (MINT, OTHER, MINT, MINT):
        house.hints.tell(hint(mint))
    assert await house.hints.work_due() == 2
    assert house.vault.asked == house.eden.asked == [f"live {MINT}", f"live {OTHER}"]


async def test_the_questions_are_as_urgent_as_a_fresh_listing(house: House) -> None:
    seen: list[Urgency] = []

    class Nosy(Market):
        async def live(self, mint: Mint) -> None:
            seen.append(urgency())

    house.hints.states = {Venue.CC: Nosy(CC)}
    house.hints.tell(hint())
    await house.hints.work_due()
    assert seen == [Urgency.FRESH]


async def test_a_listing_that_is_known_is_rechecked_and_its_sale_believed(house: House) -> None:
    await house.tell(listed(80, 0))
    house.vault.endings[MINT] = sold(80, 20)
    house.pass_time(30)
    house.hints.tell(hint())
    assert await house.hints.work_due() == 1
    [row] = await house.rows(ListingRow)
    assert not row.is_open


async def test_a_new_price_is_the_vendors(house: House) -> None:
    await house.tell(listed(80, 0))
    house.vault.on_sale[MINT] = on_sale(70, 30)
    house.pass_time(30)
    house.hints.tell(hint())
    await house.hints.work_due()
    assert await house.asks() == [80 * USD_MICROS, 70 * USD_MICROS]


async def test_a_token_that_moved_to_another_market_is_found_there(house: House) -> None:
    await house.tell(listed(80, 0))
    house.eden.on_sale[MINT] = on_sale(60, 30, venue=Venue.ME, seller="buyer")
    house.pass_time(30)
    house.hints.tell(hint())
    await house.hints.work_due()
    assert {(row.venue, row.seller) for row in await house.rows(ListingRow)} == {
        (Venue.CC, "seller"),
        (Venue.ME, "buyer"),
    }


async def test_a_hint_at_what_is_not_on_sale_stores_nothing(house: House) -> None:
    house.hints.tell(hint())
    assert await house.hints.work_due() == 1
    assert await house.rows(ListingRow) == []


async def test_a_vendor_that_is_down_costs_its_answer_only(house: House) -> None:
    house.vault.on_sale[MINT] = SourceUnavailable("collectorcrypt", "does not answer")
    house.eden.on_sale[MINT] = on_sale(60, 30, venue=Venue.ME)
    house.hints.tell(hint())
    house.hints.tell(hint(OTHER))
    assert await house.hints.work_due() == 2
    assert [row.venue for row in await house.rows(ListingRow)] == [Venue.ME]


async def test_a_hint_without_a_token_wakes_the_look_at_the_newest_but_not_always(house: House) -> None:
    woken = waiter(house)
    for _ in range(3):
        house.hints.tell(hint(None))
        await house.hints.work_due()
    assert woken.is_set()
    woken.clear()
    house.pass_time(POLL_EVERY_S - 0.1)
    await house.hints.work_due()
    assert not woken.is_set()
    house.pass_time(0.1)
    await house.hints.work_due()
    assert woken.is_set()
    woken.clear()
    house.pass_time(60)
    await house.hints.work_due()
    assert not woken.is_set()
    assert house.vault.asked == []


async def test_of_accounts_the_one_we_know_is_the_token(house: House) -> None:
    await house.tell(listed(80, 0))
    house.vault.endings[MINT] = sold(80, 20)
    house.pass_time(30)
    woken = waiter(house)
    house.hints.tell(hint(None, "a wallet", MINT, "a program"))
    assert await house.hints.work_due() == 1
    assert not woken.is_set()
    [row] = await house.rows(ListingRow)
    assert not row.is_open


async def test_accounts_that_nobody_knows_are_a_new_token(house: House) -> None:
    woken = waiter(house)
    house.hints.tell(hint(None, "a wallet", "a program"))
    assert await house.hints.work_due() == 0
    assert woken.is_set()


async def test_a_flood_of_tokens_is_remembered_up_to_a_bound_and_read_in_turns(house: House) -> None:
    woken = waiter(house)
    for n in range(MINTS_MAX):
        house.hints.tell(hint(f"mint-{n}"))
    assert await house.hints.work_due() == LOOKS_MAX
    assert not woken.is_set()
    for n in range(LOOKS_MAX + 1):
        house.hints.tell(hint(f"more-{n}"))
    assert await house.hints.work_due() == LOOKS_MAX
    assert woken.is_set()


async def test_a_flood_of_accounts_is_asked_about_at_once(house: House) -> None:
    await house.tell(listed(80, 0))
    house.hints.tell(hint(None, MINT))
    for n in range(UNSURE_MAX):
        house.hints.tell(hint(None, *(f"account-{n}-{m}" for m in range(AMONG_MAX + 1))))
    assert await house.hints.work_due() == 0  # the one that we know was pushed out


async def test_what_a_hint_found_is_the_same_listing_when_the_vendors_page_tells_it(house: House) -> None:
    live = msgspec.structs.replace(on_sale(80, 5), updated_at=at(0))
    house.vault.on_sale[MINT] = live
    house.hints.tell(hint())
    await house.hints.work_due()
    await house.tell(listed(80, 0))
    assert len(await house.rows(ListingRow)) == len(await house.rows(VersionRow)) == 1
