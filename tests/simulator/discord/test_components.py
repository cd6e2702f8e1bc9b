"""Buttons, selects and modals, pressed by people and answered by the real client."""

import re
from typing import Any, Self

import discord
import pytest

from core.simulator.discord.interactions import State
from core.simulator.discord.options import PersonError
from core.simulator.discord.population import ADA_ID, DEALS_ID, TOM_ID, TRADER_ROLE_ID, WES_ID
from tests.simulator.discord.conftest import Bot, LookAlike, StartBot

Interaction = discord.Interaction[Bot]


class CopyButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"v1:copy:(?P<post>[0-9]+)"
):
    """Answers privately; its state is in its id."""

    def __init__(self, post: int) -> None:
        super().__init__(discord.ui.Button(label="Copy", custom_id=f"v1:copy:{post}"))
        self.post = post

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(int(match["post"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message(f"post {self.post}", ephemeral=True)


class Note(discord.ui.Modal, title="A note"):
    """Asks for a text and, through labels, for a choice and a role."""

    text: discord.ui.TextInput[Self] = discord.ui.TextInput(label="Text", custom_id="text", max_length=10)
    mood: discord.ui.Label[Self] = discord.ui.Label(
        text="Mood",
        component=discord.ui.Select(
            custom_id="mood", options=[discord.SelectOption(label="Good"), discord.SelectOption(label="Bad")]
        ),
    )
    role: discord.ui.Label[Self] = discord.ui.Label(
        text="Role", component=discord.ui.RoleSelect(custom_id="role")
    )

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        assert isinstance(self.mood.component, discord.ui.Select)
        assert isinstance(self.role.component, discord.ui.RoleSelect)
        told = (self.text.value, self.mood.component.values, self.role.component.values[0].name)
        await interaction.response.send_message(str(told), ephemeral=True)


class Panel(discord.ui.View):
    """One of each."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.add_item(CopyButton(7))
        self.add_item(discord.ui.Button(label="Site", url="https://example.org/"))
        self.add_item(discord.ui.Button(label="Gone", custom_id="gone", disabled=True))

    @discord.ui.button(label="Update", custom_id="update")
    async def update(self, interaction: Interaction, _: discord.ui.Button[Self]) -> None:
        await interaction.response.edit_message(content="updated")

    @discord.ui.button(label="Later", custom_id="later")
    async def later(self, interaction: Interaction, _: discord.ui.Button[Self]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="edited later")
        extra = await interaction.followup.send("extra", wait=True)
        await extra.edit(content="extra edited")

    @discord.ui.button(label="Note", custom_id="note")
    async def note(self, interaction: Interaction, _: discord.ui.Button[Self]) -> None:
        await interaction.response.send_modal(Note(custom_id="note-form"))

    @discord.ui.select(
        cls=discord.ui.Select,
        custom_id="sizes",
        max_values=2,
        options=[discord.SelectOption(label=size) for size in "SML"],
    )
    async def sizes(self, interaction: Interaction, select: discord.ui.Select[Self]) -> None:
        await interaction.response.send_message(",".join(select.values))

    @discord.ui.select(cls=discord.ui.MentionableSelect, custom_id="who", max_values=2)
    async def who(self, interaction: Interaction, select: discord.ui.MentionableSelect[Self]) -> None:
        await interaction.response.send_message(",".join(value.name for value in select.values))

    @discord.ui.select(cls=discord.ui.ChannelSelect, custom_id="where")
    async def where(self, interaction: Interaction, select: discord.ui.ChannelSelect[Self]) -> None:
        await interaction.response.send_message(select.values[0].name)


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


async def test_the_original_answer_can_be_fetched_and_deleted(
    look_alike: LookAlike, panel: discord.Message
) -> None:
    outcome = await look_alike.world.people.press(TOM_ID, panel.id, "v1:copy:7")
    path = f"/webhooks/{panel.author.id}/{outcome.token}/messages/@original"
    status, body = await look_alike.api("GET", path)
    assert (status, body["content"]) == (200, "post 7")
    assert (await look_alike.api("DELETE", path))[0] == 204
    status, body = await look_alike.api("GET", path)
    assert (status, body["code"]) == (404, 10008)


async def test_an_unanswered_interaction_takes_no_follow_up(
    look_alike: LookAlike, panel: discord.Message
) -> None:
    status, body = await look_alike.api(
        "POST", f"/webhooks/{panel.author.id}/nonsense", json={"content": "x"}
    )
    assert (status, body["code"]) == (404, 10015)
