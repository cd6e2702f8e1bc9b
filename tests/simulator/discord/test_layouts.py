"""The newer layouts are held to their limits too, at every depth."""

from typing import Any

import pytest

from tests.simulator.discord.conftest import LookAlike
from tests.simulator.discord.test_limits import LINK, MESSAGES, button, buttons, code_at

Json = dict[str, Any]
TEXT = {"type": 10, "content": "text"}


def layout(*parts: Any) -> Json:
    return {"flags": 1 << 15, "components": list(parts)}


def container(*parts: Any) -> Json:
    return layout({"type": 17, "components": list(parts)})


def row(*items: Json) -> Json:
    return {"type": 1, "components": list(items)}


def section(accessory: Any) -> Json:
    return {"type": 9, "components": [TEXT], "accessory": accessory}


@pytest.mark.parametrize(
    ("largest", "too_much", "path", "code"),
    [
        (layout(*[TEXT] * 40), layout(*[TEXT] * 41), "components", "BASE_TYPE_MAX_LENGTH"),
        (container(*[TEXT] * 39), container(*[TEXT] * 40), "components", "BASE_TYPE_MAX_LENGTH"),
        (
            layout(TEXT | {"content": "x" * 4000}),
            layout(TEXT | {"content": "x" * 4001}),
            "components.0.content",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            container(row(*buttons(5))),
            container(row(*buttons(6))),
            "components.0.components.0.components",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            container(row(button()), section(LINK)),
            container(row(button()), section(button())),
            "components.0.components.1.accessory.custom_id",
            "COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
        (layout(section(LINK)), layout(section(None)), "components.0.accessory", "BASE_TYPE_REQUIRED"),
        (layout(TEXT), layout(button()), "components.0.type", "BASE_TYPE_CHOICES"),
        (
            container(TEXT),
            container({"type": 17, "components": [TEXT]}),
            "components.0.components.0.type",
            "BASE_TYPE_CHOICES",
        ),
        (container(TEXT), container(5), "components.0.components.0", "DICT_TYPE_CONVERT"),
    ],
)
async def test_a_layout_at_the_limit_is_posted_and_one_beyond_it_is_refused(
    look_alike: LookAlike, largest: Json, too_much: Json, path: str, code: str
) -> None:
    assert (await look_alike.api("POST", MESSAGES, json=largest))[0] == 200
    status, body = await look_alike.api("POST", MESSAGES, json=too_much)
    assert (status, body["code"], code_at(body, path)) == (400, 50035, code)
