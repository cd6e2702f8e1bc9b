"""Texts, addresses, pictures and choices of a message that look right and are refused or changed."""

from typing import Any

import discord
import pytest

from core.simulator.discord.population import DEALS_ID
from tests.simulator.discord.conftest import Bot, LookAlike
from tests.simulator.discord.test_limits import LINK, MESSAGES, button, code_at, embed, rows, select

Json = dict[str, Any]
ITEM = "components.0.components.0"


def picked(**parts: Any) -> Json:
    return rows([select(1, options=[{"label": "l", "value": "v"} | parts])])


def pressed(emoji: object) -> Json:
    return rows([button(emoji=emoji)])


def address(length: int) -> str:
    return "https://example.org/".ljust(length, "a")


MORE_LIMITS = [
    (embed(url=address(2048)), embed(url=address(2049)), "embeds.0.url", "BASE_TYPE_MAX_LENGTH"),
    (
        rows([LINK | {"url": address(512)}]),
        rows([LINK | {"url": address(513)}]),
        f"{ITEM}.url",
        "BASE_TYPE_BAD_LENGTH",
    ),
    (rows([button()]), rows([button(custom_id="")]), f"{ITEM}.custom_id", "BASE_TYPE_REQUIRED"),
    (rows([button()]), rows([button(url="https://a.b/")]), f"{ITEM}.url", "BUTTON_COMPONENT_INVALID_URL"),
    (rows([LINK]), rows([LINK | {"url": None}]), f"{ITEM}.url", "BASE_TYPE_REQUIRED"),
    (rows([button()]), rows([]), "components.0.components", "BASE_TYPE_BAD_LENGTH"),
    (rows([select(1)]), rows([select(0)]), f"{ITEM}.options", "BASE_TYPE_BAD_LENGTH"),
    (
        rows([select(1, custom_id="x" * 100)]),
        rows([select(1, custom_id="x" * 101)]),
        f"{ITEM}.custom_id",
        "BASE_TYPE_BAD_LENGTH",
    ),
    (picked(label="x" * 100), picked(label="x" * 101), f"{ITEM}.options.0.label", "BASE_TYPE_BAD_LENGTH"),
    (picked(value="x" * 100), picked(value="x" * 101), f"{ITEM}.options.0.value", "BASE_TYPE_BAD_LENGTH"),
    (
        picked(description="x" * 100),
        picked(description="x" * 101),
        f"{ITEM}.options.0.description",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        rows([select(3, max_values=3)]),
        rows([select(2, max_values=3)]),
        f"{ITEM}.options",
        "BASE_TYPE_BAD_LENGTH",
    ),
    (
        pressed({"name": "\N{MONEY BAG}"}),
        pressed({"name": "\N{BLACK UP-POINTING TRIANGLE}"}),
        f"{ITEM}.emoji.name",
        "COMPONENT_INVALID_EMOJI",
    ),
    (
        pressed({"id": "123", "name": "own"}),
        pressed({"name": ":moneybag:"}),
        f"{ITEM}.emoji.name",
        "COMPONENT_INVALID_EMOJI",
    ),
    (
        picked(emoji={"name": "3\ufe0f\u20e3"}),
        picked(emoji={"name": "3"}),
        f"{ITEM}.options.0.emoji.name",
        "COMPONENT_INVALID_EMOJI",
    ),
    (
        embed(fields=[{"name": "n", "value": "  v  "}]),
        embed(fields=[{"name": "n", "value": "   "}]),
        "embeds.0.fields.0.value",
        "BASE_TYPE_REQUIRED",
    ),
    (
        {"content": f"{'x' * 2000}  \n"},
        {"content": f"  {'x' * 2000}x"},
        "content",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        {"content": "c", "allowed_mentions": {"users": [str(n) for n in range(100)]}},
        {"content": "c", "allowed_mentions": {"users": [str(n) for n in range(101)]}},
        "allowed_mentions.users",
        "BASE_TYPE_MAX_LENGTH",
    ),
]


@pytest.mark.parametrize(("largest", "too_much", "path", "code"), MORE_LIMITS)
async def test_what_is_at_the_limit_is_posted_and_what_is_beyond_it_is_refused(
    look_alike: LookAlike, largest: Json, too_much: Json, path: str, code: str
) -> None:
    assert (await look_alike.api("POST", MESSAGES, json=largest))[0] == 200
    status, body = await look_alike.api("POST", MESSAGES, json=too_much)
    assert (status, body["code"], code_at(body, path)) == (400, 50035, code)


async def test_white_space_around_texts_is_not_kept(bot: Bot) -> None:
    shown = discord.Embed(title=" t ", description="\nd").add_field(name="n ", value=" v")
    sent = await bot.channel(DEALS_ID).send(" a  deal\n", embed=shown.set_footer(text=" f "))
    (got,) = sent.embeds
    assert (sent.content, got.title, got.description, got.footer.text) == ("a  deal", "t", "d", "f")
    assert (got.fields[0].name, got.fields[0].value) == ("n", "v")
    assert (await sent.edit(content="  sold ")).content == "sold"


@pytest.mark.parametrize("content", ["", " ", "\n\t "])
async def test_white_space_alone_is_an_empty_message(look_alike: LookAlike, content: str) -> None:
    status, body = await look_alike.api("POST", MESSAGES, json={"content": content})
    assert (status, body["code"]) == (400, 50006)


async def test_the_real_client_reads_where_its_form_was_wrong(look_alike: LookAlike, bot: Bot) -> None:
    view = discord.ui.View(timeout=None)
    for number in range(2):
        view.add_item(discord.ui.Button(label="x" * (80 + number), custom_id="same"))
    wrong = discord.Embed(title="x" * 257).add_field(name="n", value="x" * 1025)
    with pytest.raises(discord.HTTPException) as refused:
        await bot.channel(DEALS_ID).send("x" * 2001, embed=wrong, view=view)
    assert (refused.value.status, refused.value.code) == (400, 50035)
    assert refused.value.text.splitlines() == [
        "Invalid Form Body",
        "In content: Must be 2000 or fewer in length.",
        "In embeds.0.title: Must be 256 or fewer in length.",
        "In embeds.0.fields.0.value: Must be 1024 or fewer in length.",
        "In components.0.components.1.label: Must be 80 or fewer in length.",
        "In components.0.components.1.custom_id: Component custom id cannot be duplicated",
    ]
    assert look_alike.world.messages.all_in(DEALS_ID) == []
