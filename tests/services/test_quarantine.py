"""Quarantine, all the way: held, told in the trace channel alone, out of history, and let go."""

import pytest

from core.domain.deals import DealTier, Reason
from core.domain.listings import Reported, Venue
from core.domain.notices import TracePost
from core.domain.posts import DealPost
from core.domain.quarantine import Doubt
from core.errors import NotFound
from db import quarantine
from db.deals import VerdictRow
from db.prices import PricePointRow, ValuationRow
from tests.services.calls import TRACES, posts, settle, told_of_each
from tests.services.house import CHANNEL, House
from tests.services.reports import ME, TITLE, by_alt, ended, listed, sol, sold, usd

pytestmark = pytest.mark.slow


async def verdict(house: House) -> tuple[str | None, str | None]:
    *_, row = await house.rows(VerdictRow)
    return row.tier, row.reason


async def apart(house: House, kind: str) -> list[str | None]:
    return [row.apart for row in await house.rows(PricePointRow) if row.type == kind]


@pytest.fixture
async def market(house: House) -> House:
    """SOL costs 150 dollars, and a slab is worth 160; a server listens in two channels."""
    await house.price_sol("150")
    house.value(by_alt(160))
    house.know()
    await settle(house)
    return house


async def test_a_price_that_cannot_be_meant_is_told_in_the_trace_channel_and_nowhere_else(
    market: House,
) -> None:
    doubts = {sol(80): Doubt.OTHER_CURRENCY, usd(1): Doubt.OTHER_CURRENCY, usd(0.1): Doubt.MAGNITUDE}
    for number, ask in enumerate(doubts, 1):
        market.value(by_alt(160), f"mint-{number}")
        await market.tell(listed(ask, 0, mint=f"mint-{number}"))
    await market.appraisal.work_due()
    assert {row.reason for row in await market.rows(VerdictRow)} == {Reason.QUARANTINED}
    traces = {post.payload.price: post.payload.suspicion.doubt for post in await posts(market)}
    assert traces == doubts
    assert {(post.channel_id, type(post.payload)) for post in await posts(market)} == {(TRACES, TracePost)}
    *_, held = await market.quarantine.held()
    assert (held.version_id, held.mint, held.suspicion.against_usd_micros) == (1, "mint-1", usd(160).value)
    assert await apart(market, "ask") == ["quarantine"] * 3


async def test_a_genuine_bargain_that_is_too_good_stays_suspicious(market: House) -> None:
    told = await told_of_each(market, [(price, by_alt(160), TITLE) for price in (24, 23, 17, 16)])
    assert [found for found, _ in told] == [DealTier.SUSPICIOUS] * 4
    assert await market.quarantine.held() == ()


async def test_a_held_price_enters_no_history_and_neither_does_its_sale(market: House) -> None:
    await market.tell(listed(sol(80), 0))
    await market.appraisal.work_due()
    await market.tell(sold(sol(80), 20))
    assert await apart(market, "sale") == ["quarantine"]
    valued = [row.evidence for row in await market.rows(ValuationRow)]
    assert all(item.sales == 0 for evidence in valued for item in evidence)


async def test_a_sale_that_another_source_tells_counts(market: House) -> None:
    await market.tell(listed(sol(80), 0, venue=Venue.ME))
    await market.appraisal.work_due()
    await market.tell(sold(sol(80), 20, source=ME, venue=Venue.ME))
    assert await apart(market, "sale") == [None]


async def test_what_an_operator_releases_is_judged_again_like_any_other(market: House) -> None:
    await market.tell(listed(usd(0.9), 0))
    await market.appraisal.work_due()
    await market.quarantine.release(1, by="owner 7")
    await market.appraisal.work_due()
    assert await verdict(market) == (DealTier.SUSPICIOUS, None)
    assert await apart(market, "ask") == [None]
    assert await market.quarantine.held() == ()
    async with market.db.read() as tx:
        found = await quarantine.of_version(tx, 1)
    assert found is not None
    assert (found.released_by, found.released_at) == ("owner 7", market.clock.now())


async def test_a_released_deal_is_posted_and_pings_nobody(market: House) -> None:
    market.value(by_alt(20_000))
    await market.tell(listed(80, 0))
    await market.appraisal.work_due()
    market.value(by_alt(160))
    market.pass_time(1)
    await market.quarantine.release(1, by="owner 7")
    await market.appraisal.work_due()
    trace, deal = await posts(market)
    assert isinstance(deal.payload, DealPost)
    assert (deal.payload.tier, deal.payload.was_revised, deal.channel_id) == (DealTier.GOLD, True, CHANNEL)
    assert (trace.channel_id, deal.payload.ping_role_id) == (TRACES, None)


async def test_what_is_not_held_cannot_be_released(market: House) -> None:
    await market.tell(listed(80, 0))
    await market.appraisal.work_due()
    for number in (1, 0, -1, 10**30):
        with pytest.raises(NotFound, match=f"No price is held under {number}"):
            await market.quarantine.release(number, by="owner 7")


async def test_two_who_release_at_once_queue_it_once(market: House) -> None:
    await market.tell(listed(usd(0.9), 0))
    await market.appraisal.work_due()
    await market.quarantine.release(1, by="owner 7")
    with pytest.raises(NotFound):
        await market.quarantine.release(1, by="owner 8")
    assert await market.appraisal.work_due() == 1


async def test_another_source_that_sees_the_price_releases_it(market: House) -> None:
    await market.tell(listed(sol(80), 0, venue=Venue.ME))
    await market.appraisal.work_due()
    assert await market.quarantine.look_again() == 0
    await market.tell(listed(sol(80), 5, source=ME, venue=Venue.ME))
    assert await market.quarantine.look_again() == 1
    await market.appraisal.work_due()
    assert await verdict(market) == (None, Reason.TOO_DEAR)
    assert await market.quarantine.look_again() == 0


async def test_a_price_that_two_sources_told_before_its_turn_is_not_held(market: House) -> None:
    await market.tell(listed(sol(80), 0, venue=Venue.ME))
    await market.tell(listed(sol(80), 5, source=ME, venue=Venue.ME))
    await market.appraisal.work_due()
    assert await verdict(market) == (None, Reason.TOO_DEAR)


async def test_the_same_source_does_not_confirm_itself_with_the_next_price(market: House) -> None:
    await market.tell(listed(sol(80), 0))
    await market.appraisal.work_due()
    await market.tell(listed(sol(75), 5))
    await market.appraisal.work_due()
    assert await verdict(market) == (None, Reason.QUARANTINED)
    assert [held.version_id for held in await market.quarantine.held()] == [2]


async def test_a_new_value_that_the_price_fits_lets_it_go(market: House) -> None:
    market.value(by_alt(20_000))
    await market.tell(listed(sol(1), 0))
    await market.appraisal.work_due()
    assert await verdict(market) == (None, Reason.QUARANTINED)
    market.value(by_alt(300))
    market.pass_time(1)
    await market.revalue(1)
    assert await verdict(market) == (DealTier.GOLD, None)
    assert await market.quarantine.held() == ()
    assert await apart(market, "ask") == [None]


async def test_without_a_value_a_price_is_held_against_what_the_listing_asked_before(market: House) -> None:
    market.alt.values.clear()
    await market.tell(listed(80, 0))
    await market.appraisal.work_due()
    assert await verdict(market) == (None, Reason.NO_VALUE)
    await market.tell(listed(sol(80), 5))
    await market.appraisal.work_due()
    assert await verdict(market) == (None, Reason.QUARANTINED)
    await market.tell(listed(75, 9))
    await market.appraisal.work_due()
    assert await verdict(market) == (None, Reason.NO_VALUE)


async def test_a_price_in_dollars_does_not_wait_for_the_rate_of_the_other_currency(market: House) -> None:
    market.pass_time(10_000)
    await market.tell(listed(1, 10_000))
    await market.appraisal.work_due()
    assert await verdict(market) == (None, Reason.QUARANTINED)
    [held] = await market.quarantine.held()
    assert held.suspicion.doubt is Doubt.MAGNITUDE


async def test_what_was_open_before_we_looked_is_held_in_silence(market: House) -> None:
    await market.tell(listed(sol(80), 0), is_baseline=True)
    await market.appraisal.work_due()
    assert await verdict(market) == (None, Reason.QUARANTINED)
    assert await posts(market) == []


async def test_a_held_listing_that_ends_waits_for_nobody(market: House) -> None:
    await market.tell(listed(sol(80), 0))
    await market.appraisal.work_due()
    await market.tell(ended(Reported.DELISTED, 5))
    assert await market.quarantine.held() == ()
    await market.quarantine.release(1, by="owner 7")
    assert await market.appraisal.work_due() == 0
