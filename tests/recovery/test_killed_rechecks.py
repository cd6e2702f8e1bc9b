"""kill -9 inside a /deals recheck: it goes on, each listing is valued anew once, and it can be cancelled."""

from collections import Counter
from itertools import count

import pytest

from core.domain.revaluations import Revaluation, RevaluationPost, RevaluationState, Span
from db.deals import RevisionRow, VerdictRow
from db.posts import PostRow
from db.revaluation_items import ItemRow
from tests.recovery.mortal import Fate, Mortal, Order, take_over
from tests.recovery.scenes import LOTS, appraise_lots, lot, recheck
from tests.services.house import GUILD, House

pytestmark = pytest.mark.slow

CHANNEL = 77
EVERY_S = 601
"""As seldom as nobody minds."""


@pytest.fixture
async def market(house: House) -> House:
    """A server, and lots that were judged an hour ago."""
    await house.join()
    appraise_lots(house, 0)
    await house.tell(*map(lot, LOTS))
    await house.appraisal.work_due()
    house.pass_time(3_600)
    return house


async def begun(house: House, n: int) -> tuple[Revaluation, Order]:
    """The n-th run, and what to do."""
    run = await house.revaluations.start(GUILD, Span.ALL, channel_id=CHANNEL, by=1)
    return run, Order("recheck", n, at_s=3_600 + (n - 1) * EVERY_S, dies_before=n)


async def last(house: House) -> RevaluationPost:
    shown = [row.payload for row in await house.rows(PostRow) if isinstance(row.payload, RevaluationPost)]
    return max(shown, key=lambda post: post.revaluation_id)


async def revisions(house: House) -> Counter[int]:
    return Counter(row.version_id for row in await house.rows(RevisionRow))


async def test_whenever_it_is_killed_the_run_goes_on_and_values_each_listing_once(
    market: House, one: Mortal
) -> None:
    for n in count(1):
        run, order = await begun(market, n)
        fate = await one.play(order)
        await take_over(market)
        await recheck(market, n)
        post = await last(market)
        assert (post.revaluation_id, post.state) == (run.id, RevaluationState.DONE)
        assert (post.progress.ended, post.progress.revalued, run.total) == (len(LOTS),) * 3
        assert await revisions(market) == dict.fromkeys(range(1, len(LOTS) + 1), n)
        values = {row.deal.value_usd_micros for row in await market.rows(VerdictRow)}
        assert values == {(120 + 10 * n) * 1_000_000}
        market.pass_time(EVERY_S)
        if fate is Fate.LIVED:
            break
    assert n > 5


async def test_whenever_it_is_killed_it_can_be_cancelled_and_begun_anew(market: House, one: Mortal) -> None:
    for n in count(1):
        run, order = await begun(market, n)
        if await one.play(order) is Fate.LIVED:
            break
        await take_over(market)
        await market.revaluations.cancel(run.id, guild_id=GUILD)
        post = await last(market)
        assert (post.revaluation_id, post.state) == (run.id, RevaluationState.CANCELLED)
        items = [row for row in await market.rows(ItemRow) if row.revaluation_id == run.id]
        assert post.progress.ended == sum(row.outcome is not None for row in items)
        assert await market.revaluations.work_due() == 0
        market.pass_time(EVERY_S)
    assert n > 5
    assert (await last(market)).progress.ended == len(LOTS)
