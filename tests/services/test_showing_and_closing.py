"""Posts of one deal are marked as shown while its listing is told to be sold: nobody waits in a circle."""

import asyncio

import msgspec
import pytest

from core.domain.posts import Post
from db.outcomes import OutcomeRow
from db.showings import ShowingRow
from tests.services.house import House
from tests.services.reports import CARD, a_slab, by_alt, listed, sold

pytestmark = pytest.mark.slow

SERVERS, DEALS, ROUNDS, PUBLISHERS = 12, 3, 2, 4


async def wanted(house: House, mints: list[str], second: float) -> list[Post]:
    """The posts of these tokens in every server, tried but not told of."""
    for mint in mints:
        house.value(by_alt(), mint)
    cards = {mint: msgspec.structs.replace(CARD, number=mint) for mint in mints}
    await house.tell(*(listed(80, second, mint=mint, slab=a_slab(mint, card=cards[mint])) for mint in mints))
    await house.appraisal.work_due()
    posts: list[Post] = []
    while claimed := await house.posts.claim(100):
        posts += claimed
    return posts


async def show(house: House, posts: list[Post]) -> None:
    for post in posts:
        now, message_id = house.clock.now(), 1_000 + post.id
        await house.posts.shown(post.id, rev=post.wanted_rev, message_id=message_id, sent_at=now)


async def sell(house: House, mints: list[str], second: float) -> None:
    for mint in mints:
        await house.tell(sold(80, second, mint=mint))


async def test_a_deal_that_sells_while_it_is_shown_is_followed_all_the_same(house: House) -> None:
    for number in range(SERVERS):
        await house.join(50 + number, channel_id=5_000 + number)
    for round_ in range(ROUNDS):
        mints = [f"{round_}-{number}" for number in range(DEALS)]
        posts = await wanted(house, mints, round_ * 1_000)
        shares = [posts[start::PUBLISHERS] for start in range(PUBLISHERS)]
        await asyncio.gather(
            *(show(house, share) for share in shares), sell(house, mints, round_ * 1_000 + 100)
        )
        house.pass_time(1_000)
    await house.outcomes.follow_up()
    rows = await house.rows(OutcomeRow)
    assert [row.ended_as for row in rows] == ["sold"] * DEALS * ROUNDS
    assert len(await house.rows(ShowingRow)) == SERVERS * DEALS * ROUNDS
