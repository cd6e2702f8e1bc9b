"""What a channel sees of a re-valuation: progress now and then, as Discord allows, and the result."""

from datetime import timedelta

import pytest

from core.domain.revaluations import RevaluationState
from core.errors import SourceUnavailable
from core.services.revaluations import Bounds, RevaluationService
from db.posts import PostRow
from db.revaluation_items import ItemRow
from tests.services.anew import EDITED_S, SHOWN_S, go_on, last, shown, start, stock
from tests.services.house import GUILD, House, Stored

pytestmark = pytest.mark.slow


@pytest.fixture
async def market(house: House) -> House:
    return await stock(house)


async def test_progress_is_shown_every_so_often_and_never_on_an_old_message(market: House) -> None:
    market.alt.down = SourceUnavailable(market.alt.name, "down")
    await start(market)
    await market.show_posts()
    for _ in range(3):  # within the pause nothing is edited
        await market.revaluations.work_due()
        await market.appraisal.work_due()
    [row] = [row for row in await market.rows(PostRow) if row.purpose == "revaluation"]
    assert (row.wanted_rev, row.shown_rev) == (1, 1)
    market.pass_time(EDITED_S)
    await market.revaluations.work_due()
    left, newer = await shown(market)
    assert left.goes_on_below
    assert not newer.goes_on_below
    assert newer.progress.waiting == 5


async def test_the_result_of_a_long_run_is_a_message_of_its_own(market: House) -> None:
    await start(market)
    await market.show_posts()
    market.pass_time(EDITED_S)
    await go_on(market)
    before, result = await shown(market)
    assert (before.goes_on_below, result.state) == (True, RevaluationState.DONE)


async def the_post(market: House) -> Stored:
    [row] = [row for row in await market.rows(PostRow) if row.purpose == "revaluation"]
    return row


async def want_an_edit(market: House) -> None:
    """The first message is shown, and there is progress to tell since."""
    market.alt.down = SourceUnavailable(market.alt.name, "down")
    await start(market)
    await go_on(market)
    assert (await the_post(market)).wanted_rev == 2


async def test_progress_leaves_alone_what_discord_does_not_have_yet(market: House) -> None:
    """A first message that cannot be sent would otherwise have used up its tries within minutes."""
    market.alt.down = SourceUnavailable(market.alt.name, "down")
    await start(market)
    for _ in range(4):
        for post in await market.posts.claim():
            await market.posts.failed(post.id, "Discord asks to wait", retry_after_s=3_600)
        due_at = (await the_post(market)).next_try_at
        await market.revaluations.work_due()
        await market.appraisal.work_due()
        market.pass_time(SHOWN_S)
    row = await the_post(market)
    assert (row.next_try_at, row.wanted_rev, row.attempts) == (due_at, 1, 1)


async def test_a_pause_that_discord_asks_for_is_not_cut_short_by_progress(market: House) -> None:
    few = Bounds(queued=2)
    market.revaluations = RevaluationService(market.db, market.clock, market.bus, market.prices, few)
    await want_an_edit(market)
    [edit] = await market.posts.claim()
    await market.posts.failed(edit.id, "Discord asks to wait", retry_after_s=600)
    until = market.clock.now() + timedelta(seconds=600)
    market.alt.down = None
    for over in (2, 4):
        market.pass_time(SHOWN_S)
        await market.appraisal.work_due()
        await market.revaluations.work_due()
        assert len([row for row in await market.rows(ItemRow) if row.outcome]) == over
        assert (await the_post(market)).next_try_at == until
        assert await market.posts.claim() == ()
    market.pass_time(600)
    await market.show_posts()
    await market.revaluations.work_due()
    assert (await last(market)).progress.ended == 4


async def test_the_result_is_wanted_though_progress_was_never_shown(market: House) -> None:
    run = await start(market)
    await market.revaluations.work_due()
    assert (await last(market)).progress.ended == 0
    await market.revaluations.cancel(run.id, guild_id=GUILD)
    assert (await last(market)).state is RevaluationState.CANCELLED


async def test_an_edit_that_never_comes_through_is_followed_by_a_new_message(market: House) -> None:
    await want_an_edit(market)
    market.alt.down = None
    await market.appraisal.work_due()
    market.pass_time(EDITED_S)
    await market.revaluations.work_due()
    before, newer = await shown(market)
    assert (before.goes_on_below, newer.goes_on_below) == (True, False)
