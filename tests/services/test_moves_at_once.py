"""Posts on their way while the settings are saved: each ends in one place, and nobody waits for ever."""

import asyncio

import msgspec
import pytest
from sqlalchemy import text

from core.domain.deals import DEFAULT_POLICY, DealTier, policy_hash
from core.domain.posts import Destination
from core.services import closings
from db import guilds, policies, posts, unseen
from tests.cogs.deal_posts import a_deal
from tests.databases import on_postgres
from tests.services.house import GUILD, House
from tests.services.moving import (
    NEW,
    OLD,
    a_wish,
    choose,
    judge,
    places,
    rows,
    want,
)
from tests.services.reports import at, sold

pytestmark = pytest.mark.slow

PATIENCE_S = 20
ADA = 7
STRICT = msgspec.structs.replace(DEFAULT_POLICY, confidence_min=90)


@pytest.fixture
async def server(house: House) -> House:
    await house.join()
    return house


async def is_waited_for(server: House) -> None:
    """Until one transaction waits for another."""
    while True:
        async with server.db.read() as tx:
            if (await tx.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))).scalar_one():
                return
        await asyncio.sleep(0.01)


@on_postgres
async def test_saving_and_pausing_hold_a_server_and_its_posts_in_the_same_order(server: House) -> None:
    await judge(server, "a")
    async with server.db.write() as saving:
        await guilds.hold(saving, GUILD)
        pausing = asyncio.create_task(server.posts.channel_closed(GUILD, OLD, "It is gone.", tell=None))
        async with asyncio.timeout(PATIENCE_S):
            await is_waited_for(server)
        await unseen.withdraw_from(saving, OLD)
    await pausing
    assert await places(server) == [(OLD, "withdrawn")]


@on_postgres
async def test_saving_waits_for_nobody_who_holds_a_post_which_follows_later(server: House) -> None:
    await judge(server, "a")
    async with server.db.write() as ending, asyncio.timeout(PATIENCE_S):
        assert len(await posts.of_versions(ending, [1])) == 1
        await choose(server)
    assert await places(server) == [(OLD, "wanted")]
    assert await server.posts.claim() == ()
    assert [post.destination.channel_id for post in await server.show_posts()] == [NEW]


async def test_channels_that_close_are_replaced_and_shown_at_once_and_nobody_waits_for_ever(
    server: House,
) -> None:
    """Saving, pausing, showing and ending all hold the same posts; each ends in one place."""
    for n in range(12):
        await judge(server, f"m{n}")

    async def end(n: int) -> None:
        await server.tell(*(sold(80, 10 + n, mint=f"m{mint}") for mint in (n, 11 - n)))

    for turn in range(6):
        here, there = (OLD, NEW) if turn % 2 == 0 else (NEW, OLD)
        await asyncio.gather(
            choose(server, there),
            server.posts.channel_closed(GUILD, here, "It is gone.", tell=Destination(9_999, None)),
            server.show_posts() if turn > 3 else server.posts.claim(1),
            end(turn),
        )
    found = [row for row in await rows(server) if row.purpose == "deal"]
    assert {row.state for row in found} <= {"wanted", "shown", "withdrawn"}
    assert all(row.channel_id in {OLD, NEW} for row in found)


async def test_what_was_asked_for_at_the_moment_of_saving_is_moved_before_it_is_tried(server: House) -> None:
    await choose(server)
    late = a_wish("late", a_deal(tier=DealTier.GOLD))
    hidden = a_wish("hidden", a_deal(tier=DealTier.SUSPICIOUS))
    await want(server, late, hidden)
    with server.posts.news() as news:
        assert await server.posts.claim() == ()
        assert news.is_set(), "there is something to show in another channel"
    assert await places(server) == [(NEW, "wanted"), (OLD, "withdrawn")]
    [post] = await server.posts.claim()
    assert (post.destination.channel_id, post.maybe_sent, post.first_try_at) == (NEW, 1, at(0))


async def test_what_is_in_place_is_shown_at_once_beside_what_is_not(server: House) -> None:
    await choose(server)
    await want(server, a_wish("late"), a_wish("right", channel_id=NEW), a_wish("elsewhere", guild_id=99))
    assert [post.id for post in await server.posts.claim()] == [2, 3]
    assert [post.id for post in await server.posts.claim()] == [1]


@pytest.mark.parametrize("ending", ["failed", "park"])
async def test_a_try_that_was_refused_after_the_settings_were_saved_goes_to_the_new_channel(
    server: House, ending: str
) -> None:
    await judge(server, "a")
    [post] = await server.posts.claim()
    await choose(server)
    assert await places(server) == [(OLD, "wanted")]
    if ending == "failed":
        await server.posts.failed(post.id, "Discord asks to wait", is_certainly_unsent=True)
    else:
        await server.posts.park(post.id, "The channel does not exist.", is_certainly_unsent=True)
    assert await places(server) == [(NEW, "wanted")]
    assert [one.destination.channel_id for one in await server.show_posts()] == [NEW]


async def test_a_refused_post_of_a_channel_that_still_holds_is_parked_there(server: House) -> None:
    await judge(server, "a")
    [post] = await server.posts.claim()
    await choose(server, OLD)
    await server.posts.park(post.id, "I may not post there.", is_certainly_unsent=True)
    assert await places(server) == [(OLD, "parked")]


async def test_a_post_that_was_given_up_unseen_goes_to_the_new_channel_when_it_is_queued_again(
    server: House,
) -> None:
    await judge(server, "a")
    [post] = await server.posts.claim()
    await server.posts.park(post.id, "The channel does not exist.", is_certainly_unsent=True)
    await choose(server)
    assert await places(server) == [(OLD, "parked")]
    await server.operations.requeue()
    assert await server.posts.claim() == ()
    assert [one.destination.channel_id for one in await server.show_posts()] == [NEW]


@on_postgres
async def test_a_channel_that_closes_waits_for_no_deal_that_is_ending(server: House) -> None:
    await judge(server, "a")
    await judge(server, "b")
    async with server.db.write() as ending:
        await closings.close_posts(ending, 2, sold(80, 9, mint="b"), server.clock.now())
        async with asyncio.timeout(PATIENCE_S):
            await server.posts.channel_closed(GUILD, OLD, "It is gone.", tell=None)
        await closings.close_posts(ending, 1, sold(80, 10, mint="a"), server.clock.now())
    assert {state for _, state in await places(server)} == {"withdrawn"}


@on_postgres
async def test_who_saves_waits_for_who_judges_before_holding_a_policy(server: House) -> None:
    await server.guilds.change(GUILD, lambda now: msgspec.structs.replace(now, policy=STRICT), by=ADA)
    async with server.db.write() as judging:
        await guilds.hold_choices(judging)
        saving = asyncio.create_task(choose(server))
        async with asyncio.timeout(PATIENCE_S):
            await is_waited_for(server)
            await policies.ask(judging, policy_hash(STRICT), server.clock.now())
    await saving
