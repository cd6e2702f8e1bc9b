"""What the publisher asks and tells: claims, growing back-off, and an end to trying."""

import pytest

from core.events import PostShown, Topic
from core.services.posts import BACK_OFF_S, CLAIM_LASTS
from db.posts import PostRow
from tests.services.house import House, Stored
from tests.services.reports import at, by_alt, listed, sold


async def want_a_post(house: House) -> None:
    await house.join()
    house.value(by_alt(160))
    await house.tell(listed(80, 0))
    await house.appraisal.work_due()


async def row(house: House) -> Stored:
    [only] = await house.rows(PostRow)
    return only


async def test_an_empty_outbox_gives_nothing(house: House) -> None:
    assert await house.posts.claim() == ()


async def test_a_post_is_shown_once_and_told(house: House) -> None:
    await want_a_post(house)
    news = house.bus.waiter(Topic.EVENTS)
    [post] = await house.posts.claim()
    assert (post.attempts, post.first_try_at) == (1, at(0))
    assert await house.posts.claim() == ()
    await house.posts.shown(post.id, rev=1, message_id=7, sent_at=at(1))
    assert news.is_set()
    assert (await house.events())[-1] == PostShown(1, 7, is_new=True)
    house.pass_time(10_000)
    assert await house.posts.claim() == ()


async def test_an_edit_is_told_as_one(house: House) -> None:
    await want_a_post(house)
    await house.show_posts()
    await house.tell(sold(80, 10))
    await house.show_posts()
    assert (await house.events())[-1] == PostShown(1, 1_001, is_new=False)


async def test_a_claim_that_nobody_told_of_is_due_again(house: House) -> None:
    await want_a_post(house)
    await house.posts.claim()
    house.pass_time(CLAIM_LASTS.total_seconds())
    [post] = await house.posts.claim()
    assert post.attempts == 2


async def test_a_post_that_fails_waits_longer_each_time(house: House) -> None:
    await want_a_post(house)
    waits = []
    for _ in range(len(BACK_OFF_S) + 2):
        [post] = await house.posts.claim()
        await house.posts.failed(post.id, "no answer")
        wait_s = ((await row(house)).next_try_at - house.clock.now()).total_seconds()
        waits.append(wait_s)
        house.pass_time(wait_s)
    assert waits == [*BACK_OFF_S, BACK_OFF_S[-1], BACK_OFF_S[-1]]


async def test_discord_may_say_how_long_to_wait(house: House) -> None:
    await want_a_post(house)
    [post] = await house.posts.claim()
    await house.posts.failed(post.id, "old edits are limited", retry_after_s=3_600.0)
    assert (await row(house)).next_try_at == at(3_600)


async def test_a_post_that_is_shown_is_tried_from_the_beginning_for_its_next_look(house: House) -> None:
    await want_a_post(house)
    [post] = await house.posts.claim()
    await house.posts.failed(post.id, "no answer", retry_after_s=0.0)
    assert (await row(house)).tried_since == at(0)
    await house.show_posts()
    assert ((await row(house)).attempts, (await row(house)).tried_since) == (0, None)


async def test_a_parked_post_says_why(house: House) -> None:
    await want_a_post(house)
    [post] = await house.posts.claim()
    await house.posts.park(post.id, "The channel for deals does not exist any more.")
    parked = await row(house)
    assert (parked.state, parked.error) == ("parked", "The channel for deals does not exist any more.")


async def test_a_try_that_discord_refused_is_no_sign_that_the_post_was_sent(house: House) -> None:
    await want_a_post(house)
    for _ in range(2):
        [post] = await house.posts.claim()
        assert (post.first_try_at, post.maybe_sent) == (house.clock.now(), 1)
        await house.posts.failed(post.id, "Discord asks to wait", retry_after_s=60, is_certainly_unsent=True)
        assert (await row(house)).first_try_at is None
        house.pass_time(60)
    await house.posts.claim()
    house.pass_time(60)
    [doubtful] = await house.posts.claim()
    await house.posts.failed(doubtful.id, "Discord asks to wait", is_certainly_unsent=True)
    assert (await row(house)).first_try_at == at(120)


@pytest.mark.parametrize("ending", ["failed", "park"])
async def test_a_refused_post_whose_deal_is_over_by_then_is_withdrawn(house: House, ending: str) -> None:
    await want_a_post(house)
    [post] = await house.posts.claim()
    await house.tell(sold(80, 10))
    if ending == "failed":
        await house.posts.failed(post.id, "Discord asks to wait", is_certainly_unsent=True)
    else:
        await house.posts.park(post.id, "I may not post there.", is_certainly_unsent=True)
    assert (await row(house)).state == "withdrawn"
    house.pass_time(10_000)
    assert await house.posts.claim() == ()


@pytest.mark.parametrize("retry_after_s", [None, 5.0])
async def test_a_post_that_is_not_there_cannot_fail(house: House, retry_after_s: float | None) -> None:
    await house.posts.failed(99, "no answer", retry_after_s=retry_after_s)
    assert await house.rows(PostRow) == []


async def test_a_failure_told_before_any_try_waits_the_least(house: House) -> None:
    await want_a_post(house)
    await house.posts.failed(1, "the bot is not ready")
    assert (await row(house)).next_try_at == at(BACK_OFF_S[0])
