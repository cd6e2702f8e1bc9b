"""Bodies with one part gone or wrong: what Discord's own description refuses, the look-alike refuses too."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.simulator.discord.interactions import Interaction, Kind
from core.simulator.discord.population import BOT_ID, DEALS_ID, TOM_ID
from core.simulator.discord.ratelimits import RateLimits
from core.simulator.discord.throttles import Throttles
from core.simulator.discord.world import system_now
from tests.simulator.discord.conftest import LookAlike
from tests.simulator.discord.openapi import anonymous, as_described, operations, schema_faults

pytestmark = pytest.mark.slow

Json = dict[str, Any]
BODIES: dict[str, Json] = json.loads(Path(__file__).with_name("bodies.json").read_bytes())
WRONG: tuple[object, ...] = (
    *(None, "", "x" * 200, "x" * 5000, "javascript:x"),
    *(-1, 7.5, 10**12, True),
    *([], [None], [{}] * 30, {}),
)


def places(value: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every part of a body."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in parts:
        yield (*way, step)
        yield from places(part, (*way, step))


def changed(body: Any, way: tuple[str | int, ...], *wrong: object) -> Any:
    """The body with another value at this place, or with none."""
    made = copy.deepcopy(body)
    node = made
    for step in way[:-1]:
        node = node[step]
    if wrong:
        node[way[-1]] = wrong[0]
    else:
        del node[way[-1]]
    return made


def spoiled(body: Any) -> Iterator[tuple[str, Any]]:
    """Every body with one place wrong, and what was done to it."""
    for way in places(body):
        name = ".".join(map(str, way))
        yield f"no {name}", changed(body, way)
        for wrong in WRONG:
            yield f"{name} = {wrong!r:.40}", changed(body, way, wrong)


def path_for(look_alike: LookAlike, route: str, body: Any) -> str:
    """Where to send a body; answers go to a new interaction each."""
    path = route.replace("{channel_id}", str(DEALS_ID)).replace("{application_id}", str(BOT_ID))
    if "{token}" not in path:
        return path
    world = look_alike.world
    kind = Kind.AUTOCOMPLETE if body.get("type") == 8 else Kind.COMMAND
    asked = Interaction(
        world.snowflakes.next(), kind, world.users[TOM_ID], world.channel(DEALS_ID), world.now()
    )
    world.interactions.add(asked)
    return path.replace("{interaction_id}", str(asked.id)).replace("{token}", asked.token)


@pytest.mark.parametrize("name", BODIES)
async def test_what_discord_describes_as_wrong_is_refused_and_nothing_breaks(
    look_alike: LookAlike, shared_folder: Path, name: str
) -> None:
    method, route, body = (BODIES[name][key] for key in ("method", "route", "body"))
    described = operations()[method, anonymous(route)]["requestBody"]["content"]["application/json"]
    schema = json.dumps(described["schema"])
    look_alike.world.rates = RateLimits(system_now, 10**6)
    look_alike.world.throttles = Throttles(system_now, 10**6)
    assert (await look_alike.api(method, path_for(look_alike, route, body), json=body))[0] < 300
    broken, kinder = [], []
    for what, wrong in spoiled(body):
        status, refused = await look_alike.api(method, path_for(look_alike, route, body), json=wrong)
        if status >= 500 or (status >= 400 and "code" not in refused):
            broken.append(what)
        elif status < 300 and schema_faults(schema, as_described(wrong)):
            kinder.append(what)
    assert (broken, kinder) == ([], [])
