"""Posts that nobody saw follow their server's settings to another channel; one message, never twice."""

from typing import Any

import pytest

from core.domain.deals import DealTier
from core.domain.notices import NoticePost
from core.domain.posts import Destination, PostState
from core.errors import InvalidInput
from core.services.moves import MOVED_MAX
from tests.services.house import GUILD, House
from tests.services.moving import (
    ADA,
    GOLD_PRICE,
    INFO_PRICE,
    NEW,
    ODD_PRICE,
    OLD,
    OTHER,
    TRACE,
    a_wish,
    choose,
    judge,
    places,
    rows,
    to,
    want,
)
from tests.services.reports import at, sold
from tests.services.wallets import follow, whales

pytestmark = pytest.mark.slow

NOTICE = NoticePost("I cannot tell about wallets any more", "Mend it.")


@pytest.fixture
async def server(house: House) -> House:
    await house.join()
    return house


async def test_a_deal_that_waits_goes_to_the_new_channel_and_is_shown_there_once(server: House) -> None:
    await judge(server, "a")
    await choose(server)
    assert await places(server) == [(NEW, "wanted")]
    [post] = await server.show_posts()
    assert (post.destination, post.nonce) == (Destination(NEW, GUILD), (await rows(server))[0].nonce)
    server.pass_time(100)
    assert await server.posts.claim() == ()


async def test_a_post_that_may_have_been_sent_stays_where_it_may_be(server: House) -> None:
    await judge(server, "a")
    [tried] = await server.posts.claim()
    await choose(server)
    await server.posts.failed(tried.id, "no answer")
    server.pass_time(10)
    [again] = await server.posts.claim()
    assert again.destination.channel_id == OLD
    await server.posts.shown(again.id, rev=1, message_id=9, sent_at=at(10))
    assert await places(server) == [(OLD, "shown")]


async def test_a_shown_post_is_edited_where_it_stands(server: House) -> None:
    await judge(server, "a")
    await server.show_posts()
    await choose(server)
    await server.tell(sold(80, 10, mint="a"))
    assert await places(server) == [(OLD, "wanted")]
    [edit] = await server.show_posts()
    assert (edit.destination.channel_id, edit.message_id) == (OLD, 1_001)


async def test_each_tier_goes_to_the_channel_that_the_settings_name_for_it(server: House) -> None:
    await choose(server, OLD, trace_channel_id=TRACE)
    for mint, price in (("gold", GOLD_PRICE), ("info", INFO_PRICE), ("odd", ODD_PRICE)):
        await judge(server, mint, price)
    await choose(server, NEW, tier_channels={DealTier.INFO: OTHER}, trace_channel_id=None)
    assert await places(server) == [(NEW, "wanted"), (OTHER, "wanted"), (TRACE, "withdrawn")]


async def test_what_no_channel_is_named_for_is_withdrawn(server: House) -> None:
    await judge(server, "gold")
    await judge(server, "info", INFO_PRICE)
    await choose(server, OLD, tiers_hidden=(DealTier.INFO,))
    assert await places(server) == [(OLD, "wanted"), (OLD, "withdrawn")]
    await choose(server, None)
    assert await places(server) == [(OLD, "withdrawn"), (OLD, "withdrawn")]
    await choose(server, NEW)
    assert await server.posts.claim() == ()


async def test_drafts_and_undo_move_posts_as_well(server: House) -> None:
    await judge(server, "a")
    await server.guilds.edit_draft(GUILD, ADA, to(NEW))
    assert await places(server) == [(OLD, "wanted")]
    guild = await server.guilds.save_draft(GUILD, ADA)
    assert await places(server) == [(NEW, "wanted")]
    await server.guilds.undo(GUILD, guild.settings_n, by=ADA)
    assert await places(server) == [(OLD, "wanted")]


async def test_settings_that_are_refused_move_nothing(server: House) -> None:
    await judge(server, "a")
    with pytest.raises(InvalidInput):
        await choose(server, -5)
    assert await places(server) == [(OLD, "wanted")]


async def test_posts_of_other_servers_stay(server: House) -> None:
    await server.join(51)
    await judge(server, "a")
    await choose(server)
    assert sorted((row.guild_id, row.channel_id) for row in await rows(server)) == [(GUILD, NEW), (51, OLD)]


async def test_a_post_that_was_put_off_is_tried_from_the_beginning_in_its_new_channel(server: House) -> None:
    await judge(server, "a")
    [post] = await server.posts.claim()
    await server.posts.failed(post.id, "Discord asks to wait", retry_after_s=600, is_certainly_unsent=True)
    assert await server.posts.claim() == ()
    await choose(server)
    [moved] = await server.posts.claim()
    assert (moved.destination.channel_id, moved.attempts, moved.maybe_sent) == (NEW, 1, 1)


async def test_however_many_wait_saving_moves_a_bounded_number_and_the_rest_follow(server: House) -> None:
    await want(server, *(a_wish(f"deal:{n}") for n in range(MOVED_MAX + 20)))
    await choose(server)
    assert [channel for channel, _ in await places(server)] == [NEW] * MOVED_MAX + [OLD] * 20
    shown = 0
    for _ in range(8):
        shown += len(await server.show_posts())
    assert shown == MOVED_MAX + 20
    assert set(await places(server)) == {(NEW, "shown")}


async def test_the_trace_of_a_price_that_cannot_be_meant_follows_the_trace_channel(server: House) -> None:
    await choose(server, OLD, trace_channel_id=TRACE)
    await judge(server, "typo", 0.1)
    [trace] = await rows(server)
    assert (trace.purpose, trace.channel_id) == ("trace", TRACE)
    await choose(server, OLD, trace_channel_id=OTHER)
    assert (OTHER, "wanted") in await places(server)
    await choose(server, OLD, trace_channel_id=None)
    assert (OTHER, "withdrawn") in await places(server)


async def test_a_notice_of_a_pause_is_withdrawn_when_saving_ends_the_pause(server: House) -> None:
    tell = Destination(TRACE, GUILD)
    await server.posts.channel_closed(GUILD, OLD, "I may not post there.", tell=tell)
    await server.guilds.resume(GUILD, by=ADA)
    assert await places(server) == [(TRACE, "withdrawn")]
    await server.posts.channel_closed(GUILD, OLD, "I may not post there.", tell=tell)
    [_, (_, state)] = await places(server)
    assert state == PostState.WANTED


@pytest.mark.parametrize(
    ("chosen", "goes_to"),
    [({"trace_channel_id": OTHER}, OTHER), ({"trace_channel_id": None}, TRACE)],
)
async def test_another_notice_goes_to_the_new_trace_channel_or_stays(
    server: House, chosen: dict[str, Any], goes_to: int
) -> None:
    await choose(server, OLD, trace_channel_id=TRACE)
    await want(server, a_wish("follow-pause:9:1", NOTICE, TRACE))
    await choose(server, OLD, **chosen)
    assert await places(server) == [(goes_to, "wanted")]


async def test_a_notice_in_a_channel_that_the_settings_never_named_stays(server: House) -> None:
    await want(server, a_wish("follow-pause:9:1", NOTICE, 8_888))
    await choose(server, NEW, trace_channel_id=TRACE)
    assert await places(server) == [(8_888, "wanted")]


async def test_a_call_that_moved_is_not_posted_a_second_time(server: House) -> None:
    await judge(server, "a")
    await choose(server)
    await server.revalue(1)
    assert await places(server) == [(NEW, "wanted")]


async def test_what_somebody_asked_for_in_a_channel_stays_there(server: House) -> None:
    await follow(server, channel_id=OLD)
    await server.tell(whales())
    await choose(server)
    assert [(row.purpose, row.channel_id) for row in await rows(server)] == [("follow", OLD)]


async def test_a_server_whose_settings_are_saved_again_and_again_moves_nothing(server: House) -> None:
    await judge(server, "a")
    [before] = await rows(server)
    for _ in range(3):
        await server.guilds.resume(GUILD, by=ADA)
    assert await rows(server) == [before]
