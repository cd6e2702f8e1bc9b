"""Deals after their verdict: lists, one post, and the fresh look that Buy takes."""

import pytest

from core.domain.deals import DealPolicy, DealTier
from core.domain.listings import Reported, Venue
from core.domain.operations import SourceHealth
from core.domain.posts import BuyState
from core.errors import NotFound, SourceError, SourceRateLimited, SourceUnavailable
from core.services.deals import DealService
from core.sources.base import LiveListing
from tests.services.house import GUILD, House
from tests.services.reports import MINT, at, by_alt, ended, listed, on_sale, sol, usd

PRESSER = 7


async def deals(house: House, *prices: float) -> None:
    """Deals at these prices, of things worth 160."""
    for n, price in enumerate(prices):
        house.value(by_alt(160), f"mint-{n}")
        await house.tell(listed(price, n, mint=f"mint-{n}"))
        await house.appraisal.work_due()


async def prices(house: House, **how: object) -> list[int]:
    page = await house.deals.latest(**how)  # type: ignore[arg-type]  # named as `latest` names them
    return [view.deal.price.value // 1_000_000 for view in page.items]


async def test_the_newest_deals_come_first_and_rejections_not_at_all(house: House) -> None:
    await deals(house, 80, 159, 130, 120)
    assert await prices(house) == [120, 130, 80]
    assert await prices(house, tier=DealTier.INFO) == [130]


async def test_a_deal_that_ended_or_was_repriced_is_no_longer_listed(house: House) -> None:
    await deals(house, 80, 81, 82)
    await house.tell(ended(Reported.DELISTED, 10, mint="mint-0"), listed(159, 10, mint="mint-1"))
    assert await prices(house) == [82]


async def test_pages_follow_each_other_without_a_gap(house: House) -> None:
    await deals(house, 80, 81, 82, 83, 84)
    first = await house.deals.latest(limit=2)
    second = await house.deals.latest(limit=2, before=first.next_before)
    third = await house.deals.latest(limit=2, before=second.next_before)
    pages = [[view.deal.price for view in page.items] for page in (first, second, third)]
    assert pages == [[usd(84), usd(83)], [usd(82), usd(81)], [usd(80)]]
    assert third.next_before is None


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (-5, 1), (1, 1), (10**9, 3)])
async def test_the_length_of_a_page_has_bounds(house: House, asked: int, given: int) -> None:
    await deals(house, 80, 81, 82)
    assert len((await house.deals.latest(limit=asked)).items) == given


async def test_a_server_sees_the_deals_of_its_own_policy(house: House) -> None:
    await house.join(policy=DealPolicy(sellers_blocked=("seller",)))
    await deals(house, 80)
    assert await prices(house) == [80]
    assert await prices(house, guild_id=GUILD) == []
    assert await prices(house, guild_id=404) == [80]


SILENCE = SourceUnavailable("alt", "POST /Cert: HTTP 503")


async def waits_for(house: House) -> tuple[SourceHealth, ...]:
    return (await house.deals.latest()).waits_for


async def test_a_source_that_keeps_a_new_listing_waiting_is_named_until_it_answers(house: House) -> None:
    house.alt.down = SILENCE
    assert await waits_for(house) == ()
    await house.tell(listed(80, 0))
    await house.appraisal.work_due()
    assert await waits_for(house) == (SourceHealth("alt", is_down=True, since=None),)
    await house.operations.source_changed(SourceHealth("alt", True, at(5), "HTTP 503"))
    assert await waits_for(house) == (SourceHealth("alt", True, at(5), "HTTP 503"),)
    await house.operations.source_changed(SourceHealth("alt", False, at(60)))
    house.alt.down = None
    house.pass_time(60)
    await house.appraisal.work_due()
    assert await waits_for(house) == ()


async def test_a_source_that_only_asks_us_to_wait_is_not_silent(house: House) -> None:
    house.alt.down = SourceRateLimited("alt", "POST /Cert: HTTP 429", retry_after_s=1)
    await house.tell(listed(80, 0))
    await house.appraisal.work_due()
    assert await waits_for(house) == ()


async def test_a_source_without_which_the_work_goes_on_is_not_named(house: House) -> None:
    for name in ("scryfall", "coinbase", "psa"):
        await house.operations.source_changed(SourceHealth(name, True, at(5), "HTTP 503"))
    assert await waits_for(house) == ()


async def test_what_back_fill_waits_for_holds_up_no_new_listing(house: House) -> None:
    house.alt.down = SILENCE
    await house.tell(listed(80, 0), is_baseline=True)
    await house.appraisal.work_due()
    assert await waits_for(house) == ()


async def test_a_post_says_what_it_shows(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    assert (await house.deals.posted(1)).price == usd(80)
    with pytest.raises(NotFound, match="not known any more"):
        await house.deals.posted(2)


@pytest.mark.parametrize(
    ("found", "state", "ask"),
    [
        (on_sale(80), BuyState.LIVE, usd(80)),
        (on_sale(75), BuyState.REPRICED, usd(75)),
        (on_sale(80, seller="somebody else"), BuyState.RESOLD, usd(80)),
        (on_sale(70, venue=Venue.ME), BuyState.MOVED, usd(70)),
        (on_sale(80, seller="somebody else", venue=Venue.ME), BuyState.RESOLD, usd(80)),
        (None, BuyState.GONE, None),
    ],
)
async def test_buy_looks_again(house: House, found: LiveListing | None, state: BuyState, ask: object) -> None:
    await house.join()
    await house.post_a_deal()
    if found is not None:
        house.vault.on_sale[MINT] = found
    house.pass_time(40)
    check = await house.deals.check(1, by=PRESSER)
    assert (check.state, check.ask) == (state, ask)
    assert check.checked_at == (at(40) if found is None else at(30))
    assert check.ask_usd_micros == (None if found is None else found.ask.value)


async def test_buy_says_dollars_only_by_a_fresh_rate(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    house.vault.on_sale[MINT] = on_sale(sol(1))
    assert (await house.deals.check(1, by=PRESSER)).ask_usd_micros is None
    await house.price_sol("75")
    assert (await house.deals.check(1, by=PRESSER)).ask_usd_micros == usd(75).value


async def test_buy_without_an_answer_is_a_failure_and_not_gone(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    house.vault.break_down()
    with pytest.raises(SourceError):
        await house.deals.check(1, by=PRESSER)
    without = DealService(house.db, house.clock, house.prices, {})
    with pytest.raises(NotFound, match="no longer watch Collector Crypt"):
        await without.check(1, by=PRESSER)
    with pytest.raises(NotFound):
        await house.deals.check(99, by=PRESSER)
