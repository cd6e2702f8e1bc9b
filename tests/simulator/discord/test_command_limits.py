"""Every size of commands that Discord validates: the largest that is registered, the refusal of one more."""

from typing import Any

import pytest

from core.simulator.discord.population import BOT_ID
from tests.simulator.discord.conftest import LookAlike

Json = dict[str, Any]
COMMANDS = f"/applications/{BOT_ID}/commands"


def code_at(body: Json, path: str) -> str | None:
    """The first error code at `embeds.0.title`, None when there is none."""
    node: Any = body.get("errors", {})
    for step in path.split("."):
        node = node.get(step, {})
    return str(node["_errors"][0]["code"]) if "_errors" in node else None


def command(**parts: Any) -> Json:
    return {"name": "deals", "description": "d"} | parts


def options(*listed: Json) -> Json:
    return command(options=list(listed))


def option(number: int = 0, **parts: Any) -> Json:
    return {"type": 3, "name": f"o{number}", "description": "d"} | parts


def group(*listed: Json) -> Json:
    return options(option(type=2, options=list(listed)))


def choices(count: int) -> list[Json]:
    return [{"name": f"c{number}", "value": f"v{number}"} for number in range(count)]


BAD_LENGTH = "BASE_TYPE_BAD_LENGTH"
COMMAND_LIMITS = [
    (command(name="x" * 32), command(name="x" * 33), "0.name", "BASE_TYPE_BAD_LENGTH"),
    (command(name="deals-2_x"), command(name="two words"), "0.name", "APPLICATION_COMMAND_INVALID_NAME"),
    (command(name="karte-ä"), command(name="Deals"), "0.name", "APPLICATION_COMMAND_INVALID_NAME"),
    (command(name="Two Words", type=3, description=""), command(type=9), "0.type", "BASE_TYPE_CHOICES"),
    (
        command(description="x" * 100),
        command(description="x" * 101),
        "0.description",
        "BASE_TYPE_BAD_LENGTH",
    ),
    (command(), command(description=""), "0.description", "BASE_TYPE_REQUIRED"),
    (options(*map(option, range(25))), options(*map(option, range(26))), "0.options", "BASE_TYPE_MAX_LENGTH"),
    (
        options(option(choices=choices(25))),
        options(option(choices=choices(26))),
        "0.options.0.choices",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        options(option(1, required=True), option(2)),
        options(option(1), option(2, required=True)),
        "0.options.1",
        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ),
    (
        options(option(1), option(2)),
        options(option(1), option(1)),
        "0.options.1.name",
        "APPLICATION_COMMAND_OPTIONS_NAME_INVALID",
    ),
    (
        options(option(1, type=1), option(2, type=1)),
        options(option(1, type=1), option(2)),
        "0.options",
        "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
    ),
    (
        options(option(1, type=2, options=[option(2, type=1)])),
        options(option(1, type=2, options=[option(2, type=2)])),
        "0.options.0.options.0.type",
        "BASE_TYPE_CHOICES",
    ),
    (
        options(option(1, autocomplete=True)),
        options(option(1, autocomplete=True, choices=choices(1))),
        "0.options.0.autocomplete",
        "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE",
    ),
    (options(option(name="x" * 32)), options(option(name="x" * 33)), "0.options.0.name", BAD_LENGTH),
    (
        options(option(name="größe-1")),
        options(option(name="Size")),
        "0.options.0.name",
        "APPLICATION_COMMAND_INVALID_NAME",
    ),
    (
        options(option(description="x" * 100)),
        options(option(description="x" * 101)),
        "0.options.0.description",
        BAD_LENGTH,
    ),
    (
        options(option(choices=[{"name": "x" * 100, "value": "v"}])),
        options(option(choices=[{"name": "x" * 101, "value": "v"}])),
        "0.options.0.choices.0.name",
        BAD_LENGTH,
    ),
    (
        options(option(choices=[{"name": "n", "value": "x" * 100}])),
        options(option(choices=[{"name": "n", "value": "x" * 101}])),
        "0.options.0.choices.0.value",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        options(option(type=4, choices=[{"name": "n", "value": 1}])),
        options(option(type=4, choices=[{"name": "n", "value": "1"}])),
        "0.options.0.choices.0.value",
        "NUMBER_TYPE_COERCE",
    ),
    (
        options(*[option(n, type=1) for n in range(25)]),
        options(*[option(n, type=1) for n in range(26)]),
        "0.options",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        group(*[option(n, type=1) for n in range(25)]),
        group(*[option(n, type=1) for n in range(26)]),
        "0.options.0.options",
        "BASE_TYPE_MAX_LENGTH",
    ),
    (group(option(type=1)), group(option()), "0.options.0.options.0.type", "BASE_TYPE_CHOICES"),
    (
        options(option(type=1, options=[option()])),
        options(option(type=1, options=[option(type=1)])),
        "0.options.0.options.0.type",
        "BASE_TYPE_CHOICES",
    ),
    (
        group(option(type=1, options=[option(1, required=True), option(2)])),
        group(option(type=1, options=[option(1), option(2, required=True)])),
        "0.options.0.options.0.options.1",
        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ),
    (
        options(option(max_length=6000)),
        options(option(max_length=6001)),
        "0.options.0.max_length",
        "NUMBER_TYPE_MAX",
    ),
    (
        command(contexts=[0, 1, 2], integration_types=[0, 1]),
        command(contexts=[3]),
        "0.contexts.0",
        "BASE_TYPE_CHOICES",
    ),
    (
        options(*[option(n, choices=[{"name": "x" * 99, "value": "y"}] * 3) for n in range(25)]),
        options(*[option(n, choices=[{"name": "x" * 99, "value": "y"}] * 4) for n in range(25)]),
        "0",
        "APPLICATION_COMMAND_TOO_LARGE",
    ),
]


@pytest.mark.parametrize(("largest", "too_much", "path", "code"), COMMAND_LIMITS)
async def test_a_command_at_the_limit_is_registered_and_one_beyond_it_is_refused(
    look_alike: LookAlike, largest: Json, too_much: Json, path: str, code: str
) -> None:
    assert (await look_alike.api("PUT", COMMANDS, json=[largest]))[0] == 200
    status, body = await look_alike.api("PUT", COMMANDS, json=[too_much])
    assert (status, body["code"]) == (400, 50035)
    assert code_at(body, path) == code
    assert [made["name"] for made in look_alike.world.commands.of(None)] == [largest["name"]]


async def test_a_hundred_commands_and_no_more(look_alike: LookAlike) -> None:
    hundred = [command(name=f"c{number}") for number in range(100)]
    assert (await look_alike.api("PUT", COMMANDS, json=hundred))[0] == 200
    status, body = await look_alike.api("PUT", COMMANDS, json=[*hundred, command()])
    assert (status, body["code"]) == (400, 30032)


@pytest.mark.parametrize("kind", [2, 3])
async def test_fifteen_menus_of_each_kind_and_no_more(look_alike: LookAlike, kind: int) -> None:
    menus = [{"name": f"Menu {number}", "type": kind} for number in range(16)]
    beside = [command(), {"name": "Menu 1", "type": 5 - kind}]
    assert (await look_alike.api("PUT", COMMANDS, json=[*menus[:15], *beside]))[0] == 200
    status, body = await look_alike.api("PUT", COMMANDS, json=menus)
    assert (status, body["code"]) == (400, 30032)


async def test_a_menu_has_no_description(look_alike: LookAlike) -> None:
    menu = {"name": "Look up", "type": 3, "description": "d"}
    status, body = await look_alike.api("PUT", COMMANDS, json=[menu])
    assert (status, code_at(body, "0.description")) == (400, "APPLICATION_COMMAND_DESCRIPTION")


async def test_command_names_are_unique(look_alike: LookAlike) -> None:
    status, body = await look_alike.api("PUT", COMMANDS, json=[command(), command()])
    assert (status, code_at(body, "1")) == (400, "APPLICATION_COMMANDS_DUPLICATE_NAME")
