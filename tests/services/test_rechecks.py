"""Follow-up by asking: is a posted deal still on sale, and if not, what became of it."""

import pytest

from core.domain.listings import Reported, Venue
from core.domain.posts import Closing
from core.errors import SourceUnavailable
from core.services.rechecks import (
    MISSING_MEANS_GONE_AFTER,
    RECHECK_EVERY,
    RECHECKS_MAX,
    RecheckService,
)
from db.listings import ListingRow, VersionRow
from db.posts import PostRow
from db.prices import PricePointRow
from tests.services.house import House
from tests.services.reports import MINT, at, by_alt, listed, on_sale, sold, usd

pytestmark = pytest.mark.slow

EVERY_S = RECHECK_EVERY.total_seconds()
GONE_S = MISSING_MEANS_GONE_AFTER.total_seconds()


async def post_a_deal(house: House, mint: str = MINT) -> None:
    await house.join()
    await house.post_a_deal(mint)


async def closing(house: House) -> Closing | None:
    [row] = await house.rows(PostRow)
    found: Closing | None = row.payload.closing
    return found


async def is_open(house: House) -> bool:
    [row] = await house.rows(ListingRow)
    return bool(row.is_open)


async def sales(house: House) -> list[int]:
    return [row.usd_micros for row in await house.rows(PricePointRow) if row.type == "sale"]


async def test_a_deal_that_is_still_on_sale_was_seen_live_again(house: House) -> None:
    await post_a_deal(house)
    house.vault.on_sale[MINT] = on_sale(80, 30)
    assert await house.rechecks.recheck_due() == 1
    [version] = await house.rows(VersionRow)
    assert version.last_seen_live_at == at(30)
    assert await closing(house) is None


async def test_a_deal_is_asked_about_every_half_minute(house: House) -> None:
    await post_a_deal(house)
    house.vault.on_sale[MINT] = on_sale()
    assert await house.rechecks.recheck_due() == 1
    house.pass_time(EVERY_S)
    assert await house.rechecks.recheck_due() == 0
    house.pass_time(0.001)
    assert await house.rechecks.recheck_due() == 1


async def test_a_listing_that_nobody_was_shown_is_not_asked_about(house: House) -> None:
    await house.join()
    house.value(by_alt(160))
    await house.tell(listed(80, 0))
    await house.appraisal.work_due()
    assert await house.rechecks.recheck_due() == 0


async def test_a_deal_that_sold_says_so_with_what_was_paid(house: House) -> None:
    await post_a_deal(house)
    house.vault.endings[MINT] = sold(75, 20)
    house.pass_time(30)
    await house.rechecks.recheck_due()
    assert await closing(house) == Closing(Reported.SOLD, at(20), paid=usd(75))
    assert await sales(house) == [usd(75).value]
    house.pass_time(100)
    assert await house.rechecks.recheck_due() == 0


async def test_a_sale_of_an_earlier_stay_is_not_taken_for_this_ones(house: House) -> None:
    await house.tell(listed(80, -500), sold(80, -400))
    await post_a_deal(house)
    house.vault.endings[MINT] = sold(80, -400)
    await house.rechecks.recheck_due()
    assert (await house.rows(ListingRow))[0].is_open


async def test_a_deal_that_vanished_waits_a_moment_for_the_better_answer(house: House) -> None:
    await post_a_deal(house)
    await house.rechecks.recheck_due()
    assert await is_open(house)
    house.vault.endings[MINT] = sold(80, 20)
    house.pass_time(EVERY_S + 1)
    await house.rechecks.recheck_due()
    assert await closing(house) == Closing(Reported.SOLD, at(20), paid=usd(80))


async def test_a_deal_that_stays_away_without_an_answer_is_gone(house: House) -> None:
    await post_a_deal(house)
    await house.rechecks.recheck_due()
    assert await is_open(house)
    house.pass_time(EVERY_S + 1)
    await house.rechecks.recheck_due()
    assert await closing(house) == Closing(Reported.GONE, at(EVERY_S + 1))
    assert EVERY_S > GONE_S


async def test_a_sale_told_after_a_deal_was_gone_is_a_price_and_no_second_edit(house: House) -> None:
    await post_a_deal(house)
    await house.rechecks.recheck_due()
    house.pass_time(EVERY_S + 1)
    await house.rechecks.recheck_due()
    await house.show_posts()
    await house.tell(sold(75, 20))
    [listing] = await house.rows(ListingRow)
    assert listing.closed_as == Reported.SOLD
    assert await sales(house) == [usd(75).value]
    assert await house.posts.claim() == ()


async def test_a_deal_that_was_missing_for_one_look_begins_its_wait_anew(house: House) -> None:
    await post_a_deal(house)
    await house.rechecks.recheck_due()
    house.pass_time(EVERY_S + 1)
    house.vault.on_sale[MINT] = on_sale()
    await house.rechecks.recheck_due()
    del house.vault.on_sale[MINT]
    house.pass_time(EVERY_S + 1)
    await house.rechecks.recheck_due()
    assert await is_open(house)


async def test_a_deal_that_is_repriced_is_a_new_version_and_its_post_says_so(house: House) -> None:
    await post_a_deal(house)
    house.vault.on_sale[MINT] = on_sale(90, 30)
    await house.rechecks.recheck_due()
    assert await closing(house) == Closing(Reported.LISTED, at(30), new_ask=usd(90))
    assert await house.asks() == [usd(80).value, usd(90).value]
    await house.rechecks.recheck_due()
    assert len(await house.asks()) == 2


@pytest.mark.parametrize(
    "elsewhere", [on_sale(80, 30, seller="somebody else"), on_sale(80, 30, venue=Venue.ME)]
)
async def test_a_token_on_sale_by_another_or_elsewhere_is_no_longer_this_deal(
    house: House, elsewhere: object
) -> None:
    await post_a_deal(house)
    house.vault.on_sale[MINT] = elsewhere  # type: ignore[assignment]  # a parameter has one type
    await house.rechecks.recheck_due()
    house.pass_time(EVERY_S + 1)
    await house.rechecks.recheck_due()
    assert await closing(house) == Closing(Reported.GONE, at(EVERY_S + 1))


async def test_a_vendor_that_fails_on_one_deal_does_not_starve_the_others(house: House) -> None:
    await house.join()
    for n in range(RECHECKS_MAX + 2):
        await house.post_a_deal(f"mint-{n}")
        house.vault.on_sale[f"mint-{n}"] = SourceUnavailable("collectorcrypt", "does not answer")
    assert await house.rechecks.recheck_due() == RECHECKS_MAX
    assert await house.rechecks.recheck_due() == 2
    assert sorted(house.vault.asked) == sorted(f"live mint-{n}" for n in range(RECHECKS_MAX + 2))
    assert all(row.is_open for row in await house.rows(ListingRow))


async def test_a_deal_at_a_venue_that_is_switched_off_is_left_alone(house: House) -> None:
    await post_a_deal(house)
    without = RecheckService(house.db, house.clock, house.listings, {})
    assert await without.recheck_due() == 0
    assert await is_open(house)


async def test_an_old_answer_does_not_undo_what_is_known_since(house: House) -> None:
    await post_a_deal(house)
    await house.tell(listed(70, 60))
    await house.appraisal.work_due()
    await house.show_posts()
    house.vault.on_sale[MINT] = on_sale(80, 30)
    await house.rechecks.recheck_due()
    assert await house.asks() == [usd(80).value, usd(70).value]
