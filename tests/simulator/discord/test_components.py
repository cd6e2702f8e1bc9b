"""Buttons, selects and modals, pressed by people and answered by the real client."""

from typing import Any

import discord
import pytest

from core.simulator.discord.interactions import State
from core.simulator.discord.options import PersonError
from core.simulator.discord.population import ADA_ID, DEALS_ID, TOM_ID, TRADER_ROLE_ID, WES_ID
from tests.simulator.discord.conftest import LookAlike, StartBot
from tests.simulator.discord.panels import CopyButton, Interaction, Panel


@pytest.fixture
async def panel(start_bot: StartBot) -> discord.Message:
    bot = await start_bot()
    bot.add_dynamic_items(CopyButton)
    return await bot.channel(DEALS_ID).send("deal", view=Panel())


async def test_a_dynamic_button_answers_only_who_pressed_it(
    look_alike: LookAlike, panel: discord.Message
) -> None:
    outcome = await look_alike.world.people.press(TOM_ID, panel.id, "v1:copy:7")
    assert outcome.state is State.ANSWERED
    assert outcome.original is not None
    assert outcome.original.payload["content"] == "post 7"
    assert outcome.original.payload["flags"] == 64
    assert look_alike.world.sees(TOM_ID, outcome.original)
    assert not look_alike.world.sees(ADA_ID, outcome.original)


async def test_a_button_can_update_the_message_it_is_on(
    look_alike: LookAlike, panel: discord.Message
) -> None:
    outcome = await look_alike.world.people.press(TOM_ID, panel.id, "update")
    assert outcome.original is not None
    assert outcome.original.id == panel.id
    assert (await panel.channel.fetch_message(panel.id)).content == "updated"


async def test_a_deferred_update_edits_later_and_follows_up(
    look_alike: LookAlike, panel: discord.Message
) -> None:
    outcome = await look_alike.world.people.press(TOM_ID, panel.id, "later")
    contents = ["edited later", "extra edited"]

    def is_done() -> bool:
        shown = [outcome.original, *outcome.followups]
        return [message.payload["content"] for message in shown if message is not None] == contents

    await look_alike.world.watchers.until(is_done)
    assert (await panel.channel.fetch_message(panel.id)).content == "edited later"


async def test_selects_of_every_kind_deliver_their_values(
    look_alike: LookAlike, panel: discord.Message
) -> None:
    people, contents = look_alike.world.people, []
    for custom_id, values in (
        ("sizes", ("M", "L")),
        ("who", (str(WES_ID), str(TRADER_ROLE_ID))),
        ("where", (str(DEALS_ID),)),
    ):
        outcome = await people.press(TOM_ID, panel.id, custom_id, values)
        assert outcome.original is not None
        contents.append(outcome.original.payload["content"])
    assert contents == ["M,L", "wes,Trader", "deals"]


async def test_a_modal_is_shown_submitted_and_answered(look_alike: LookAlike, panel: discord.Message) -> None:
    people = look_alike.world.people
    shown = await people.press(TOM_ID, panel.id, "note")
    assert shown.state is State.MODAL
    assert shown.modal is not None
    assert shown.modal["title"] == "A note"
    fields = {"text": "hold", "mood": ["Good"], "role": [str(TRADER_ROLE_ID)]}
    outcome = await people.submit_modal(TOM_ID, "note-form", fields)
    assert outcome.original is not None
    assert outcome.original.payload["content"] == str(("hold", ["Good"], "Trader"))
    assert outcome.original.payload["interaction_metadata"]["triggering_interaction_metadata"]["type"] == 3


@pytest.mark.parametrize(
    "fields",
    [
        {"mood": ["Good"], "role": [str(TRADER_ROLE_ID)]},
        {"text": "x" * 11, "mood": ["Good"], "role": [str(TRADER_ROLE_ID)]},
        {"text": "x", "mood": ["Sad"], "role": [str(TRADER_ROLE_ID)]},
        {"text": "x", "mood": ["Good"], "role": []},
    ],
)
async def test_a_form_that_is_not_filled_in_properly_is_not_submitted(
    look_alike: LookAlike, panel: discord.Message, fields: dict[str, Any]
) -> None:
    await look_alike.world.people.press(TOM_ID, panel.id, "note")
    with pytest.raises(PersonError):
        await look_alike.world.people.submit_modal(TOM_ID, "note-form", fields)


async def test_nobody_submits_a_form_that_somebody_else_opened(
    look_alike: LookAlike, panel: discord.Message
) -> None:
    await look_alike.world.people.press(TOM_ID, panel.id, "note")
    with pytest.raises(PersonError):
        await look_alike.world.people.submit_modal(ADA_ID, "note-form", {"text": "x"})


@pytest.mark.parametrize(
    ("custom_id", "values"),
    [("gone", ()), ("nothing", ()), ("sizes", ()), ("sizes", ("XL",)), ("who", ("1",))],
)
async def test_what_cannot_be_pressed_is_not_pressed(
    look_alike: LookAlike, panel: discord.Message, custom_id: str, values: tuple[str, ...]
) -> None:
    with pytest.raises(PersonError):
        await look_alike.world.people.press(TOM_ID, panel.id, custom_id, values)


async def test_a_button_on_an_ephemeral_message_works_for_its_reader(
    look_alike: LookAlike, start_bot: StartBot
) -> None:
    bot = await start_bot()
    bot.add_dynamic_items(CopyButton)

    @bot.event
    async def on_interaction(interaction: Interaction) -> None:
        if interaction.data is not None and interaction.data.get("custom_id") == "open":
            view = discord.ui.View(timeout=None).add_item(CopyButton(9))
            await interaction.response.send_message("private", view=view, ephemeral=True)

    view = discord.ui.View(timeout=None).add_item(discord.ui.Button(label="Open", custom_id="open"))
    post = await bot.channel(DEALS_ID).send("deal", view=view)
    people = look_alike.world.people
    private = await people.press(TOM_ID, post.id, "open")
    assert private.original is not None
    with pytest.raises(PersonError):
        await people.press(ADA_ID, private.original.id, "v1:copy:9")
    outcome = await people.press(TOM_ID, private.original.id, "v1:copy:9")
    assert outcome.original is not None
    assert outcome.original.payload["content"] == "post 9"
