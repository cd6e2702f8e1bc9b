"""What was open when we arrived: three a server at most, once, no pings, whatever is restarted in between."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from core.domain.deals import DEFAULT_POLICY, DealPolicy, DealTier
from core.domain.guilds import QuietHours, ServerSettings
from core.domain.listings import Reported
from core.domain.posts import DealPost, Rank
from core.errors import SourceUnavailable
from core.services.arrivals import SETTLES_AFTER, SETTLES_WITHIN, SHOWN_MAX, ArrivalService
from core.services.listings import OUTAGE_IS_BASELINE_AFTER
from db import deals
from db.arrivals import ArrivalRow, GreetingRow
from db.posts import PostRow
from db.work import WorkRow
from tests.db.market import a_verdict
from tests.services.house import GUILD, House
from tests.services.reports import by_alt, ended, listed, page

pytestmark = pytest.mark.slow

OUTAGE = OUTAGE_IS_BASELINE_AFTER + timedelta(seconds=1)
ROLES = {DealTier.GOLD: 7, DealTier.HIGH: 7}


async def choose(house: House, guild_id: int = GUILD, **chosen: Any) -> None:
    await house.guilds.joined(guild_id, "Guild")
    settings = ServerSettings(
        channel_id=5_000 + guild_id, policy=chosen.pop("policy", DEFAULT_POLICY), ping_roles=ROLES, **chosen
    )
    await house.guilds.change(guild_id, lambda _: settings, by=1)


async def arrive(house: House, *prices: float, name: str = "m", second: float = 0) -> None:
    """A whole read finds these, each worth 160, and all of them are judged."""
    for n in range(len(prices)):
        house.value(by_alt(160), f"{name}{n}")
    house.vault.pages = [page(*(listed(price, second, mint=f"{name}{n}") for n, price in enumerate(prices)))]
    await house.listings.poll_listings(house.vault)
    await house.appraisal.work_due()


async def greet(house: House, wait: timedelta = SETTLES_AFTER) -> int:
    house.clock.advance(wait)
    return await house.arrivals.greet_due()


async def prices(house: House, guild_id: int = GUILD) -> list[float]:
    rows = [row for row in await house.rows(PostRow) if row.guild_id == guild_id]
    return [row.payload.price_usd_micros / 1_000_000 for row in rows]


async def test_the_best_three_are_shown_by_tier_and_profit_marked_and_without_a_ping(house: House) -> None:
    await choose(house)
    await arrive(house, 150, 130, 79, 120, 100, 90, 20)
    assert await greet(house) == SHOWN_MAX
    rows = await house.rows(PostRow)
    assert await prices(house) == [79, 90, 100]
    for row in rows:
        deal: DealPost = row.payload
        assert (deal.was_open_before, deal.ping_role_id, row.rank) == (True, None, Rank.OPEN_BEFORE)


async def test_they_are_shown_once_a_server_whatever_is_restarted(house: House) -> None:
    await choose(house)
    await arrive(house, 80, 81, 82, 83, 84)
    assert await greet(house) == SHOWN_MAX
    again = ArrivalService(house.db, house.clock, house.bus)
    for _ in range(3):
        house.clock.advance(SETTLES_WITHIN)
        assert await again.greet_due() == 0
    assert len(await house.rows(GreetingRow)) == 1


async def test_two_processes_at_once_show_three_as_well(house: House) -> None:
    await choose(house)
    await arrive(house, 80, 81, 82, 83, 84)
    house.clock.advance(SETTLES_AFTER)
    other = ArrivalService(house.db, house.clock, house.bus)
    await asyncio.gather(house.arrivals.greet_due(), other.greet_due())
    assert await prices(house) == [80, 81, 82]


async def test_nothing_is_shown_while_the_rest_may_still_be_judged(house: House) -> None:
    await choose(house)
    house.alt.down = SourceUnavailable("alt", "does not answer")
    await arrive(house, 80)
    assert await greet(house) == 0
    assert await greet(house, SETTLES_AFTER) == 0
    assert (await house.rows(ArrivalRow))[0].settled_at is None


async def test_a_vendor_that_is_away_does_not_keep_everybody_waiting_for_ever(house: House) -> None:
    await choose(house)
    house.vault.pages = [page(listed(80, 0, mint="a"), listed(90, 0, mint="b"))]
    house.value(by_alt(160), "a")
    await house.listings.poll_listings(house.vault)
    await house.appraisal.work_due()
    house.alt.down = SourceUnavailable("alt", "does not answer")
    assert await greet(house, SETTLES_WITHIN) in {1, 2}


async def test_what_ended_in_the_meantime_is_not_shown(house: House) -> None:
    await choose(house)
    await arrive(house, 80, 81, 82, 83)
    await house.tell(ended(Reported.SOLD, 5, mint="m0"))
    await greet(house)
    assert await prices(house) == [81, 82, 83]


async def test_sources_that_arrive_together_are_one_arrival(house: House) -> None:
    await choose(house)
    await arrive(house, 80, 81, 82)
    house.clock.advance(timedelta(seconds=30))
    await house.listings.poll_activities(house.eden)
    assert len(await house.rows(ArrivalRow)) == 1
    assert await greet(house, timedelta(seconds=31)) == 0
    assert await greet(house) == SHOWN_MAX


async def test_after_an_outage_only_what_is_new_to_us_is_shown(house: House) -> None:
    await choose(house)
    await arrive(house, 80, 81, 82, 83, 84)
    await greet(house)
    house.clock.advance(timedelta(hours=1))
    await arrive(house, 85, 86, name="new", second=3_700)
    assert await greet(house) == 2
    assert await prices(house) == [80, 81, 82, 85, 86]
    assert [row.arrival_id for row in await house.rows(GreetingRow)] == [2]
    assert [row.payload.ping_role_id for row in await house.rows(PostRow)] == [None] * 5


async def test_a_tier_whose_channel_is_paused_is_left_out(house: House) -> None:
    await choose(house, tier_channels={DealTier.GOLD: 6_000})
    await house.posts.channel_closed(GUILD, 6_000, "The channel does not exist any more.", tell=None)
    await arrive(house, 80, 120)
    assert await greet(house) == 1
    assert [row.channel_id for row in await house.rows(PostRow)] == [5_000 + GUILD]
    assert await prices(house) == [120]


async def test_a_source_that_comes_and_goes_is_one_arrival_an_hour(house: House) -> None:
    await choose(house)
    await arrive(house, 80, 81, 82)
    await greet(house)
    for n in range(3):
        house.clock.advance(OUTAGE)
        await arrive(house, 83, 84, name=f"again{n}", second=house.clock.now().minute * 60)
        await greet(house)
    assert len(await house.rows(PostRow)) == SHOWN_MAX


async def test_a_server_that_comes_later_is_shown_the_best_that_is_open(house: House) -> None:
    await arrive(house, 80, 81)
    await greet(house)
    house.clock.advance(timedelta(hours=3))
    await house.listings.poll_listings(house.vault)
    await house.tell(listed(70, 10_000, mint="m0"))
    await house.appraisal.work_due()
    await choose(house)
    await greet(house)
    assert await prices(house) == [70, 81]
    assert await greet(house) == 0


async def test_a_newcomer_for_whom_there_is_nothing_yet_is_not_forgotten(house: House) -> None:
    await arrive(house, 150)
    await choose(house)
    assert await greet(house) == 0
    assert await house.rows(GreetingRow) == []


async def test_what_a_server_was_shown_already_is_not_shown_as_old(house: House) -> None:
    await arrive(house, 150)
    await greet(house)
    await choose(house)
    await house.post_a_deal("fresh", second=100)
    assert await greet(house) == 0
    assert len(await house.rows(PostRow)) == 1


async def test_at_night_and_while_paused_a_server_is_left_in_peace(house: House) -> None:
    night = QuietHours((house.clock.now().hour - 1) * 60, (house.clock.now().hour + 2) * 60)
    await choose(house, 1, quiet=night)
    await choose(house, 2)
    await house.guilds.pause(2, "I may not post there.")
    await arrive(house, 80)
    assert await greet(house) == 0
    assert await greet(house, timedelta(hours=3)) == 1
    assert await prices(house, 1) == [80]


async def test_each_policy_has_its_own_best(house: House) -> None:
    await choose(house, 1)
    await choose(house, 2, policy=DealPolicy(price_min_usd_micros=82_000_000))
    await arrive(house, 80, 81, 82, 83, 84, 85)
    await greet(house)
    assert (await prices(house, 1), await prices(house, 2)) == ([80, 81, 82], [82, 83, 84])


@pytest.mark.slow
async def test_a_market_with_thousands_of_deals_and_an_outage_of_an_hour_ping_nobody(house: House) -> None:
    for guild_id in range(1, 11):
        await choose(house, guild_id)
    for n, count in enumerate((2_000, 100)):
        await open_deals(house, count, name=f"round{n}-", second=7_000 * n)
        await greet(house)
        rows = await house.rows(PostRow)
        assert set(Counter(row.guild_id for row in rows).values()) == {SHOWN_MAX * (n + 1)}
        assert not any(row.payload.ping_role_id for row in rows)
        house.clock.advance(timedelta(seconds=6_000))


async def open_deals(house: House, count: int, *, name: str, second: float) -> None:
    """A whole read with that many GOLD deals, judged."""
    house.vault.pages = [
        page(*(listed(80, second, mint=f"{name}{n}") for n in range(start, min(count, start + 500))))
        for start in range(0, count, 500)
    ]
    await house.listings.poll_listings(house.vault)
    async with house.db.write() as tx:
        ids = list((await tx.execute(delete(WorkRow).returning(WorkRow.version_id))).scalars())
        await deals.add(tx, [a_verdict(version_id) for version_id in ids])
    assert len(ids) == count
