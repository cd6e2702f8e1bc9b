"""Writing on the demo page: names offered while typing, files dropped on it."""

import pytest
from playwright.async_api import Page, expect

from tests.simulator.page import wire
from tests.simulator.page.stand_in import StandIn

pytestmark = pytest.mark.asyncio(loop_scope="session")

SENT = "**/sim/discord/messages"
DROP = """() => {
  const files = new DataTransfer();
  files.items.add(new File(["card,price"], "cards.csv", { type: "text/csv" }));
  const at = document.getElementById("log");
  const tell = (name) => at.dispatchEvent(
    new DragEvent(name, { dataTransfer: files, bubbles: true, cancelable: true }));
  return [tell("dragover"), tell("drop")];
}"""


async def test_people_and_channels_are_offered_by_name_and_sent_as_mentions(
    page: Page, stand_in: StandIn
) -> None:
    await page.goto(stand_in.url)
    box = page.get_by_role("combobox", name="Message", exact=True)
    await box.press_sequentially("hi @")
    offered = page.locator("#suggestions").get_by_role("option")
    await expect(offered).to_have_text(["@Ada", "@Wes", "@Cards Cartel"])
    await page.keyboard.type("car")
    await page.keyboard.press("Enter")
    await expect(box).to_have_value("hi @Cards Cartel ")
    await page.keyboard.type("see #ge")
    await offered.get_by_text("#general").click()
    await expect(box).to_have_value("hi @Cards Cartel see #general ")
    await page.keyboard.type("a@b #none")
    async with page.expect_response(SENT):
        await page.keyboard.press("Enter")
    await expect(box).to_have_value("")
    content = f"hi <@{wire.BOT}> see <#{wire.GENERAL}> a@b #none"
    assert [each["content"] for each in stand_in.asked_at("/sim/discord/messages")] == [content]


async def test_escape_leaves_a_name_as_it_was_typed(page: Page, stand_in: StandIn) -> None:
    await page.goto(stand_in.url)
    await page.get_by_role("combobox", name="Message", exact=True).press_sequentially("@we")
    await page.keyboard.press("Escape")
    async with page.expect_response(SENT):
        await page.keyboard.press("Enter")
    await expect(page.get_by_role("combobox", name="Message", exact=True)).to_have_value("")
    assert [each["content"] for each in stand_in.asked_at("/sim/discord/messages")] == ["@we"]


async def test_a_file_dropped_anywhere_waits_to_be_sent(page: Page, stand_in: StandIn) -> None:
    await page.goto(stand_in.url)
    await expect(page.get_by_role("combobox", name="Message", exact=True)).to_be_enabled()
    assert await page.evaluate(DROP) == [False, False]  # not left to the browser, which would open it
    await expect(page.get_by_role("list", name="Files to send")).to_contain_text("cards.csv")
    await page.get_by_label("You are").select_option(wire.WES)
    await expect(page.locator("#attach")).to_be_disabled()
    await expect(page.locator("#chosen-files li")).to_have_count(0)
    assert await page.evaluate(DROP) == [False, False]
    await expect(page.locator("#chosen-files li")).to_have_count(0)
