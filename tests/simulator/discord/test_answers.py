"""First answers that Discord refuses: modals, choices and kinds that do not fit."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.simulator.discord.interactions import Interaction, Kind, State
from core.simulator.discord.population import BOT_ID, DEALS_ID, TOM_ID
from tests.simulator.discord.conftest import LookAlike

Json = dict[str, Any]
COMMAND: Json = {
    "name": "price",
    "description": "d",
    "options": [{"type": 3, "name": "card", "description": "d", "autocomplete": True}],
}


class Waiting:
    """Interactions of people who wait for an answer."""

    def __init__(self, look_alike: LookAlike) -> None:
        self._look_alike = look_alike
        self.tasks: list[asyncio.Task[Interaction]] = []

    async def command(self) -> Interaction:
        return await self._started(self._look_alike.world.people.run_command(TOM_ID, DEALS_ID, "price"))

    async def typing(self) -> Interaction:
        people = self._look_alike.world.people
        return await self._started(people.autocomplete(TOM_ID, DEALS_ID, "price", {"card": "m"}, "card"))

    async def answer(self, interaction: Interaction, body: Json, query: str = "") -> tuple[int, Any]:
        path = f"/interactions/{interaction.id}/{interaction.token}/callback{query}"
        return await self._look_alike.api("POST", path, json=body)

    async def _started(self, acting: Any) -> Interaction:
        known = len(self._look_alike.world.interactions.all())
        self.tasks.append(asyncio.create_task(acting))
        world = self._look_alike.world
        await world.watchers.until(lambda: len(world.interactions.all()) > known)
        return world.interactions.all()[-1]


@pytest.fixture
async def waiting(look_alike: LookAlike) -> AsyncIterator[Waiting]:
    await look_alike.api("PUT", f"/applications/{BOT_ID}/commands", json=[COMMAND])
    waiting = Waiting(look_alike)
    yield waiting
    for task in waiting.tasks:
        task.cancel()
    await asyncio.gather(*waiting.tasks, return_exceptions=True)


def text_input(**parts: Any) -> Json:
    return {"type": 4, "style": 1, "label": "l", "custom_id": "t"} | parts


def modal(*items: Json, **parts: Any) -> Json:
    shown = [{"type": 1, "components": [item]} for item in items]
    return {"type": 9, "data": {"title": "t", "custom_id": "m", "components": shown} | parts}


def inputs(count: int) -> list[Json]:
    return [text_input(custom_id=f"t{number}") for number in range(count)]


def choices(count: int, **parts: Any) -> Json:
    listed = [{"name": f"n{number}", "value": f"v{number}"} | parts for number in range(count)]
    return {"type": 8, "data": {"choices": listed}}


REFUSED_MODALS = [
    (modal(text_input(), title="x" * 45), modal(text_input(), title="x" * 46)),
    (modal(text_input(), custom_id="x" * 100), modal(text_input(), custom_id="x" * 101)),
    (modal(*inputs(5)), modal(*inputs(6))),
    (modal(text_input()), modal()),
    (modal(*inputs(2)), modal(text_input(), text_input())),
    (modal(text_input(label="x" * 45)), modal(text_input(label="x" * 46))),
    (modal(text_input(placeholder="x" * 100)), modal(text_input(placeholder="x" * 101))),
    (modal(text_input(value="x" * 4000)), modal(text_input(value="x" * 4001))),
    (modal(text_input(max_length=4000)), modal(text_input(max_length=4001))),
    (modal(text_input(style=2)), modal(text_input(style=3))),
]


@pytest.mark.parametrize(("largest", "too_much"), REFUSED_MODALS)
async def test_a_refused_modal_is_not_an_answer_and_one_at_the_limit_is(
    waiting: Waiting, largest: Json, too_much: Json
) -> None:
    interaction = await waiting.command()
    status, body = await waiting.answer(interaction, too_much)
    assert (status, body["code"], interaction.state) == (400, 50035, State.WAITING)
    assert list(body["errors"]) == ["data"]
    status, _ = await waiting.answer(interaction, largest)
    assert (status, interaction.state) == (204, State.MODAL)


@pytest.mark.parametrize(
    ("largest", "too_much"),
    [
        (choices(25), choices(26)),
        (choices(1, name="x" * 100), choices(1, name="x" * 101)),
        (choices(1, value="x" * 100), choices(1, value="x" * 101)),
        (choices(0), choices(1, value=5)),
    ],
)
async def test_choices_are_limited_and_of_the_options_type(
    waiting: Waiting, largest: Json, too_much: Json
) -> None:
    interaction = await waiting.typing()
    status, body = await waiting.answer(interaction, too_much)
    assert (status, body["code"]) == (400, 50035)
    status, _ = await waiting.answer(interaction, largest)
    assert (status, interaction.state) == (204, State.CHOICES)


@pytest.mark.parametrize("kind", [0, 1, 6, 7, 8, 12, None])
async def test_a_command_takes_no_answer_of_another_kind(waiting: Waiting, kind: int | None) -> None:
    interaction = await waiting.command()
    status, body = await waiting.answer(interaction, {"type": kind, "data": {"content": "x"}})
    assert (status, body["code"], interaction.state) == (400, 50035, State.WAITING)


async def test_typing_is_answered_with_choices_only(waiting: Waiting) -> None:
    interaction = await waiting.typing()
    status, body = await waiting.answer(interaction, {"type": 5})
    assert (status, list(body["errors"])) == (400, ["type"])


async def test_an_empty_first_answer_is_50006(waiting: Waiting) -> None:
    interaction = await waiting.command()
    status, body = await waiting.answer(interaction, {"type": 4, "data": {}})
    assert (status, body["code"], interaction.state) == (400, 50006, State.WAITING)


async def test_with_response_shows_what_was_made(waiting: Waiting) -> None:
    interaction = await waiting.command()
    body = {"type": 4, "data": {"content": "x", "flags": 64}}
    status, made = await waiting.answer(interaction, body, "?with_response=true")
    assert status == 200
    assert made["interaction"]["response_message_ephemeral"]
    assert made["resource"]["message"]["content"] == "x"


async def test_with_response_shows_no_message_where_none_was_made(waiting: Waiting) -> None:
    interaction = await waiting.command()
    status, made = await waiting.answer(interaction, modal(text_input()), "?with_response=true")
    assert (status, made) == (200, {"interaction": {"id": str(interaction.id), "type": 2}})
    interaction = await waiting.command()
    _, made = await waiting.answer(interaction, {"type": 5}, "?with_response=true")
    assert made["interaction"]["response_message_loading"]
    assert made["resource"]["message"]["flags"] == 128


async def test_a_deferred_update_makes_no_message(look_alike: LookAlike, waiting: Waiting) -> None:
    asked = await waiting.command()
    await waiting.answer(asked, {"type": 4, "data": {"content": "x"}})
    interaction = await waiting.command()
    interaction.kind, interaction.source = Kind.COMPONENT, asked.original
    _, made = await waiting.answer(interaction, {"type": 6}, "?with_response=true")
    assert made == {"interaction": {"id": str(interaction.id), "type": 3}}
    assert len(look_alike.world.messages.all_in(DEALS_ID)) == 1


async def test_a_wrong_interaction_token_is_10062(look_alike: LookAlike, waiting: Waiting) -> None:
    interaction = await waiting.command()
    path = f"/interactions/{interaction.id}/wrong/callback"
    status, body = await look_alike.api("POST", path, json={"type": 5})
    assert (status, body["code"]) == (404, 10062)
