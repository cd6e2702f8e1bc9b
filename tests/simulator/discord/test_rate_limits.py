"""Rate limits at Discord's own strictness: what the headers say, and that the real client waits."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import discord
import pytest

from core.simulator.discord.interactions import Interaction, Kind, State
from core.simulator.discord.population import ADA_ID, BOT_ID, DEALS_ID, GENERAL_ID, GUILD_ID, TOM_ID
from core.simulator.discord.ratelimits import GLOBAL, RateLimits
from core.simulator.discord.world import system_now
from tests.simulator.discord.conftest import TOKEN, Bot, LookAlike, StartBot

pytestmark = pytest.mark.slow

MESSAGES = "/channels/{channel_id}/messages"
POSTS = f"/channels/{DEALS_ID}/messages"


def be_strict(look_alike: LookAlike) -> None:
    look_alike.world.rates = RateLimits(system_now, 1)


async def ask(look_alike: LookAlike, method: str, path: str, **options: Any) -> tuple[int, Any, Any]:
    """Status, headers and JSON."""
    headers = {"Authorization": f"Bot {TOKEN}"}
    url = f"{look_alike.url}/api/v10{path}"
    async with look_alike.http.request(method, url, headers=headers, **options) as answer:
        return answer.status, answer.headers, await answer.json()


async def test_the_client_reads_the_headers_and_waits_so_that_nothing_is_refused_or_lost(
    look_alike: LookAlike, bot: Bot
) -> None:
    sent = [await bot.channel(DEALS_ID).send(str(number)) for number in range(8)]
    be_strict(look_alike)
    await asyncio.gather(*(message.delete() for message in sent))
    assert look_alike.world.messages.all_in(DEALS_ID) == []
    deleted = look_alike.world.ledger.requests("DELETE", f"{MESSAGES}/{{message_id}}")
    assert [asked.status for asked in deleted] == [204] * 8
    assert (deleted[-1].at - deleted[0].at).total_seconds() > 0.5


async def test_a_client_that_was_refused_comes_back_until_everything_has_arrived(
    look_alike: LookAlike, bot: Bot
) -> None:
    sent = [await bot.channel(DEALS_ID).send(str(number)) for number in range(4)]
    be_strict(look_alike)
    for _ in range(5):  # somebody else with the same token has used up the window
        await ask_to_delete_nothing(look_alike)
    await asyncio.gather(*(message.delete() for message in sent))
    assert look_alike.world.messages.all_in(DEALS_ID) == []
    statuses = [asked.status for asked in look_alike.world.ledger.requests("DELETE")]
    assert statuses.count(204) == 4
    assert 429 in statuses


async def ask_to_delete_nothing(look_alike: LookAlike) -> None:
    assert (await look_alike.api("DELETE", f"{POSTS}/1"))[0] == 404


async def test_the_headers_count_down_and_name_the_bucket(look_alike: LookAlike) -> None:
    be_strict(look_alike)
    heard = [(await ask(look_alike, "POST", POSTS, json={"content": "x"}))[1] for _ in range(5)]
    assert [headers["X-RateLimit-Remaining"] for headers in heard] == ["4", "3", "2", "1", "0"]
    assert {headers["X-RateLimit-Limit"] for headers in heard} == {"5"}
    assert len({headers["X-RateLimit-Bucket"] for headers in heard}) == 1
    assert 0 < float(heard[-1]["X-RateLimit-Reset-After"]) <= 5
    assert abs(float(heard[-1]["X-RateLimit-Reset"]) - system_now().timestamp()) <= 6


async def test_a_full_bucket_is_a_429_with_a_time_and_a_scope(look_alike: LookAlike) -> None:
    be_strict(look_alike)
    for _ in range(5):
        await ask(look_alike, "POST", POSTS, json={"content": "x"})
    status, headers, body = await ask(look_alike, "POST", POSTS, json={"content": "x"})
    assert (status, body["global"], body["message"]) == (429, False, "You are being rate limited.")
    assert 0 < body["retry_after"] <= 5
    assert headers["X-RateLimit-Scope"] == "user"
    assert headers["X-RateLimit-Remaining"] == "0"
    assert int(headers["Retry-After"]) >= body["retry_after"]
    assert "X-RateLimit-Global" not in headers
    assert len(look_alike.world.messages.all_in(DEALS_ID)) == 5


async def test_each_channel_and_each_method_has_a_bucket_of_its_own(look_alike: LookAlike) -> None:
    be_strict(look_alike)
    for _ in range(6):
        status, _, _ = await ask(look_alike, "POST", POSTS, json={"content": "x"})
    assert status == 429
    elsewhere = await ask(look_alike, "POST", f"/channels/{GENERAL_ID}/messages", json={"content": "x"})
    reading = await ask(look_alike, "GET", POSTS)
    assert (elsewhere[0], reading[0]) == (200, 200)


PATHS = [f"/users/{ADA_ID}", f"/users/{TOM_ID}", f"/guilds/{GUILD_ID}", "/users/@me", "/gateway/bot"]


async def test_everything_together_has_a_limit_with_its_own_headers(look_alike: LookAlike) -> None:
    be_strict(look_alike)
    answers = [await ask(look_alike, "GET", PATHS[number % len(PATHS)]) for number in range(3 * GLOBAL[0])]
    refused = [(headers, body) for status, headers, body in answers if status == 429]
    assert {status for status, _, _ in answers[: GLOBAL[0]]} == {200}
    headers, body = refused[0]
    assert (body["global"], headers["X-RateLimit-Scope"]) == (True, "global")
    assert headers["X-RateLimit-Global"] == "true"
    assert "X-RateLimit-Bucket" not in headers


async def test_interactions_are_answered_when_everything_else_is_refused(
    look_alike: LookAlike, start_bot: StartBot
) -> None:
    bot = Bot()

    @bot.tree.command(description="d")
    async def hello(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("hello")
        await interaction.followup.send("again")

    await start_bot(bot)
    be_strict(look_alike)
    spent = [await ask(look_alike, "GET", PATHS[number % len(PATHS)]) for number in range(2 * GLOBAL[0])]
    assert 429 in {status for status, _, _ in spent}
    outcome = await look_alike.world.people.run_command(TOM_ID, DEALS_ID, "hello")
    await look_alike.world.watchers.until(lambda: bool(outcome.followups))
    callbacks = look_alike.world.ledger.requests("POST", "/interactions/{interaction_id}/{token}/callback")
    assert [asked.status for asked in callbacks] == [200]


async def test_each_interaction_has_a_bucket_for_what_follows_and_none_counts_towards_everything(
    look_alike: LookAlike,
) -> None:
    now = system_now()
    look_alike.world.rates = RateLimits(lambda: now, 1)  # no window ends meanwhile
    for number in range(GLOBAL[0]):
        assert (await ask(look_alike, "GET", PATHS[number % len(PATHS)]))[0] == 200
    paths = [f"/webhooks/{BOT_ID}/{answered(look_alike)}" for _ in "ab"]
    first = [await ask(look_alike, "POST", paths[0], json={"content": "x"}) for _ in range(6)]
    assert [status for status, _, _ in first] == [200] * 5 + [429]
    assert first[0][1]["X-RateLimit-Limit"] == "5"
    assert (first[-1][2]["global"], first[-1][2]["retry_after"] <= 2) == (False, True)
    assert (await ask(look_alike, "POST", paths[1], json={"content": "x"}))[0] == 200
    assert (await ask(look_alike, "GET", PATHS[0]))[0] == 429


def answered(look_alike: LookAlike) -> str:
    """The token of an interaction that has had its first answer."""
    world = look_alike.world
    tom, channel = world.users[TOM_ID], world.channel(DEALS_ID)
    asked = Interaction(world.snowflakes.next(), Kind.COMMAND, tom, channel, world.now())
    asked.settle(State.ANSWERED)
    world.interactions.add(asked)
    return asked.token


async def test_a_first_answer_has_no_limit_and_names_no_bucket(look_alike: LookAlike) -> None:
    _, headers, _ = await ask(look_alike, "POST", "/interactions/1/wrong/callback", json={"type": 5})
    assert not [name for name in headers if name.startswith("X-RateLimit")]


@pytest.mark.parametrize("count", [2 * GLOBAL[0]])
async def test_the_client_survives_the_global_limit(look_alike: LookAlike, bot: Bot, count: int) -> None:
    be_strict(look_alike)
    asking: list[Awaitable[object]] = []
    for _ in range(count // 2):
        asking += [bot.fetch_user(ADA_ID), bot.fetch_guild(GUILD_ID)]
    assert len(await asyncio.gather(*asking)) == count
