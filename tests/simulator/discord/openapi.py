"""Holds every request that a test makes of a look-alike against Discord's own description of its API."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from core.simulator.discord.ledger import Asked, read_along

DESCRIPTION = Path(__file__).parents[4] / "shared" / "discord" / "openapi.json"
# Here refused requests are what the tests are about: only what was accepted must fit.
TESTS_OF_REFUSALS = "tests/simulator/discord/"
# What Discord takes although its description says otherwise: the last two steps to it, and why.
NUMBERS = "discord.py sends ids as numbers, which Discord takes; its description knows them as texts only"
FALSE_ALARMS: dict[tuple[str, str], str] = {
    ("message_reference", "message_id"): NUMBERS,
    ("message_reference", "channel_id"): NUMBERS,
    ("message_reference", "guild_id"): NUMBERS,
    ("attachments", "id"): NUMBERS,
    ("default_values", "id"): NUMBERS,
    ("allowed_mentions", "users"): NUMBERS,
    ("allowed_mentions", "roles"): NUMBERS,
    ("", "recipient_id"): NUMBERS,
    ("", "default_member_permissions"): "documented as a text, described as a number or null",
}


@pytest.fixture(autouse=True)
def _requests_as_discord_describes_them(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which a look-alike was asked something that Discord's description refuses."""
    if not DESCRIPTION.is_file():
        yield
        return
    is_about_refusals = request.node.nodeid.startswith(TESTS_OF_REFUSALS)
    seen: list[Asked] = []
    stop = read_along(seen.append)
    yield
    stop()
    checked = [asked for asked in seen if asked.status < 400 or not is_about_refusals]
    faults = {fault for asked in checked for fault in request_faults(asked)}
    assert faults == set()


def request_faults(asked: Asked) -> list[str]:
    """What Discord's description finds wrong with a request; nothing for what it does not describe."""
    described = operations().get((asked.method, anonymous(asked.route)))
    if described is None or asked.body is None or "requestBody" not in described:
        return []
    schema = described["requestBody"]["content"]["application/json"]["schema"]
    return [
        f"{asked.method} {asked.route}: {fault}"
        for fault in schema_faults(json.dumps(schema), as_described(asked.body))
    ]


def schema_faults(schema: str, value: Any) -> list[str]:
    """What a schema of the description finds wrong with a value."""
    return [
        f"{list(error.instance_path)}: {error.message[:200]}"
        for error in validator(schema).iter_errors(value)
    ]


def as_described(value: Any, outer: str = "") -> Any:
    """The body with what `FALSE_ALARMS` names in the form that the description asks for."""
    if isinstance(value, list):
        return [as_described(item, outer) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _as_described(key, item) if (outer, key) in FALSE_ALARMS else as_described(item, key)
        for key, item in value.items()
    }


def _as_described(key: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_as_described(key, item) for item in value]
    if key == "default_member_permissions":
        return int(value) if isinstance(value, str) else value
    return str(value) if isinstance(value, int) else value


@cache
def description() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(DESCRIPTION.read_bytes())
    return loaded


@cache
def operations() -> dict[tuple[str, str], dict[str, Any]]:
    """Discord's operations by method and path, the names of the path's parts left out."""
    return {
        (method.upper(), anonymous(path)): operation
        for path, methods in description()["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    }


@cache
def validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    whole = json.loads(schema) | {"components": description()["components"]}
    return jsonschema_rs.Draft202012Validator(whole)


def anonymous(path: str) -> str:
    """A path with its parameters unnamed: `/channels/{}/messages`."""
    return "/".join("{}" if step.startswith("{") else step for step in path.split("/"))
