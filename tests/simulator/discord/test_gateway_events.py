"""What the gateway sends to whom, what it does not understand, and clients that come back to another one."""

import asyncio
import json
from typing import Any

import aiohttp
import discord
import pytest

from core.simulator.discord.interactions import State
from core.simulator.discord.population import DEALS_ID, GUILD_ID, TOM_ID
from tests.simulator.discord.conftest import PATIENCE_S, TOKEN, Bot, LookAlike, StartBot

IDENTIFY: dict[str, Any] = {"op": 2, "d": {"token": TOKEN, "intents": 0}}


@pytest.mark.parametrize(
    ("intents", "heard"),
    [
        (discord.Intents(guilds=True, guild_messages=True), ["in the guild"]),
        (discord.Intents(guilds=True, dm_messages=True), ["in private"]),
        (discord.Intents(guilds=True), []),
    ],
)
async def test_only_messages_that_were_asked_for_are_sent(
    look_alike: LookAlike, start_bot: StartBot, intents: discord.Intents, heard: list[str]
) -> None:
    bot = await start_bot(Bot(intents))
    bot.event(_on_the_end(end := asyncio.Event()))
    private = await bot.create_dm(await bot.fetch_user(TOM_ID))
    await bot.get_partial_messageable(DEALS_ID).send("in the guild")
    await private.send("in private")
    look_alike.world.sessions.dispatch("THE_END", {}, guild_id=None)
    await asyncio.wait_for(end.wait(), PATIENCE_S)
    assert [message.content for message in bot.seen] == heard


def _on_the_end(told: asyncio.Event) -> Any:
    async def on_socket_event_type(event: str) -> None:
        if event == "THE_END":
            told.set()

    return on_socket_event_type


async def test_interactions_need_no_intent(look_alike: LookAlike, start_bot: StartBot) -> None:
    bot = Bot(discord.Intents.none())

    @bot.tree.command(description="d")
    async def hello(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("hello")

    await start_bot(bot)
    assert [guild.name for guild in bot.guilds] == [""]
    outcome = await look_alike.world.people.run_command(TOM_ID, DEALS_ID, "hello")
    assert outcome.state is State.ANSWERED


async def test_the_client_hears_of_edits_and_deletions(look_alike: LookAlike, bot: Bot) -> None:
    sent = await bot.channel(DEALS_ID).send("deal")
    edited = asyncio.ensure_future(bot.wait_for("raw_message_edit", timeout=PATIENCE_S))
    deleted = asyncio.ensure_future(bot.wait_for("raw_message_delete", timeout=PATIENCE_S))
    await asyncio.sleep(0)
    await sent.edit(content="sold")
    await sent.delete()
    change, end = await edited, await deleted
    assert (change.message_id, change.data["content"]) == (sent.id, "sold")
    assert (end.message_id, end.channel_id, end.guild_id) == (sent.id, DEALS_ID, GUILD_ID)


@pytest.mark.parametrize("code", [4000, 4002, 4008])
async def test_after_these_close_codes_the_client_resumes(look_alike: LookAlike, bot: Bot, code: int) -> None:
    (before,) = look_alike.world.sessions.all()
    assert before.connection is not None
    before.connection.close(code)
    await asyncio.wait_for(bot.resumed.wait(), PATIENCE_S)
    assert look_alike.world.sessions.all() == [before]
    assert look_alike.world.sessions.starts == 1


@pytest.mark.parametrize("code", [4010, 4011, 4012])
async def test_after_these_close_codes_the_client_gives_up(
    look_alike: LookAlike, start_bot: StartBot, code: int
) -> None:
    bot = Bot()
    await bot.login(TOKEN)
    connecting = asyncio.create_task(bot.connect())
    await asyncio.wait_for(bot.wait_until_ready(), PATIENCE_S)
    (session,) = look_alike.world.sessions.all()
    assert session.connection is not None
    session.connection.close(code)
    with pytest.raises(discord.ConnectionClosed) as closed:
        await asyncio.wait_for(connecting, PATIENCE_S)
    await bot.close()
    assert closed.value.code == code


async def test_a_shard_that_does_not_exist_ends_the_real_client_with_4010(start_bot: StartBot) -> None:
    with pytest.raises(discord.ConnectionClosed) as closed:
        await start_bot(Bot(shard_id=2, shard_count=2))
    assert closed.value.code == 4010


@pytest.mark.parametrize(
    "frame",
    [
        {"op": 8, "d": {}},
        {"op": 8, "d": None},
        {"op": 8, "d": {"guild_id": [], "query": 5}},
        {"op": 1, "d": "x" * 5000},
        {"d": 1},
    ],
)
async def test_what_makes_no_sense_after_login_is_4002(look_alike: LookAlike, frame: Any) -> None:
    assert await closed_by(look_alike, IDENTIFY, frame) == 4002


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"intents": "all"}, 4002),
        ({"intents": None}, 4013),
        ({"intents": -1}, 4013),
        ({"shard": "x"}, 4002),
        ({"shard": [0]}, 4002),
        ({"shard": [0, 0]}, 4010),
        ({"shard": [-1, 2]}, 4010),
        ({"token": 5}, 4002),
        ({"token": f"Bearer {TOKEN}"}, 4004),
    ],
)
async def test_a_login_that_makes_no_sense_says_why(look_alike: LookAlike, wrong: Any, code: int) -> None:
    assert await closed_by(look_alike, {"op": 2, "d": IDENTIFY["d"] | wrong}) == code
    assert look_alike.world.sessions.all() == []


@pytest.mark.parametrize(
    ("wrong", "code"), [({"seq": "x"}, 4002), ({"session_id": 5}, 4002), ({"token": "wrong"}, 4004)]
)
async def test_a_return_that_makes_no_sense_says_why(look_alike: LookAlike, wrong: Any, code: int) -> None:
    resume = {"token": TOKEN, "session_id": "s", "seq": 1} | wrong
    assert await closed_by(look_alike, {"op": 6, "d": resume}) == code


async def closed_by(look_alike: LookAlike, *frames: Any) -> int | None:
    """The close code that answers the last of these frames."""
    async with look_alike.http.ws_connect(f"{look_alike.url}/gateway?v=10&encoding=json") as socket:
        await socket.receive_json()
        for frame in frames[:-1]:
            await socket.send_json(frame)
            await socket.receive_json(timeout=PATIENCE_S)
        await socket.send_str(json.dumps(frames[-1]))
        end = await socket.receive(timeout=PATIENCE_S)
        return end.data if end.type is aiohttp.WSMsgType.CLOSE else None
