"""Requests that make no sense: every one is refused in words, none breaks the look-alike."""

from typing import Any

import pytest

from core.simulator.discord.population import BOT_ID, DEALS_ID, TOM_ID
from tests.simulator.discord.conftest import LookAlike

MESSAGES = f"/channels/{DEALS_ID}/messages"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/channels/five", "channel_id"),
        ("/channels/\N{SUPERSCRIPT TWO}", "channel_id"),
        (f"/channels/{10**30}", "channel_id"),
        (f"{MESSAGES}/-1", "message_id"),
        (f"{MESSAGES}?before=x", "before"),
        (f"{MESSAGES}?after=-1", "after"),
        (f"{MESSAGES}?limit=\N{SUPERSCRIPT TWO}", "limit"),
        ("/users/@you", "user_id"),
        ("/users/@me/guilds?limit=201", "limit"),
    ],
)
async def test_an_id_or_a_number_that_is_none_is_named(look_alike: LookAlike, path: str, place: str) -> None:
    status, body = await look_alike.api("GET", path)
    assert (status, body["code"], list(body["errors"])) == (400, 50035, [place])


@pytest.mark.parametrize(
    ("recipient", "answer"),
    [("5", (404, 10013)), ("x", (400, 50035)), (None, (400, 50035)), ([], (400, 50035))],
)
async def test_only_people_are_talked_to_in_private(
    look_alike: LookAlike, recipient: Any, answer: tuple[int, int]
) -> None:
    status, body = await look_alike.api("POST", "/users/@me/channels", json={"recipient_id": recipient})
    assert (status, body["code"]) == answer


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_method_that_a_route_does_not_know_is_not_found(look_alike: LookAlike, method: str) -> None:
    status, body = await look_alike.api(method, "/gateway/bot")
    assert (status, body) == (404, {"message": "404: Not Found", "code": 0})


@pytest.mark.parametrize(
    "authorization", ["", "Bot", "Bot wrong", "Bearer test-bot-token", "test-bot-token", "Basic \u00b2"]
)
async def test_without_the_bots_own_token_everything_is_401(
    look_alike: LookAlike, authorization: str
) -> None:
    headers = {"Authorization": authorization}
    for method, path in (
        ("GET", "/gateway/bot"),
        ("POST", MESSAGES),
        ("PUT", f"/applications/{BOT_ID}/commands"),
    ):
        status, body = await look_alike.api(method, path, headers=headers, json=[])
        assert (status, body) == (401, {"message": "401: Unauthorized", "code": 0})


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"5", b'{"target": "x"}', b'{"target": "x", "kind": "nonsense"}'),
        *(b'{"target": "x", "kind": "latency", "seconds": "1"}', b'{"target": 5, "kind": "latency"}'),
        *(
            b'{"target": "x", "kind": "status", "status": 9999}',
            b'{"target": "x", "kind": "html", "times": 0}',
        ),
    ],
)
async def test_a_fault_that_makes_no_sense_is_not_put_on_the_menu(look_alike: LookAlike, body: bytes) -> None:
    assert "error" in await look_alike.control("POST", "/faults", data=body)
    assert look_alike.faults.all() == []


async def test_strikes_are_counted_in_numbers(look_alike: LookAlike) -> None:
    fault = look_alike.faults.add("discord", "latency")
    assert "error" in await look_alike.control("GET", f"/faults/{fault.id}/hit?count=x")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/discord/gateway", {"do": "nonsense"}),
        ("/discord/gateway", {"do": "allow_starts", "count": "many"}),
        ("/discord/messages", {"person": str(TOM_ID)}),
        ("/discord/messages", {"person": str(TOM_ID), "channel": str(DEALS_ID), "content": "x" * 2001}),
        ("/discord/private", {"person": "5"}),
        ("/discord/interactions", []),
    ],
)
async def test_a_wish_that_makes_no_sense_is_answered_with_a_sentence(
    look_alike: LookAlike, path: str, body: Any
) -> None:
    assert "error" in await look_alike.control("POST", path, json=body)
