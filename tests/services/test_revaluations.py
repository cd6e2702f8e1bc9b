"""What is on sale is valued anew: figures by hand, one run a server, over restarts and outages."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from core.domain.deals import DEFAULT_POLICY, DealTier
from core.domain.listings import Reported, SourceName
from core.domain.revaluations import Outcome, RevaluationState, Span
from core.errors import InvalidInput, LimitReached, NotFound, SourceUnavailable
from core.services.appraisal import EXPIRES_AFTER
from core.services.housekeeping import ITEMS_KEPT
from core.services.revaluations import Bounds, RevaluationService
from db import work
from db.revaluation_items import ItemRow
from db.revaluations import RevaluationRow
from db.work import Priority, WorkRow
from tests.services.anew import CHANNEL, SHOWN_S, go_on, last, offered, on_sale, shown, start, stock
from tests.services.house import GUILD, House
from tests.services.reports import by_alt, ended

pytestmark = pytest.mark.slow


@pytest.fixture
async def market(house: House) -> House:
    return await stock(house)


async def test_each_figure_of_the_result_is_what_one_counts_by_hand(market: House) -> None:
    run = await start(market)
    assert (run.total, run.cut) == (5, 0)
    market.value(by_alt(100), "sinks")
    market.value(by_alt(160), "wakes")
    market.value(by_alt(200), "rises")
    await market.tell(ended(Reported.DELISTED, 3600, mint="sells"))
    await go_on(market)
    post = await last(market)
    assert post.state is RevaluationState.DONE
    assert post.progress.counts == {
        Outcome.FALLEN: 1,
        Outcome.NEW: 1,
        Outcome.RAISED: 1,
        Outcome.SAME: 1,
        Outcome.CLOSED: 1,
    }
    assert (post.progress.ended, post.progress.revalued) == (5, 4)
    assert [(found.mint, found.before, found.tier, found.discount_bps) for found in post.progress.best] == [
        ("rises", DealTier.HIGH, DealTier.GOLD, 6_000),
        ("wakes", None, DealTier.GOLD, 5_000),
    ]


async def test_the_vendors_are_really_asked_anew(market: House) -> None:
    market.alt.asked.clear()
    await start(market)
    await go_on(market)
    assert sorted(certificate for certificate, _ in market.alt.asked) == [
        "rises", "sells", "sinks", "stays", "wakes",
    ]  # fmt: skip


async def test_a_span_takes_what_was_first_seen_in_it(market: House) -> None:
    await on_sale(market, {"young": 160}, second=3_590)
    assert (await start(market, Span.HOUR)).total == 6
    await market.revaluations.cancel(1, guild_id=GUILD)
    market.pass_time(60)
    assert (await start(market, Span.HOUR)).total == 1
    await market.revaluations.cancel(2, guild_id=GUILD)
    market.pass_time(2 * 3600)
    with pytest.raises(NotFound, match="Nothing on sale"):
        await start(market, Span.HOUR)


async def test_what_the_filter_never_looks_at_is_left_alone(house: House) -> None:
    policy = msgspec.structs.replace(
        DEFAULT_POLICY, price_max_usd_micros=50_000_000, sellers_blocked=("somebody",)
    )
    await house.join(policy=policy)
    await on_sale(house, {"dear": 160})
    await house.tell(offered("cheap", price=50))
    assert (await start(house)).total == 1


async def test_a_long_run_is_cut_to_the_newest_and_says_so(
    market: House,
) -> None:
    short = RevaluationService(market.db, market.clock, market.bus, market.prices, Bounds(listings=2))
    run = await short.start(GUILD, Span.ALL, channel_id=CHANNEL, by=1)
    assert (run.total, run.cut) == (2, 3)
    assert [row.version_id for row in await market.rows(ItemRow)] == [5, 4]


async def test_one_runs_at_a_time_for_a_server_and_others_have_theirs(market: House) -> None:
    await market.join(51)
    two = await asyncio.gather(start(market), start(market), return_exceptions=True)
    [refused] = [error for error in two if isinstance(error, LimitReached)]
    assert str(refused).startswith("A re-valuation is running for this server: 0 of 5")
    await start(market, guild_id=51)
    assert len(await market.rows(RevaluationRow)) == 2
    await go_on(market)
    assert [post.state for post in await shown(market)] == [RevaluationState.DONE] * 2
    await start(market)


async def test_it_waits_behind_what_is_fresh(market: House) -> None:
    await start(market)
    await market.revaluations.work_due()
    assert {row.priority for row in await market.rows(WorkRow)} == {Priority.RECHECK}


async def test_what_waits_with_the_back_fill_is_hurried(market: House) -> None:
    await market.tell(offered("new"), is_baseline=True)
    await start(market)
    await market.revaluations.work_due()
    assert {row.priority for row in await market.rows(WorkRow)} == {Priority.RECHECK}
    await go_on(market)
    assert (await last(market)).progress.counts == {Outcome.SAME: 6}


async def test_only_so_many_are_in_the_queue_at_a_time(market: House) -> None:
    market.revaluations = RevaluationService(
        market.db, market.clock, market.bus, market.prices, Bounds(queued=2)
    )
    await start(market)
    for waiting in (2, 2, 1):
        await market.revaluations.work_due()
        assert len(await market.rows(WorkRow)) == waiting
        await market.appraisal.work_due()
    await market.revaluations.work_due()
    assert (await last(market)).progress.ended == 5


async def test_a_vendor_that_is_down_is_named_and_waited_for(market: House) -> None:
    market.alt.down = SourceUnavailable(market.alt.name, "down")
    await start(market)
    await go_on(market)
    post = await last(market)
    assert (post.state, post.progress.ended, post.progress.waiting) == (RevaluationState.RUNNING, 0, 5)
    assert post.progress.waits_for == (SourceName.ALT,)
    market.alt.down = None
    market.pass_time(300)
    await go_on(market)
    assert (await last(market)).progress.counts == {Outcome.SAME: 5}


async def test_what_no_vendor_answered_in_a_day_is_counted_as_that(market: House) -> None:
    market.alt.down = SourceUnavailable(market.alt.name, "down")
    await start(market)
    await go_on(market)
    market.pass_time(EXPIRES_AFTER.total_seconds())
    await go_on(market)
    post = await last(market)
    assert (post.state, post.progress.counts) == (RevaluationState.DONE, {Outcome.UNANSWERED: 5})
    assert post.progress.revalued == 0


async def test_cancelling_ends_it_once_and_only_for_its_own_server(market: House) -> None:
    run = await start(market)
    with pytest.raises(NotFound):
        await market.revaluations.cancel(run.id, guild_id=GUILD + 1)
    two = [market.revaluations.cancel(run.id, guild_id=GUILD) for _ in range(2)]
    ended = await asyncio.gather(*two, return_exceptions=True)
    assert [type(error) for error in ended if error is not None] == [NotFound]
    assert (await last(market)).state is RevaluationState.CANCELLED
    assert await market.revaluations.work_due() == 0
    assert await market.rows(WorkRow) == []


async def test_a_run_ends_when_the_server_judges_otherwise_meanwhile(market: House) -> None:
    await start(market)
    await market.revaluations.work_due()
    own = msgspec.structs.replace(DEFAULT_POLICY, look_bps=1_600)
    await market.guilds.change(GUILD, lambda known: msgspec.structs.replace(known, policy=own), by=1)
    await go_on(market)
    post = await last(market)
    assert (post.state, post.because[:24]) == (RevaluationState.CANCELLED, "The server's thresholds ")
    assert (await start(market)).total == 5


async def test_a_server_that_left_is_worked_for_when_it_is_back(market: House) -> None:
    await start(market)
    await market.guilds.left(GUILD)
    assert await market.revaluations.work_due() == 0
    await market.guilds.joined(GUILD, "Guild")
    await go_on(market)
    assert (await last(market)).state is RevaluationState.DONE


async def test_a_run_goes_on_where_a_killed_process_left_it(market: House) -> None:
    await start(market)
    await market.revaluations.work_due()
    async with market.db.write() as tx:  # a worker takes one, and dies
        soon = timedelta(seconds=60)
        below, now = Priority.BACKFILL, market.clock.now()
        assert await work.claim(tx, "dead", limit=1, below=below, now=now, lease=soon)
    again = RevaluationService(market.db, market.clock, market.bus, market.prices)
    await again.work_due()
    market.pass_time(300)
    await market.appraisal.work_due()
    await again.work_due()
    assert (await last(market)).progress.counts == {Outcome.SAME: 5}


async def test_a_server_that_is_not_judged_has_to_choose_a_channel(house: House) -> None:
    with pytest.raises(NotFound, match="not known yet"):
        await start(house)
    await house.guilds.joined(GUILD, "Guild")
    with pytest.raises(NotFound, match="Nothing on sale"):
        await start(house)
    own = msgspec.structs.replace(DEFAULT_POLICY, look_bps=1_600)
    await house.guilds.change(GUILD, lambda known: msgspec.structs.replace(known, policy=own), by=1)
    with pytest.raises(InvalidInput, match="`/setup`"):
        await start(house)


async def test_listings_of_runs_that_are_long_over_are_forgotten(market: House) -> None:
    await market.join(51)
    await start(market)
    await go_on(market)
    market.pass_time(ITEMS_KEPT.total_seconds() - SHOWN_S)
    await start(market, guild_id=51)
    await start(market)
    await market.revaluations.cancel(3, guild_id=GUILD)
    await market.operations.housekeep()
    assert {row.revaluation_id for row in await market.rows(ItemRow)} == {1, 2, 3}
    market.pass_time(2 * SHOWN_S)
    await market.operations.housekeep()
    assert {row.revaluation_id for row in await market.rows(ItemRow)} == {2, 3}
    market.pass_time(ITEMS_KEPT.total_seconds())
    await market.operations.housekeep()
    assert {row.revaluation_id for row in await market.rows(ItemRow)} == {2}
