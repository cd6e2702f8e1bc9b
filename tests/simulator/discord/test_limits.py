"""Every size of messages that Discord validates: the largest that is accepted, the refusal of one more."""

import io
from typing import Any

import aiohttp
import discord
import pytest

from core.simulator.discord.limits import ATTACHMENT_BYTES
from core.simulator.discord.population import DEALS_ID
from tests.simulator.discord.conftest import Bot, LookAlike

Json = dict[str, Any]
MESSAGES = f"/channels/{DEALS_ID}/messages"


def code_at(body: Json, path: str) -> str | None:
    """The first error code at `embeds.0.title`, None when there is none."""
    node: Any = body.get("errors", {})
    for step in path.split("."):
        node = node.get(step, {})
    return str(node["_errors"][0]["code"]) if "_errors" in node else None


def embed(**parts: Any) -> Json:
    return {"embeds": [{"title": "t"} | parts]}


def button(**parts: Any) -> Json:
    return {"type": 2, "style": 1, "label": "b", "custom_id": "b"} | parts


def rows(*items: list[Json]) -> Json:
    return {"content": "c", "components": [{"type": 1, "components": list(row)} for row in items]}


def select(count: int, **parts: Any) -> Json:
    listed = [{"label": str(n), "value": str(n)} for n in range(count)]
    return {"type": 3, "custom_id": "s", "options": listed} | parts


def buttons(count: int) -> list[Json]:
    return [button(custom_id=f"b{number}") for number in range(count)]


LINK = {"type": 2, "style": 5, "label": "l", "url": "https://example.org/"}

MESSAGE_LIMITS = [
    ({"content": "x" * 2000}, {"content": "x" * 2001}, "content", "BASE_TYPE_MAX_LENGTH"),
    (
        {"content": "c", "nonce": "n" * 25},
        {"content": "c", "nonce": "n" * 26},
        "nonce",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (embed(title="x" * 256), embed(title="x" * 257), "embeds.0.title", "BASE_TYPE_MAX_LENGTH"),
    (
        embed(description="x" * 4096),
        embed(description="x" * 4097),
        "embeds.0.description",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        embed(footer={"text": "x" * 2048}),
        embed(footer={"text": "x" * 2049}),
        "embeds.0.footer.text",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        embed(author={"name": "x" * 256}),
        embed(author={"name": "x" * 257}),
        "embeds.0.author.name",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        embed(fields=[{"name": "n", "value": "v"}] * 25),
        embed(fields=[{"name": "n", "value": "v"}] * 26),
        "embeds.0.fields",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        embed(fields=[{"name": "x" * 256, "value": "v"}]),
        embed(fields=[{"name": "x" * 257, "value": "v"}]),
        "embeds.0.fields.0.name",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        embed(fields=[{"name": "n", "value": "x" * 1024}]),
        embed(fields=[{"name": "n", "value": "x" * 1025}]),
        "embeds.0.fields.0.value",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        embed(fields=[{"name": "n", "value": "v"}]),
        embed(fields=[{"name": "n", "value": ""}]),
        "embeds.0.fields.0.value",
        "BASE_TYPE_REQUIRED",
    ),
    (
        {"embeds": [{"description": "x" * 3000}] * 2},
        {"embeds": [{"description": "x" * 3000}] * 2 + [{"title": "x"}]},
        "embeds",
        "MAX_EMBED_SIZE_EXCEEDED",
    ),
    ({"embeds": [{"title": "t"}] * 10}, {"embeds": [{"title": "t"}] * 11}, "embeds", "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{"title": "t"}]}, {"embeds": [{}]}, "embeds.0.description", "BASE_TYPE_REQUIRED"),
    (
        embed(url="https://example.org"),
        embed(url="ftp://example.org"),
        "embeds.0.url",
        "URL_TYPE_INVALID_SCHEME",
    ),
    (
        embed(image={"url": "https://example.org/a"}),
        embed(image={"url": "no"}),
        "embeds.0.image.url",
        "URL_TYPE_INVALID_URL",
    ),
    (embed(color=0xFFFFFF), embed(color=0x1000000), "embeds.0.color", "NUMBER_TYPE_MAX"),
    (
        embed(timestamp="2024-01-01T00:00:00+00:00"),
        embed(timestamp="soon"),
        "embeds.0.timestamp",
        "DATE_TIME_TYPE_PARSE",
    ),
    (
        rows(*[[button(custom_id=f"r{n}")] for n in range(5)]),
        rows(*[[button(custom_id=f"r{n}")] for n in range(6)]),
        "components",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (rows(buttons(5)), rows(buttons(6)), "components.0.components", "BASE_TYPE_BAD_LENGTH"),
    (
        rows([button(label="x" * 80)]),
        rows([button(label="x" * 81)]),
        "components.0.components.0.label",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        rows([button(custom_id="x" * 100)]),
        rows([button(custom_id="x" * 101)]),
        "components.0.components.0.custom_id",
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        rows([button()]),
        rows([button(custom_id=None)]),
        "components.0.components.0.custom_id",
        "BASE_TYPE_REQUIRED",
    ),
    (
        rows(buttons(2)),
        rows([button(), button()]),
        "components.0.components.1.custom_id",
        "COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
    (
        rows([LINK]),
        rows([LINK | {"custom_id": "x"}]),
        "components.0.components.0.custom_id",
        "COMPONENT_CUSTOM_ID_AND_URL_SPECIFIED",
    ),
    (
        rows([LINK]),
        rows([LINK | {"url": "javascript:1"}]),
        "components.0.components.0.url",
        "URL_TYPE_INVALID_SCHEME",
    ),
    (
        rows([button(style=4)]),
        rows([button(style=9)]),
        "components.0.components.0.style",
        "BASE_TYPE_CHOICES",
    ),
    (
        rows([button(label=None, emoji={"name": "\N{MONEY BAG}"})]),
        rows([button(label=None)]),
        "components.0.components.0.label",
        "BUTTON_COMPONENT_LABEL_REQUIRED",
    ),
    (
        rows([select(25)]),
        rows([select(26)]),
        "components.0.components.0.options",
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        rows([select(1)], [button()]),
        rows([select(1), button()]),
        "components.0.components",
        "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
    ),
    (
        rows([select(1, placeholder="x" * 150)]),
        rows([select(1, placeholder="x" * 151)]),
        "components.0.components.0.placeholder",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        rows([select(25, max_values=25)]),
        rows([select(25, max_values=26)]),
        "components.0.components.0.max_values",
        "NUMBER_TYPE_MAX",
    ),
    (
        rows([select(2)]),
        rows([select(2, options=[{"label": "a", "value": "a"}] * 2)]),
        "components.0.components.0.options.1.value",
        "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
    ),
    (
        {"content": "c", "allowed_mentions": {"parse": ["users"]}},
        {"content": "c", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        "allowed_mentions",
        "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
    ),
]


@pytest.mark.parametrize(("largest", "too_much", "path", "code"), MESSAGE_LIMITS)
async def test_a_message_at_the_limit_is_posted_and_one_beyond_it_is_refused(
    look_alike: LookAlike, largest: Json, too_much: Json, path: str, code: str
) -> None:
    assert (await look_alike.api("POST", MESSAGES, json=largest))[0] == 200
    status, body = await look_alike.api("POST", MESSAGES, json=too_much)
    assert (status, body["code"], body["message"]) == (400, 50035, "Invalid Form Body")
    assert code_at(body, path) == code
    assert len(look_alike.world.messages.all_in(DEALS_ID)) == 1


async def test_an_empty_message_is_50006(look_alike: LookAlike) -> None:
    status, body = await look_alike.api("POST", MESSAGES, json={"content": ""})
    assert (status, body["code"]) == (400, 50006)


async def test_an_edit_is_held_to_the_same_limits(look_alike: LookAlike, bot: Bot) -> None:
    sent = await bot.channel(DEALS_ID).send("x")
    with pytest.raises(discord.HTTPException) as refused:
        await sent.edit(content="x" * 2001)
    assert refused.value.code == 50035
    with pytest.raises(discord.HTTPException) as emptied:
        await sent.edit(content=None)
    assert emptied.value.code == 50006


async def test_an_attachment_may_have_ten_mebibytes(look_alike: LookAlike, bot: Bot) -> None:
    largest = io.BytesIO(bytes(ATTACHMENT_BYTES))
    sent = await bot.channel(DEALS_ID).send(file=discord.File(largest, "big.bin"))
    assert sent.attachments[0].size == ATTACHMENT_BYTES
    with pytest.raises(discord.HTTPException) as refused:
        await bot.channel(DEALS_ID).send(
            file=discord.File(io.BytesIO(bytes(ATTACHMENT_BYTES + 1)), "bigger.bin")
        )
    assert (refused.value.status, refused.value.code) == (413, 40005)


@pytest.mark.parametrize("limit", ["0", "101", "many"])
async def test_a_page_of_history_has_one_to_a_hundred_messages(look_alike: LookAlike, limit: str) -> None:
    status, body = await look_alike.api("GET", f"{MESSAGES}?limit={limit}")
    assert (status, body["code"]) == (400, 50035)
    assert "limit" in body["errors"]


@pytest.mark.parametrize("raw", [b"{", b"\xff", b"[]", b"null", b""])
async def test_a_body_that_is_no_json_object_is_50109(look_alike: LookAlike, raw: bytes) -> None:
    status, body = await look_alike.api("POST", MESSAGES, data=raw)
    assert (status, body["code"]) == (400, 50109)


async def test_a_form_with_a_broken_payload_is_50109(look_alike: LookAlike) -> None:
    form = aiohttp.FormData({"payload_json": "{"})
    form.add_field("files[0]", b"x", filename="x.txt")
    status, body = await look_alike.api("POST", MESSAGES, data=form)
    assert (status, body["code"]) == (400, 50109)
