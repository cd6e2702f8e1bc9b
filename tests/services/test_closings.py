"""The follow-up: a post that was seen gets one closing edit, one that nobody saw is withdrawn."""

import pytest

from core.domain.listings import Reported
from core.domain.posts import Closing, DealPost, PostState, Rank
from core.services.closings import close_posts
from db.posts import PostRow
from tests.services.house import House, Stored
from tests.services.reports import MINT, at, by_alt, ended, listed, sold, usd


async def post_row(house: House) -> Stored:
    return (await house.rows(PostRow))[0]


async def test_a_sold_deal_is_closed_once_with_what_was_paid(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    await house.tell(sold(75, 192))
    row = await post_row(house)
    assert row.payload.closing == Closing(Reported.SOLD, at(192), paid=usd(75))
    assert (row.state, row.wanted_rev, row.rank) == (PostState.WANTED, 2, Rank.CLOSING)
    await house.show_posts()
    await house.tell(sold(75, 193), listed(80, 500), ended(Reported.DELISTED, 600))
    row = await post_row(house)
    assert (row.state, row.wanted_rev, row.shown_rev) == (PostState.SHOWN, 2, 2)
    assert row.payload.closing == Closing(Reported.SOLD, at(192), paid=usd(75))


@pytest.mark.parametrize("said", [Reported.DELISTED, Reported.GONE])
async def test_a_deal_that_ended_otherwise_says_how(house: House, said: Reported) -> None:
    await house.join()
    await house.post_a_deal()
    await house.tell(ended(said, 60))
    assert (await post_row(house)).payload.closing == Closing(said, at(60))


async def test_a_repriced_deal_says_the_new_price(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    await house.tell(listed(90, 60))
    closing = Closing(Reported.LISTED, at(60), new_ask=usd(90))
    assert (await post_row(house)).payload.closing == closing


async def test_a_deal_that_ended_before_anybody_saw_it_is_withdrawn(house: House) -> None:
    await house.join()
    house.value(by_alt(160))
    await house.tell(listed(80, 0))
    await house.appraisal.work_due()
    await house.tell(sold(80, 5))
    row = await post_row(house)
    assert (row.state, row.message_id, row.payload.closing) == (PostState.WITHDRAWN, None, None)
    assert await house.show_posts() == []


async def test_a_deal_that_ended_while_it_was_sent_gets_its_closing_next(house: House) -> None:
    await house.join()
    house.value(by_alt(160))
    await house.tell(listed(80, 0))
    await house.appraisal.work_due()
    [post] = await house.posts.claim()
    await house.tell(sold(80, 5))
    await house.posts.shown(post.id, rev=post.wanted_rev, message_id=7, sent_at=at(6))
    [edit] = await house.posts.claim()
    assert (edit.message_id, edit.shown_rev, edit.wanted_rev) == (7, 1, 2)
    assert isinstance(edit.payload, DealPost)
    assert edit.payload.closing is not None


async def test_a_version_that_ends_twice_is_closed_once(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    async with house.db.write() as tx:
        await close_posts(tx, 1, sold(80, 5), at(5))
        await close_posts(tx, 1, ended(Reported.GONE, 9), at(9))
    row = await post_row(house)
    assert (row.wanted_rev, row.payload.closing.how) == (2, Reported.SOLD)


async def test_every_server_that_saw_a_deal_sees_its_end(house: House) -> None:
    await house.join(1, channel_id=11)
    await house.join(2, channel_id=22)
    house.value(by_alt(160))
    await house.tell(listed(80, 0))
    await house.appraisal.work_due()
    await house.show_posts()
    await house.tell(sold(80, 5))
    edits = await house.show_posts()
    assert {edit.destination.channel_id for edit in edits} == {11, 22}


async def test_the_end_of_one_listing_leaves_the_posts_of_another_alone(house: House) -> None:
    await house.join()
    await house.post_a_deal(MINT)
    await house.post_a_deal("other")
    await house.tell(sold(80, 5, mint="other"))
    first, second = await house.rows(PostRow)
    assert (first.wanted_rev, second.wanted_rev) == (1, 2)
