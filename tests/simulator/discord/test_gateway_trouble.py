"""Trouble at the gateway, seen from both ends: lost acks, repeated events, new sessions, several shards."""

import asyncio
from typing import Any

import discord
import pytest

from core.simulator.discord.population import DEALS_ID, GUILD_ID, TOM_ID, WES_ID
from core.simulator.discord.sessions import Session
from core.simulator.faults import GATEWAY, FaultKind
from tests.simulator.discord.conftest import PATIENCE_S, TOKEN, Bot, LookAlike, StartBot


class QuickBot(Bot):
    """Logs in again without the pause that Discord asks for between identifies."""

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        return


class ShardedBot(QuickBot, discord.AutoShardedClient):
    """As many shards as `gateway/bot` says."""


def only_session(look_alike: LookAlike) -> Session:
    (session,) = look_alike.world.sessions.all()
    return session


async def test_a_client_that_gets_no_acks_comes_back_and_misses_nothing(
    look_alike: LookAlike, start_bot: StartBot
) -> None:
    look_alike.world.heartbeat_s = 0.8
    bot = await start_bot(Bot(heartbeat_timeout=0.9))
    before, connection = only_session(look_alike), only_session(look_alike).connection
    fault = look_alike.faults.add(GATEWAY, FaultKind.LOST_ACK, times=None)
    await asyncio.wait_for(bot.resumed.wait(), PATIENCE_S)
    look_alike.faults.clear()
    assert fault.hits >= 1
    assert only_session(look_alike) is before
    assert before.connection is not connection
    sent = look_alike.world.people.write(TOM_ID, DEALS_ID, "still there?")
    assert (await bot.next_message()).id == sent.id


async def test_a_client_whose_heart_beats_is_kept_for_longer_than_a_silent_one(
    look_alike: LookAlike,
) -> None:
    look_alike.world.heartbeat_s = 0.4
    now = asyncio.get_running_loop().time
    async with look_alike.http.ws_connect(f"{look_alike.url}/gateway?v=10&encoding=json") as socket:
        begun = now()
        assert (await socket.receive_json())["op"] == 10
        while now() - begun < 2 * look_alike.world.heartbeat_s:
            await socket.send_json({"op": 1, "d": None})
            assert (await socket.receive_json())["op"] == 11
            await asyncio.sleep(0.05)


async def test_an_event_that_is_sent_twice_arrives_twice_with_one_number(
    look_alike: LookAlike, bot: Bot
) -> None:
    session = only_session(look_alike)
    fault = look_alike.faults.add(f"{GATEWAY}:MESSAGE_CREATE", FaultKind.DUPLICATE)
    before = session.sequence
    sent = look_alike.world.people.write(TOM_ID, DEALS_ID, "twice")
    assert [(await bot.next_message()).id for _ in range(2)] == [sent.id, sent.id]
    assert (session.sequence, fault.hits) == (before + 1, 1)
    once = look_alike.world.people.write(TOM_ID, DEALS_ID, "once")
    assert (await bot.next_message()).id == once.id
    assert len(bot.seen) == 3


async def test_a_fault_of_events_leaves_requests_and_connections_alone(
    look_alike: LookAlike, start_bot: StartBot
) -> None:
    faults = [look_alike.faults.add("discord", kind) for kind in (FaultKind.DUPLICATE, FaultKind.LOST_ACK)]
    status, _ = await look_alike.api("GET", "/users/@me")
    assert status == 200
    assert [fault.hits for fault in faults] == [0, 0]


async def test_an_invalid_session_makes_the_client_identify_again(
    look_alike: LookAlike, start_bot: StartBot
) -> None:
    bot = await start_bot(QuickBot())
    before = only_session(look_alike)
    look_alike.world.sessions.invalidate(is_resumable=False)
    await look_alike.world.watchers.until(lambda: look_alike.world.sessions.starts == 2)
    after = only_session(look_alike)
    assert after is not before
    sent = look_alike.world.people.write(TOM_ID, DEALS_ID, "to the new one")
    assert (await bot.next_message()).id == sent.id
    assert (bot.connects, bot.resumed.is_set()) == (2, False)


async def test_a_resumable_invalid_session_and_a_reconnect_keep_the_session(
    look_alike: LookAlike, bot: Bot
) -> None:
    before = only_session(look_alike)
    for trouble in ("invalidate_resumable", "reconnect"):
        bot.resumed.clear()
        assert (await look_alike.control("POST", "/discord/gateway", json={"do": trouble}))["done"]
        await asyncio.wait_for(bot.resumed.wait(), PATIENCE_S)
        assert only_session(look_alike) is before
    assert (bot.connects, look_alike.world.sessions.starts) == (1, 1)


async def test_each_shard_gets_what_is_its_own(look_alike: LookAlike, start_bot: StartBot) -> None:
    look_alike.world.shards = 2
    bot = await start_bot(ShardedBot())
    assert bot.shard_count == 2
    assert {session.shard for session in look_alike.world.sessions.all()} == {(0, 2), (1, 2)}
    guild = bot.get_guild(GUILD_ID)
    assert guild is not None
    assert guild.shard_id == (GUILD_ID >> 22) % 2
    private = look_alike.world.private_channel(WES_ID)
    sent = [
        look_alike.world.people.write(TOM_ID, DEALS_ID, "in the guild"),
        look_alike.world.people.write(WES_ID, private.id, "in private"),
    ]
    got = {(await bot.next_message()).id for _ in sent}
    assert got == {message.id for message in sent}
    assert len(bot.seen) == 2


async def test_unknown_intents_end_the_client_with_4013(look_alike: LookAlike, start_bot: StartBot) -> None:
    intents = discord.Intents.default()
    intents.value |= 1 << 40
    with pytest.raises(discord.ConnectionClosed) as closed:
        await start_bot(Bot(intents))
    assert closed.value.code == 4013
    assert look_alike.world.sessions.all() == []


async def identify(look_alike: LookAlike, shard: list[int]) -> tuple[Any, Any]:
    async with look_alike.http.ws_connect(f"{look_alike.url}/gateway?v=10&encoding=json") as socket:
        await socket.receive_json()
        await socket.send_json({"op": 2, "d": {"token": TOKEN, "intents": 0, "shard": shard}})
        frame = await socket.receive_json()
        return frame["op"], frame["t"]


async def test_shards_of_one_bucket_may_not_identify_at_once(look_alike: LookAlike) -> None:
    look_alike.world.identify_gap_s = 60
    look_alike.world.max_concurrency = 2
    assert await identify(look_alike, [0, 4]) == (0, "READY")
    assert await identify(look_alike, [1, 4]) == (0, "READY")
    assert await identify(look_alike, [2, 4]) == (9, None)
    assert look_alike.world.identifies_left == 998


async def test_the_starts_that_are_left_can_be_set_from_outside(look_alike: LookAlike) -> None:
    await look_alike.control("POST", "/discord/gateway", json={"do": "allow_starts", "count": 40})
    look_alike.world.shards, look_alike.world.max_concurrency = 3, 16
    _, told = await look_alike.api("GET", "/gateway/bot")
    assert told["shards"] == 3
    assert told["session_start_limit"] | {"reset_after": 0} == {
        "total": 1000,
        "remaining": 40,
        "reset_after": 0,
        "max_concurrency": 16,
    }
