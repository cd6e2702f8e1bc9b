"""Re-checks go in turn: no vendor, no bug and no switched-off venue keeps a listing from being looked at."""

import pytest

from core.domain.listings import SALE_IS_TOLD_WITHIN, SALE_SETTLES, Mint, Reported, SourceName, Venue
from core.errors import DatabaseAway, SourceRateLimited
from core.services.rechecks import GONE_EVERY, MISSING_MAX, RECHECK_EVERY, RECHECKS_MAX, RecheckService
from core.sources.base import LiveListing, Urgency, urgency
from db.listings import ListingRow
from db.posts import PostRow
from db.prices import PricePointRow
from tests.logs import written_logs
from tests.services.fakes import Market
from tests.services.house import House
from tests.services.reports import MINT, by_alt, ended, listed, on_sale, sold, usd

pytestmark = pytest.mark.slow

EVERY_S = RECHECK_EVERY.total_seconds() + 1
GONE_S = 100.0
MANY = [f"mint-{n:02}" for n in range(RECHECKS_MAX + 2)]


class Buggy(Market):
    """Our own code fails on one token."""

    def __init__(self, bad: str, error: Exception) -> None:
        super().__init__(SourceName.COLLECTOR_CRYPT)
        self.bad, self.error = bad, error
        self.urgencies: set[Urgency] = set()

    async def live(self, mint: Mint) -> LiveListing | None:
        self.urgencies.add(urgency())
        found = await super().live(mint)
        if mint == self.bad:
            raise self.error
        return found


async def post_many(house: House, mints: list[str]) -> None:
    await house.join()
    for mint in mints:
        house.value(by_alt(), mint)
        house.vault.on_sale[mint] = on_sale(80, 0)
    await house.tell(*(listed(80, 0, mint=mint) for mint in mints))
    await house.appraisal.work_due()
    await house.show_posts()


def rechecking(house: House, market: Market) -> RecheckService:
    market.on_sale = house.vault.on_sale
    return RecheckService(house.db, house.clock, house.listings, {Venue.CC: market})


async def outcomes(house: House) -> dict[str, float]:
    """How often a re-check ended how."""
    name, found = "cartel_line_seconds_count", dict[str, float]()
    for metric in house.metrics.registry.collect():
        for sample in metric.samples:
            if sample.name == name and sample.labels["stage"] == "recheck":
                found[sample.labels["outcome"]] = sample.value
    return found


async def test_a_bug_on_one_listing_drops_neither_it_nor_the_others(house: House) -> None:
    await post_many(house, MANY[:3])
    market = Buggy(MANY[0], KeyError("a bug of ours"))
    rechecks = rechecking(house, market)
    with written_logs() as stream:
        for _ in range(3):
            assert await rechecks.recheck_due() == 3
            house.pass_time(EVERY_S)
        assert stream.getvalue().count("could not be re-checked") == 1
    assert market.asked == [f"live {mint}" for mint in MANY[:3]] * 3
    assert await outcomes(house) == {"failed": 3, "live": 6}
    market.bad = ""
    assert await rechecks.recheck_due() == 3
    assert (await outcomes(house))["failed"] == 3


async def test_a_database_that_is_away_is_no_bug_of_a_listing(house: House) -> None:
    await post_many(house, MANY[:1])
    rechecks = rechecking(house, Buggy(MANY[0], DatabaseAway("gone")))
    with pytest.raises(DatabaseAway):
        await rechecks.recheck_due()


async def test_a_run_that_is_cut_off_leaves_their_turn_to_those_it_did_not_reach(house: House) -> None:
    await post_many(house, MANY[:3])
    rechecks = rechecking(house, Buggy(MANY[1], DatabaseAway("gone")))
    with pytest.raises(DatabaseAway):
        await rechecks.recheck_due()
    market = Buggy("", KeyError())
    assert await rechecking(house, market).recheck_due() == 1
    assert market.asked == [f"live {MANY[2]}"]


async def test_those_at_a_vendor_that_says_later_keep_their_turn(house: House) -> None:
    await post_many(house, MANY[:3])
    later = SourceRateLimited("collectorcrypt", "no turn", retry_after_s=5)
    assert await rechecking(house, Buggy(MANY[0], later)).recheck_due() == 1
    market = Buggy("", KeyError())
    assert await rechecking(house, market).recheck_due() == 2
    assert market.asked == [f"live {mint}" for mint in MANY[1:3]]


async def test_the_longest_unchecked_go_first_and_every_one_has_its_turn(house: House) -> None:
    await post_many(house, MANY)
    for turns in (RECHECKS_MAX, 2, 0):
        assert await house.rechecks.recheck_due() == turns
    assert house.vault.asked[-len(MANY) :] == [f"live {mint}" for mint in MANY]


async def test_deals_at_a_venue_that_is_switched_off_take_no_turns_and_have_theirs_when_it_is_back(
    house: House,
) -> None:
    await post_many(house, MANY)
    house.eden.on_sale["at eden"] = on_sale(80, 0, venue=Venue.ME)
    await house.tell(listed(80, 0, mint="at eden", venue=Venue.ME))
    house.value(house.alt.values[MANY[0]], "at eden")
    await house.appraisal.work_due()
    await house.show_posts()
    without = RecheckService(house.db, house.clock, house.listings, {Venue.ME: house.eden})
    assert await without.recheck_due() == 1
    assert house.eden.asked == ["live at eden"]
    assert all(row.is_open for row in await house.rows(ListingRow))
    assert await house.rechecks.recheck_due() == RECHECKS_MAX


async def test_what_is_missing_is_asked_about_in_turn_behind_everything_else(house: House) -> None:
    await house.tell(*(listed(80, 0, mint=f"mint-{n}") for n in range(MISSING_MAX + 1)))
    await house.tell(*(listed(90, 20, mint=f"mint-{n}", seller="x") for n in range(MISSING_MAX + 1)))
    market = Buggy("", KeyError())
    rechecks = rechecking(house, market)
    assert [await rechecks.recheck_missing() for _ in range(3)] == [MISSING_MAX, 1, 0]
    assert market.urgencies == {Urgency.BACKFILL}


async def lose_a_deal(house: House) -> None:
    """A posted deal of which nobody says what became of it."""
    await post_many(house, [MINT])
    house.pass_time(GONE_S)
    await house.tell(ended(Reported.GONE, GONE_S))
    await house.show_posts()
    house.pass_time(GONE_EVERY.total_seconds() + 1)


async def test_a_deal_that_went_without_a_word_is_asked_about_again_and_its_sale_believed(
    house: House,
) -> None:
    await lose_a_deal(house)
    house.vault.on_sale.clear()
    assert await house.rechecks.recheck_missing() == 1
    assert await house.rechecks.recheck_missing() == 0
    house.vault.endings[MINT] = sold(75, 90)
    house.pass_time(GONE_EVERY.total_seconds() + 1)
    assert await house.rechecks.recheck_missing() == 1
    [listing] = await house.rows(ListingRow)
    assert listing.closed_as == Reported.SOLD
    assert usd(75).value in [row.usd_micros for row in await house.rows(PricePointRow) if row.type == "sale"]
    assert await house.posts.claim() == ()


async def test_one_that_is_still_on_sale_after_all_is_open_again_and_not_posted_twice(house: House) -> None:
    await lose_a_deal(house)
    second = GONE_S + SALE_SETTLES.total_seconds() + 30
    house.vault.on_sale[MINT] = on_sale(80, second)
    assert await house.rechecks.recheck_missing() == 1
    await house.appraisal.work_due()
    [listing] = await house.rows(ListingRow)
    assert listing.is_open
    assert len(await house.rows(PostRow)) == 1
    house.pass_time(EVERY_S)
    assert await house.rechecks.recheck_due() == 1


@pytest.mark.parametrize("said", [Reported.SOLD, Reported.DELISTED])
async def test_one_whose_end_was_told_is_not_asked_about_any_more(house: House, said: Reported) -> None:
    await post_many(house, [MINT])
    await house.tell(ended(said, 10))
    house.pass_time(GONE_EVERY.total_seconds() + 1)
    assert await house.rechecks.recheck_missing() == 0


async def test_after_ten_minutes_nobody_asks_any_more(house: House) -> None:
    await lose_a_deal(house)
    house.pass_time(SALE_IS_TOLD_WITHIN.total_seconds())
    assert await house.rechecks.recheck_missing() == 0
