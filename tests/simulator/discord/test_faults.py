"""The fault menu at the Discord routes, felt by the real client."""

import asyncio
import json

import aiohttp
import discord
import pytest

from core.simulator.breakage import with_wrong_types
from core.simulator.discord.population import DEALS_ID, TOM_ID
from core.simulator.faults import GATEWAY, FaultKind
from tests.simulator.discord.conftest import PATIENCE_S, Bot, LookAlike, StartBot

POST = "discord:POST /channels/{id}/messages"
PATH = f"/channels/{DEALS_ID}/messages"


async def test_a_post_whose_answer_was_lost_can_be_repeated_with_its_nonce(
    look_alike: LookAlike, bot: Bot
) -> None:
    fault = look_alike.faults.add(POST, FaultKind.RESET_AFTER)
    with pytest.raises(aiohttp.ClientError):
        await bot.channel(DEALS_ID).send("once", nonce="deal-1")
    again = await bot.channel(DEALS_ID).send("once", nonce="deal-1")
    assert [message.id for message in look_alike.world.messages.all_in(DEALS_ID)] == [again.id]
    assert fault.hits == 1


async def test_a_connection_reset_before_the_effect_leaves_nothing(look_alike: LookAlike, bot: Bot) -> None:
    look_alike.faults.add(POST, FaultKind.RESET_BEFORE)
    with pytest.raises(aiohttp.ClientError):
        await bot.channel(DEALS_ID).send("once")
    assert look_alike.world.messages.all_in(DEALS_ID) == []


async def test_a_held_answer_comes_after_release_and_the_effect_before(
    look_alike: LookAlike, bot: Bot
) -> None:
    fault = look_alike.faults.add(POST, FaultKind.HOLD_AFTER)
    sending = asyncio.create_task(bot.channel(DEALS_ID).send("held"))
    await asyncio.wait_for(fault.hit(), PATIENCE_S)
    (stored,) = look_alike.world.messages.all_in(DEALS_ID)
    assert not sending.done()
    look_alike.faults.remove(fault.id)
    assert (await sending).id == stored.id


async def test_a_request_held_before_its_effect_takes_effect_on_release(
    look_alike: LookAlike, bot: Bot
) -> None:
    fault = look_alike.faults.add(POST, FaultKind.HOLD_BEFORE)
    sending = asyncio.create_task(bot.channel(DEALS_ID).send("held"))
    await asyncio.wait_for(fault.hit(), PATIENCE_S)
    assert look_alike.world.messages.all_in(DEALS_ID) == []
    look_alike.faults.clear()
    assert (await sending).content == "held"


async def test_a_rate_limit_is_waited_out_by_the_client(look_alike: LookAlike, bot: Bot) -> None:
    fault = look_alike.faults.add(POST, FaultKind.RATE_LIMIT, seconds=0.01, times=2)
    assert (await bot.channel(DEALS_ID).send("patient")).content == "patient"
    assert fault.hits == 2


@pytest.mark.parametrize("status", [403, 503])
async def test_a_status_is_answered_instead(look_alike: LookAlike, bot: Bot, status: int) -> None:
    look_alike.faults.add(POST, FaultKind.STATUS, status=status)
    with pytest.raises(discord.HTTPException) as refused:
        await bot.channel(DEALS_ID).send("x")
    assert refused.value.status == status
    assert look_alike.world.messages.all_in(DEALS_ID) == []


async def test_a_page_of_html_is_not_taken_for_an_answer(look_alike: LookAlike) -> None:
    look_alike.faults.add(POST, FaultKind.HTML, status=403)
    assert await look_alike.api("POST", PATH, json={"content": "x"}) == (403, None)


async def test_a_truncated_answer_is_half_an_answer(look_alike: LookAlike) -> None:
    look_alike.faults.add(POST, FaultKind.TRUNCATE)
    with pytest.raises(json.JSONDecodeError):
        await look_alike.api("POST", PATH, json={"content": "x"})
    assert len(look_alike.world.messages.all_in(DEALS_ID)) == 1


async def test_wrong_types_keep_the_shape(look_alike: LookAlike) -> None:
    look_alike.faults.add(POST, FaultKind.WRONG_TYPES)
    _, body = await look_alike.api("POST", PATH, json={"content": "x"})
    assert (body["content"], body["flags"], body["edited_timestamp"]) == (["x"], "0", 0)


def test_wrong_types_reach_every_depth() -> None:
    assert with_wrong_types({"a": [1, {"b": None}], "c": True}) == {"a": ["1", {"b": 0}], "c": "True"}


async def test_a_request_that_is_never_answered_ends_when_released(look_alike: LookAlike) -> None:
    fault = look_alike.faults.add(POST, FaultKind.TIMEOUT)
    asking = asyncio.create_task(look_alike.api("POST", PATH, json={"content": "x"}))
    await asyncio.wait_for(fault.hit(), PATIENCE_S)
    look_alike.faults.remove(fault.id)
    with pytest.raises(aiohttp.ClientError):
        await asking
    assert look_alike.world.messages.all_in(DEALS_ID) == []


async def test_latency_delays_and_then_answers(look_alike: LookAlike) -> None:
    fault = look_alike.faults.add(POST, FaultKind.LATENCY, seconds=0.01)
    assert (await look_alike.api("POST", PATH, json={"content": "x"}))[0] == 200
    assert fault.hits == 1


async def test_the_gateway_can_refuse_a_client_until_the_fault_is_used_up(
    look_alike: LookAlike, start_bot: StartBot
) -> None:
    # aiohttp repeats a GET once by itself, so that two resets are one refusal.
    fault = look_alike.faults.add(GATEWAY, FaultKind.RESET_BEFORE, times=2)
    with pytest.raises(aiohttp.ClientError):
        await look_alike.http.ws_connect(f"{look_alike.url}/gateway")
    await start_bot()
    assert fault.hits == 2


async def test_a_fault_strikes_as_often_as_it_was_asked_to(look_alike: LookAlike) -> None:
    look_alike.faults.add("discord", FaultKind.STATUS, status=500, times=2)
    look_alike.faults.add("discord:GET *", FaultKind.STATUS, status=418, times=None)
    statuses = [(await look_alike.api("GET", "/users/@me"))[0] for _ in range(4)]
    assert statuses == [500, 500, 418, 418]


async def test_faults_are_added_listed_awaited_and_removed_from_outside(look_alike: LookAlike) -> None:
    body = {"target": POST, "kind": "hold_after", "times": 1}
    fault_id = (await look_alike.control("POST", "/faults", json=body))["id"]
    asking = asyncio.create_task(look_alike.api("POST", PATH, json={"content": "x"}))
    assert (await look_alike.control("GET", f"/faults/{fault_id}/hit"))["hits"] == 1
    (listed,) = (await look_alike.control("GET", "/faults"))["faults"]
    assert (listed["target"], listed["kind"], listed["hits"]) == (POST, "hold_after", 1)
    assert (await look_alike.control("DELETE", f"/faults/{fault_id}"))["removed"]
    assert (await asking)[0] == 200
    await look_alike.control("DELETE", "/faults")
    assert (await look_alike.control("GET", "/faults"))["faults"] == []
    assert "error" in await look_alike.control("POST", "/faults", json={"target": POST, "kind": "nonsense"})
    assert "error" in await look_alike.control("GET", "/faults/99/hit")


async def test_a_storm_of_requests_meets_real_buckets(look_alike: LookAlike) -> None:
    statuses = set()
    for _ in range(101):
        status, body = await look_alike.api("POST", PATH, json={"content": "x"})
        statuses.add(status)
    assert statuses == {200, 429}
    assert body["retry_after"] > 0
    assert not body["global"]
    look_alike.world.people.write(TOM_ID, DEALS_ID, "people are not limited")


async def test_every_answer_names_its_bucket_and_came_via_somebody(look_alike: LookAlike) -> None:
    headers = {"Authorization": f"Bot {look_alike.world.bot_token}"}
    async with look_alike.http.get(f"{look_alike.url}/api/v10{PATH}", headers=headers) as answer:
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Via"]
        assert int(answer.headers["X-RateLimit-Remaining"]) == int(answer.headers["X-RateLimit-Limit"]) - 1
        assert float(answer.headers["X-RateLimit-Reset-After"]) > 0
        assert answer.headers["X-RateLimit-Bucket"]
