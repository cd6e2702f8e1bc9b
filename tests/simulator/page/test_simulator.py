"""The demo page on the real simulator: both speak the same control API. Plain REST plays the bot."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import FilePayload, Page, expect

from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.discord.population import ADA_ID, BOT_ID, DEALS_ID, TOM_ID, WES_ID
from tests.simulator.page import wire

pytestmark = pytest.mark.asyncio(loop_scope="session")

TOKEN = "test-bot-token"


@pytest_asyncio.fixture(loop_scope="session")
async def simulator() -> AsyncIterator[Simulator]:
    """A small market that stands still."""
    config = SimulatorConfig(bot_token=TOKEN, pace=0, cards=60, listings=20)
    async with open_simulator(config) as simulator:
        yield simulator


async def as_bot(simulator: Simulator, method: str, path: str, body: Any) -> Any:
    headers = {"Authorization": f"Bot {TOKEN}"}
    url = f"{simulator.url}/api/v10{path}"
    async with aiohttp.ClientSession(headers=headers) as http, http.request(method, url, json=body) as answer:
        assert answer.status in (200, 201), await answer.text()
        return await answer.json()


def post_of(simulator: Simulator) -> wire.Json:
    """The body of a deal post, as the bot would send it."""
    deal = wire.deal(f"{simulator.url}/")
    return {"embeds": deal["embeds"], "components": deal["components"]}


async def test_a_post_appears_and_its_edit_follows(page: Page, simulator: Simulator) -> None:
    await page.goto(simulator.url)
    await expect(page.locator("#status")).to_have_text("Cards Cartel is offline")
    path = f"/channels/{DEALS_ID}/messages"
    posted = await as_bot(simulator, "POST", path, post_of(simulator))
    await expect(page.get_by_role("link", name="2023 Ember Drake 007 · PSA 10")).to_be_visible()
    await expect(page.locator(".embed img")).to_have_js_property("naturalWidth", 300)
    await as_bot(simulator, "PATCH", f"{path}/{posted['id']}", {"content": "sold"})
    await expect(page.locator(".message .markdown").first).to_have_text("sold (edited)")


async def test_people_write_and_see_what_their_roles_allow(page: Page, simulator: Simulator) -> None:
    await page.goto(simulator.url)
    await page.get_by_label("You are").select_option(str(TOM_ID))
    await page.get_by_role("combobox", name="Message", exact=True).fill("@Cards Cartel hello")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("article", name="Message from Tom")).to_contain_text("@Cards Cartel hello")
    await page.get_by_label("You are").select_option(str(WES_ID))
    await expect(page.get_by_role("button", name="trace")).to_be_disabled()
    await expect(page.get_by_role("article", name="Message from Tom")).to_be_visible()
    written = simulator.discord.messages.all_in(DEALS_ID)
    assert [message.payload["content"] for message in written] == [f"<@{BOT_ID}> hello"]


async def test_the_panel_moves_the_real_market(page: Page, simulator: Simulator) -> None:
    await page.goto(simulator.url)
    await expect(page.locator("#pace-text")).to_have_text("The market stands still")
    await page.locator("#list-deal").click()
    await expect(page.locator("#sell-target")).to_have_text("The card you listed.")
    listed = len(simulator.market.book)
    await page.locator("#sell").click()
    await expect(page.get_by_text("Sold. Its post says so within seconds.")).to_be_visible()
    assert len(simulator.market.book) == listed - 1
    await page.locator("#break-alt").click()
    await expect(page.locator("#break-alt")).to_have_text("Mend ALT")
    assert [fault.target for fault in simulator.faults.all()] == ["vendor:alt"]
    await page.reload()
    await expect(page.locator("#break-alt")).to_have_text("Mend ALT")
    await page.locator("#break-alt").click()
    await expect(page.locator("#break-alt")).to_have_text("Break ALT")
    assert simulator.faults.all() == []


async def test_a_person_sends_a_picture_and_a_text_file(page: Page, simulator: Simulator) -> None:
    await page.goto(simulator.url)
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    await page.locator("#file-input").set_input_files(
        [
            FilePayload(name="mine.svg", mimeType="image/svg+xml", buffer=drawing),
            FilePayload(name="note.txt", mimeType="text/plain", buffer=b"hello"),
            FilePayload(name="wrong.txt", mimeType="text/plain", buffer=b"no"),
        ]
    )
    await page.get_by_role("button", name="Leave out wrong.txt").click()
    await page.keyboard.press("Enter")
    sent = page.get_by_role("article", name="Message from Ada")
    await expect(sent.get_by_role("button", name="Enlarge the picture mine.svg")).to_be_visible()
    await expect(sent.get_by_role("link", name="note.txt")).to_be_visible()
    await expect(page.locator("#chosen-files")).to_be_hidden()
    [message] = simulator.discord.messages.all_in(DEALS_ID)
    assert [file["filename"] for file in message.payload["attachments"]] == ["mine.svg", "note.txt"]
    await page.get_by_label("You are").select_option(str(WES_ID))
    await expect(page.get_by_role("button", name="Attach files")).to_be_disabled()


async def test_a_person_writes_to_the_bot_in_private_and_nobody_else_reads_it(
    page: Page, simulator: Simulator
) -> None:
    await page.goto(simulator.url)
    await page.get_by_role("button", name="Cards Cartel").click()
    await expect(page.get_by_role("heading", name="@Cards Cartel")).to_be_visible()
    await page.get_by_role("combobox", name="Message", exact=True).fill("between us")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("article", name="Message from Ada")).to_contain_text("between us")
    await page.get_by_label("You are").select_option(str(TOM_ID))
    await expect(page.get_by_role("heading", name="#deals")).to_be_visible()
    await page.get_by_role("button", name="Cards Cartel").click()
    await expect(page.get_by_text("between us")).to_have_count(0)


async def test_older_messages_and_the_state_are_given_to_whoever_asks(simulator: Simulator) -> None:
    sent = [simulator.discord.people.write(ADA_ID, DEALS_ID, f"number {number}").id for number in range(5)]
    messages = f"{simulator.url}/sim/discord/channels/{DEALS_ID}/messages"
    async with aiohttp.ClientSession() as http:
        query = {"person": str(TOM_ID), "limit": "2", "before": str(sent[3])}
        async with http.get(messages, params=query) as answer:
            older = (await answer.json())["messages"]
        async with http.get(f"{simulator.url}/sim/discord/state") as answer:
            state = await answer.json()
    assert [message["content"] for message in older] == ["number 1", "number 2"]
    assert state["me"]["name"] == "Ada"
    assert state["guilds"][0]["channels"][0]["last_message_id"] == str(sent[-1])


async def test_escape_leaves_the_messages_for_the_message_box(page: Page, simulator: Simulator) -> None:
    posted = await as_bot(simulator, "POST", f"/channels/{DEALS_ID}/messages", post_of(simulator))
    await page.goto(simulator.url)
    buy = page.locator(f"[data-message='{posted['id']}']").get_by_role("button", name="Buy", exact=True)
    await buy.focus()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("combobox", name="Message", exact=True)).to_be_focused()
    await page.keyboard.type("/")
    await page.keyboard.press("Escape")
    await expect(page.locator("#suggestions")).to_be_hidden()
