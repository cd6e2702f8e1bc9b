"""A token is on sale once: its older listing is asked about at once when it turns up elsewhere."""

import pytest

from core.domain.listings import Report, Reported, Venue
from core.domain.posts import Closing
from core.events import Topic
from db.listings import ListingRow
from db.posts import PostRow
from tests.services.house import House
from tests.services.reports import ME, MINT, at, listed, on_sale, sold, usd

pytestmark = pytest.mark.slow

ELSEWHERE = [
    listed(90, 20, seller="buyer"),
    listed(90, 20, venue=Venue.ME),
    sold(80, 20, source=ME, venue=Venue.ME),
]
NAMES = ["by its buyer", "at another market", "sold at another market"]


async def doubted(house: House) -> list[bool]:
    return [row.missing_since is not None for row in await house.rows(ListingRow)]


@pytest.mark.parametrize("report", ELSEWHERE, ids=NAMES)
async def test_a_deal_whose_token_turns_up_elsewhere_is_asked_about_at_once(
    house: House, report: Report
) -> None:
    await house.join()
    await house.post_a_deal()
    house.vault.on_sale[MINT] = on_sale(80, 5)
    house.pass_time(5)
    await house.rechecks.recheck_due()
    del house.vault.on_sale[MINT]
    house.vault.endings[MINT] = sold(80, 19)
    house.pass_time(15)
    assert await house.rechecks.recheck_due() == 0  # it was asked about just now
    woken = house.bus.waiter(Topic.RECHECKS)
    await house.tell(report)
    assert woken.is_set()
    assert await house.rechecks.recheck_due() == 1
    post = (await house.rows(PostRow))[0]
    assert post.payload.closing == Closing(Reported.SOLD, at(19), paid=usd(80))


@pytest.mark.parametrize("report", ELSEWHERE, ids=NAMES)
async def test_a_listing_that_nobody_was_shown_is_asked_about_too(house: House, report: Report) -> None:
    await house.tell(listed(80, 0))
    await house.tell(report)
    assert (await doubted(house))[0]
    assert not any((await doubted(house))[1:])


async def test_of_two_listings_the_older_one_is_doubted_whichever_was_told_first(house: House) -> None:
    await house.tell(listed(90, 20, seller="buyer"))
    await house.tell(listed(80, 0))
    assert await doubted(house) == [False, True]


async def test_a_new_price_and_another_token_cast_no_doubt(house: House) -> None:
    woken = house.bus.waiter(Topic.RECHECKS)
    await house.tell(listed(80, 0), listed(80, 0, mint="other"))
    await house.tell(listed(70, 20), listed(80, 20, venue=Venue.ME, mint="third"))
    assert not any(await doubted(house))
    assert not woken.is_set()


async def test_a_sale_before_it_was_listed_casts_no_doubt(house: House) -> None:
    await house.tell(listed(80, 100, seller="buyer"))
    await house.tell(sold(60, 50))
    assert await doubted(house) == [False, False]
