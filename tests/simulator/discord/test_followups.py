"""What follows a first answer: edits, further messages, files, and the newer layouts."""

import aiohttp
import discord
import pytest

from core.simulator.discord.population import DEALS_ID, TOM_ID
from tests.simulator.discord.conftest import LookAlike, StartBot
from tests.simulator.discord.panels import CopyButton, Interaction, Panel


@pytest.fixture
async def panel(start_bot: StartBot) -> discord.Message:
    bot = await start_bot()
    bot.add_dynamic_items(CopyButton)
    return await bot.channel(DEALS_ID).send("deal", view=Panel())


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


async def test_a_follow_up_can_be_deleted_and_a_file_can_follow(
    look_alike: LookAlike, panel: discord.Message
) -> None:
    outcome = await look_alike.world.people.press(TOM_ID, panel.id, "v1:copy:7")
    path = f"/webhooks/{panel.author.id}/{outcome.token}"
    form = aiohttp.FormData({"payload_json": '{"content": "chart"}'})
    form.add_field("files[0]", b"123", filename="chart.txt")
    _, made = await look_alike.api("POST", path, data=form)
    assert made["attachments"][0]["size"] == 3
    assert (await look_alike.api("DELETE", f"{path}/messages/{made['id']}"))[0] == 204
    assert outcome.followups == []
    assert (await look_alike.api("GET", f"{path}/messages/{made['id']}"))[0] == 404


async def test_an_original_that_still_loads_can_be_filled_by_an_edit_or_deleted(
    look_alike: LookAlike, start_bot: StartBot
) -> None:
    bot = await start_bot()

    @bot.event
    async def on_interaction(interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        if interaction.data is not None and interaction.data.get("custom_id") == "fill":
            await interaction.edit_original_response(content="filled")
        else:
            await interaction.delete_original_response()

    view = discord.ui.View(timeout=None)
    for custom_id in ("fill", "drop"):
        view.add_item(discord.ui.Button(label=custom_id, custom_id=custom_id))
    post = await bot.channel(DEALS_ID).send("deal", view=view)
    people = look_alike.world.people
    filled = await people.settled(await people.press(TOM_ID, post.id, "fill"))
    assert filled.original is not None
    assert (filled.original.payload["content"], filled.original.payload["flags"]) == ("filled", 64)
    dropped = await people.settled(await people.press(TOM_ID, post.id, "drop"))
    assert dropped.original is None


async def test_the_newer_layouts_are_kept_and_their_buttons_work(
    look_alike: LookAlike, start_bot: StartBot
) -> None:
    more = discord.ui.Button[discord.ui.LayoutView](label="More", custom_id="more")
    row = discord.ui.ActionRow[discord.ui.LayoutView]().add_item(CopyButton(3))
    section = discord.ui.Section[discord.ui.LayoutView]("A deal", accessory=more)
    layout = discord.ui.LayoutView(timeout=None)
    layout.add_item(discord.ui.Container[discord.ui.LayoutView](section, row))
    bot = await start_bot()
    bot.add_dynamic_items(CopyButton)
    sent = await bot.channel(DEALS_ID).send(view=layout)
    assert sent.flags.components_v2
    outcome = await look_alike.world.people.press(TOM_ID, sent.id, "v1:copy:3")
    assert outcome.original is not None
    assert outcome.original.payload["content"] == "post 3"
    body = {"content": "no", "flags": 1 << 15, "components": [{"type": 10, "content": "text"}]}
    status, refused = await look_alike.api("POST", f"/channels/{DEALS_ID}/messages", json=body)
    assert (status, list(refused["errors"])) == (400, ["content"])


async def test_an_unanswered_interaction_takes_no_follow_up(
    look_alike: LookAlike, panel: discord.Message
) -> None:
    status, body = await look_alike.api(
        "POST", f"/webhooks/{panel.author.id}/nonsense", json={"content": "x"}
    )
    assert (status, body["code"]) == (404, 10015)
