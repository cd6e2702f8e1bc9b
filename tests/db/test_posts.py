"""The outbox: a wish is one message, its newest revision is shown, a try is on record before it is made."""

import asyncio
from datetime import timedelta

import msgspec
from sqlalchemy import select

from core.domain.listings import Reported
from core.domain.posts import Closing, DealPost, Post, PostState
from db import posts, tries
from db.engine import Database
from db.posts import PostRow
from tests.cogs.deal_posts import GOOD_DEAL
from tests.db.market import CHANNEL, GUILD, NOW, SECOND, a_wish, list_tokens

RETRY = timedelta(seconds=30)
CLOSED: DealPost = msgspec.structs.replace(GOOD_DEAL, closing=Closing(Reported.SOLD, NOW))


async def want(db: Database, *keys: str, rank: int = 0) -> None:
    async with db.write() as tx:
        for key in keys:
            await posts.want(tx, a_wish(key, rank=rank), NOW)


async def claim(db: Database, *, limit: int = 10, after_s: float = 0) -> list[Post]:
    async with db.write() as tx:
        return await posts.claim(tx, limit=limit, now=NOW + SECOND * after_s, retry_after=RETRY)


async def show(db: Database, post: Post, rev: int | None = None) -> None:
    async with db.write() as tx:
        rev = rev or post.wanted_rev
        await tries.shown(tx, post.id, rev=rev, message_id=99, sent_at=NOW, now=NOW)


async def change(db: Database, post_id: int, payload: DealPost = CLOSED) -> None:
    async with db.write() as tx:
        await posts.change(tx, post_id, payload, rank=40, now=NOW + SECOND)


async def state(db: Database, post_id: int = 1) -> tuple[str, str | None]:
    async with db.read() as tx:
        query = select(PostRow.state, PostRow.error).where(PostRow.id == post_id)
        found = (await tx.execute(query)).one()
    return found.state, found.error


async def test_a_message_wanted_twice_is_one_row_and_the_first_wish_stands(db: Database) -> None:
    await want(db, "deal:1", "deal:1")
    async with db.write() as tx:
        await posts.want(tx, a_wish("deal:1", payload=CLOSED), NOW)
    [post] = await claim(db)
    assert post.payload == GOOD_DEAL
    assert (post.destination.channel_id, post.destination.guild_id) == (CHANNEL, GUILD)


async def test_the_first_try_is_on_record_before_it_is_made_and_stays(db: Database) -> None:
    await want(db, "deal:1")
    [first] = await claim(db)
    assert (first.first_try_at, first.attempts, first.message_id) == (NOW, 1, None)
    assert await claim(db, after_s=29.999) == []
    [second] = await claim(db, after_s=30)
    assert (second.first_try_at, second.attempts) == (NOW, 2)


async def test_a_post_is_claimed_by_one_of_many_at_once(db: Database) -> None:
    await want(db, *(f"deal:{n}" for n in range(20)))
    claims = await asyncio.gather(*(claim(db, limit=4) for _ in range(6)))
    ids = [post.id for taken in claims for post in taken]
    assert sorted(ids) == list(range(1, 21))


async def test_the_best_rank_goes_first_then_the_oldest(db: Database) -> None:
    await want(db, "closing", rank=40)
    await want(db, "look", rank=30)
    await want(db, "gold-1", "gold-2", rank=0)
    assert [post.id for post in await claim(db, limit=3)] == [3, 4, 2]


async def test_a_shown_post_rests_until_it_shall_look_otherwise(db: Database) -> None:
    await want(db, "deal:1")
    [post] = await claim(db)
    await show(db, post)
    assert await state(db) == (PostState.SHOWN, None)
    assert await claim(db, after_s=1_000) == []
    await change(db, post.id)
    [edit] = await claim(db, after_s=1)
    assert (edit.message_id, edit.shown_rev, edit.wanted_rev, edit.attempts) == (99, 1, 2, 1)
    assert edit.payload == CLOSED
    await show(db, edit)
    assert await state(db) == (PostState.SHOWN, None)


async def test_a_wish_that_came_while_the_older_one_was_sent_is_shown_next(db: Database) -> None:
    await want(db, "deal:1")
    [post] = await claim(db)
    await change(db, post.id)
    await show(db, post, rev=1)
    assert await state(db) == (PostState.WANTED, None)
    [edit] = await claim(db, after_s=1)
    assert (edit.shown_rev, edit.wanted_rev, edit.message_id) == (1, 2, 99)


async def test_a_post_that_changes_before_it_has_a_message_keeps_its_tries(db: Database) -> None:
    await want(db, "deal:1")
    await claim(db)
    await change(db, 1)
    [again] = await claim(db, after_s=1)
    assert (again.attempts, again.first_try_at, again.wanted_rev) == (2, NOW, 2)


async def test_a_time_that_only_a_wrong_clock_can_have_set_holds_nothing_up(db: Database) -> None:
    await want(db, "deal:1")
    await claim(db, after_s=86_400)
    assert len(await claim(db)) == 1


async def test_an_unsent_post_that_is_withdrawn_is_never_sent(db: Database) -> None:
    await want(db, "deal:1")
    async with db.write() as tx:
        await posts.withdraw(tx, 1)
    assert await state(db) == (PostState.WITHDRAWN, None)
    await change(db, 1)
    assert await claim(db, after_s=1_000) == []


async def test_a_post_whose_sending_may_have_begun_is_not_withdrawn(db: Database) -> None:
    await want(db, "deal:1")
    await claim(db)
    async with db.write() as tx:
        await posts.withdraw(tx, 1)
    assert (await state(db))[0] == PostState.WANTED


async def test_a_failed_try_is_due_again_at_its_time_and_a_shown_one_forgets_the_error(db: Database) -> None:
    await want(db, "deal:1")
    [post] = await claim(db)
    async with db.write() as tx:
        await tries.retry(tx, post.id, at=NOW + SECOND * 5, error="no answer" + "x" * 500)
    assert (await state(db))[1] is not None
    [again] = await claim(db, after_s=5)
    await show(db, again)
    assert await state(db) == (PostState.SHOWN, None)


async def test_a_dead_publisher_is_followed_at_once_but_a_back_off_is_kept(db: Database) -> None:
    await want(db, "claimed", "failed")
    _, failed = await claim(db)
    async with db.write() as tx:
        await tries.retry(tx, failed.id, at=NOW + SECOND * 300, error="Discord answered 503")
        await tries.release(tx, NOW + SECOND)
    assert [post.id for post in await claim(db, after_s=1)] == [1]


async def test_an_outbox_knows_whether_anything_is_due(db: Database) -> None:
    async def is_due(after_s: float) -> bool:
        async with db.read() as tx:
            return await posts.is_any_due(tx, NOW + SECOND * after_s)

    assert not await is_due(0)
    await want(db, "deal:1")
    assert await is_due(0)
    await claim(db)
    assert not await is_due(1)
    assert await is_due(30)


async def test_a_parked_post_stays_parked(db: Database) -> None:
    await want(db, "deal:1")
    async with db.write() as tx:
        await tries.park(tx, 1, "y" * 500)
    assert await claim(db, after_s=10_000) == []
    assert await state(db) == (PostState.PARKED, "y" * 300)


async def test_a_try_that_certainly_sent_nothing_leaves_no_doubt_unless_another_one_does(
    db: Database,
) -> None:
    await want(db, "deal:1")
    [first] = await claim(db)
    async with db.write() as tx:
        await tries.not_sent(tx, first.id)
    [second] = await claim(db, after_s=30)
    assert (second.first_try_at, second.attempts, second.maybe_sent) == (NOW + SECOND * 30, 2, 1)
    [third] = await claim(db, after_s=60)
    async with db.write() as tx:
        await tries.not_sent(tx, third.id)
    [fourth] = await claim(db, after_s=90)
    assert (fourth.first_try_at, fourth.attempts, fourth.maybe_sent) == (NOW + SECOND * 30, 4, 2)


async def test_a_refused_edit_does_not_make_its_message_one_that_was_never_sent(db: Database) -> None:
    await want(db, "deal:1")
    [post] = await claim(db)
    await show(db, post)
    await change(db, post.id)
    [edit] = await claim(db, after_s=1)
    async with db.write() as tx:
        await tries.not_sent(tx, edit.id)
    [again] = await claim(db, after_s=31)
    assert (again.first_try_at, again.maybe_sent) == (NOW, 3)


async def test_parked_posts_say_why_and_are_due_with_their_newest_look_when_queued_again(
    db: Database,
) -> None:
    await want(db, "a", "b", "withdrawn")
    await claim(db, limit=2)
    async with db.write() as tx:
        await posts.withdraw(tx, 3)
        await tries.park(tx, 1, "one\x00")
        await tries.park(tx, 2, "two")
        assert (await tries.count_parked(tx), await tries.parked_errors(tx, 5)) == (2, ["two", "one "])
    await change(db, 1)
    assert await claim(db, after_s=1_000) == []
    async with db.write() as tx:
        assert await tries.requeue(tx, NOW) == 2
        assert (await tries.count_parked(tx), await tries.parked_errors(tx, 5)) == (0, [])
    two, one = await claim(db)
    assert (one.payload, one.wanted_rev, one.attempts, one.maybe_sent) == (CLOSED, 2, 1, 2)
    assert (two.payload, two.attempts, two.maybe_sent) == (GOOD_DEAL, 1, 2)


async def test_the_posts_of_a_version_are_found(db: Database) -> None:
    one, two = await list_tokens(db, 2)
    async with db.write() as tx:
        for key, version in (("a", one), ("b", one), ("c", two)):
            await posts.want(tx, msgspec.structs.replace(a_wish(key), version_id=version), NOW)
        assert [post.id for post in await posts.of_versions(tx, [one])] == [1, 2]
        assert await posts.get(tx, 4) is None
        found = await posts.get(tx, 3)
    assert found is not None
    assert found[1] == two
