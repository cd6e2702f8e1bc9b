"""Logging in: tokens, READY, the guild cache, intents, and other ways in."""

from typing import Any

import aiohttp
import discord
import pytest

from core.simulator.discord.population import BOT_ID, DEALS_ID, GUILD_ID, TRACE_ID
from core.simulator.discord.sessions import PRIVILEGED
from tests.simulator.discord.conftest import TOKEN, Bot, LookAlike, StartBot


async def test_the_client_logs_in_and_knows_itself(bot: Bot) -> None:
    assert bot.user is not None
    assert (bot.user.id, bot.user.name) == (BOT_ID, "cards-cartel")
    assert bot.application_id == BOT_ID


async def test_the_client_knows_the_guild_its_channels_roles_and_own_member(bot: Bot) -> None:
    guild = bot.get_guild(GUILD_ID)
    assert guild is not None
    assert {channel.name for channel in guild.text_channels} == {"deals", "general", "trace"}
    assert {role.name for role in guild.roles} >= {"Admin", "Trader", "Deal pings", "Cards Cartel"}
    assert guild.me.guild_permissions.embed_links
    assert not guild.me.guild_permissions.mention_everyone
    assert guild.member_count == 4
    assert bot.channel(TRACE_ID).permissions_for(guild.me).send_messages


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("limit=1", 1),
        (f"after={GUILD_ID - 1}", 1),
        (f"after={GUILD_ID}", 0),
        (f"before={GUILD_ID + 1}", 1),
        (f"before={GUILD_ID}", 0),
    ],
)
async def test_the_list_of_guilds_has_pages_and_counts_members_when_asked(
    look_alike: LookAlike, query: str, count: int
) -> None:
    status, listed = await look_alike.api("GET", f"/users/@me/guilds?with_counts=true&{query}")
    assert status == 200
    assert [guild["approximate_member_count"] for guild in listed] == [4] * count


async def test_a_wrong_token_is_refused_at_login(start_bot: StartBot) -> None:
    bot = Bot()
    with pytest.raises(discord.LoginFailure):
        await start_bot(bot, token="wrong")
    await bot.close()


async def test_a_token_that_is_revoked_before_the_gateway_closes_with_4004(
    look_alike: LookAlike, start_bot: StartBot
) -> None:
    bot = Bot()

    async def setup_hook() -> None:
        look_alike.world.bot_token = "another"

    bot.setup_hook = setup_hook  # type: ignore[method-assign]  # the client's own hook
    with pytest.raises(discord.ConnectionClosed) as closed:
        await start_bot(bot)
    assert closed.value.code == 4004


async def test_privileged_intents_must_be_enabled(look_alike: LookAlike, start_bot: StartBot) -> None:
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await start_bot(Bot(discord.Intents.all()))
    look_alike.world.privileged_intents = PRIVILEGED
    bot = await start_bot(Bot(discord.Intents.all()))
    guild = bot.get_guild(GUILD_ID)
    assert guild is not None
    assert {member.name for member in guild.members} == {"ada", "tom", "wes", "cards-cartel"}


async def test_unknown_intents_close_with_4013(look_alike: LookAlike) -> None:
    async with look_alike.http.ws_connect(f"{look_alike.url}/gateway?v=10&encoding=json") as socket:
        assert (await socket.receive_json())["op"] == 10
        await socket.send_json({"op": 2, "d": {"token": TOKEN, "intents": 1 << 40, "properties": {}}})
        closing = await socket.receive()
        assert (closing.type, closing.data) == (aiohttp.WSMsgType.CLOSE, 4013)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("nonsense", 4002),
        ('{"op": 3, "d": {}}', 4003),
        ('{"op": 2, "d": null}', 4002),
        ('{"op": 2, "d": {"token": "wrong", "intents": 1}}', 4004),
        ('{"op": 2, "d": {"token": "test-bot-token", "intents": 1, "shard": [2, 2]}}', 4010),
    ],
)
async def test_a_client_that_misbehaves_is_told_why(look_alike: LookAlike, frame: str, code: int) -> None:
    async with look_alike.http.ws_connect(f"{look_alike.url}/gateway?v=10&encoding=json") as socket:
        await socket.receive_json()
        await socket.send_str(frame)
        assert (await socket.receive()).data == code


@pytest.mark.parametrize(
    ("frame", "code"), [({"op": 2, "d": {}}, 4005), ({"op": 6, "d": {}}, 4005), ({"op": 77}, 4001)]
)
async def test_a_client_that_misbehaves_after_login_is_told_why(
    look_alike: LookAlike, frame: dict[str, Any], code: int
) -> None:
    async with look_alike.http.ws_connect(f"{look_alike.url}/gateway?v=10&encoding=json") as socket:
        await socket.receive_json()
        await socket.send_json({"op": 2, "d": {"token": TOKEN, "intents": 0}})
        assert (await socket.receive_json())["t"] == "READY"
        await socket.send_json(frame)
        assert (await socket.receive()).data == code


async def test_another_version_of_the_gateway_is_4012(look_alike: LookAlike) -> None:
    async with look_alike.http.ws_connect(f"{look_alike.url}/gateway?v=3") as socket:
        assert (await socket.receive()).data == 4012


async def test_a_client_that_talks_too_much_is_4008(look_alike: LookAlike) -> None:
    async with look_alike.http.ws_connect(f"{look_alike.url}/gateway?v=10") as socket:
        for _ in range(121):
            await socket.send_json({"op": 1, "d": None})
        heard = [await socket.receive() for _ in range(122)]
        assert heard[-1].data == 4008


async def test_a_day_has_only_so_many_identifies(look_alike: LookAlike) -> None:
    look_alike.world.identifies_left = 0
    async with look_alike.http.ws_connect(f"{look_alike.url}/gateway?v=10") as socket:
        await socket.receive_json()
        await socket.send_json({"op": 2, "d": {"token": TOKEN, "intents": 0}})
        refused = await socket.receive_json()
        assert (refused["op"], refused["d"]) == (9, False)


async def test_a_silent_client_is_closed_with_4009_and_loses_its_session(look_alike: LookAlike) -> None:
    look_alike.world.heartbeat_s = 0.02
    async with look_alike.http.ws_connect(f"{look_alike.url}/gateway?v=10&encoding=json") as socket:
        await socket.receive_json()
        await socket.send_json({"op": 2, "d": {"token": TOKEN, "intents": 1}})
        assert [(await socket.receive_json())["t"] for _ in range(2)] == ["READY", "GUILD_CREATE"]
        assert (await socket.receive()).data == 4009
    assert look_alike.world.sessions.all() == []


async def test_a_sharded_client_asks_where_to_go_and_gets_its_shard_back(start_bot: StartBot) -> None:
    class ShardedBot(Bot, discord.AutoShardedClient):
        """The sharded client reads `gateway/bot` first."""

    bot = await start_bot(ShardedBot())
    assert bot.get_guild(GUILD_ID) is not None
    assert bot.shard_count == 1


async def test_identifies_are_counted(look_alike: LookAlike, bot: Bot) -> None:
    _, limits = await look_alike.api("GET", "/gateway/bot")
    assert limits["session_start_limit"]["remaining"] == limits["session_start_limit"]["total"] - 1
    assert bot.channel(DEALS_ID).guild.id == GUILD_ID


async def test_rest_without_a_token_is_401_in_discords_words(look_alike: LookAlike) -> None:
    status, body = await look_alike.api("GET", "/users/@me", headers={"Authorization": ""})
    assert (status, body) == (401, {"message": "401: Unauthorized", "code": 0})


async def test_the_members_of_a_guild_can_be_asked_for_at_the_gateway(bot: Bot) -> None:
    guild = bot.get_guild(GUILD_ID)
    assert guild is not None
    found = await guild.query_members(query="to")
    assert [member.name for member in found] == ["tom"]
