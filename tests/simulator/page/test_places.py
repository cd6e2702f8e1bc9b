"""Where things are on the demo page: private talks, marks of what is new, older messages, links, numbers."""

import pytest
from playwright.async_api import Page, expect

from tests.simulator.page import wire
from tests.simulator.page.stand_in import StandIn

pytestmark = pytest.mark.asyncio(loop_scope="session")

PRIVATE = "1300000000000000500"


async def test_a_person_opens_a_talk_with_the_bot_alone(page: Page, stand_in: StandIn) -> None:
    await page.goto(stand_in.url)
    await page.get_by_role("button", name="Cards Cartel").click()
    await expect(page.get_by_role("heading", name="@Cards Cartel")).to_be_visible()
    await expect(page.get_by_text("Type / to see what the bot can do in private.")).to_be_visible()
    assert stand_in.asked_at("/sim/discord/private") == [{"person": wire.ADA}]
    stand_in.post(wire.message("only for Ada", channel_id=stand_in.private_id))
    await expect(page.get_by_text("only for Ada")).to_be_visible()


async def test_a_private_message_marks_a_talk_that_was_not_there_before(
    page: Page, stand_in: StandIn
) -> None:
    await page.goto(stand_in.url)
    await stand_in.watched.wait()
    stand_in.state["private"] = [{"id": PRIVATE}]
    stand_in.post(wire.message("psst", channel_id=PRIVATE))
    talk = page.get_by_role("button", name="Cards Cartel (new messages)")
    await talk.click()
    await expect(page.get_by_text("psst")).to_be_visible()
    await expect(page.get_by_role("button", name="Cards Cartel", exact=True)).to_be_visible()


async def test_what_arrived_while_the_page_was_closed_is_marked(page: Page, stand_in: StandIn) -> None:
    general = stand_in.state["guilds"][0]["channels"][1]
    general["last_message_id"] = wire.message()["id"]
    await page.goto(stand_in.url)
    await page.get_by_role("button", name="general (new messages)").click()
    stand_in.messages = [wire.message("seen", channel_id=wire.GENERAL, id=general["last_message_id"])]
    await page.reload()
    await expect(page.get_by_text("seen")).to_be_visible()
    await page.reload()
    await page.get_by_role("button", name="deals", exact=True).click()
    await expect(page.get_by_role("button", name="general", exact=True)).to_be_visible()


async def test_older_messages_come_when_one_scrolls_up_and_what_one_reads_stays(
    page: Page, stand_in: StandIn
) -> None:
    stand_in.messages = [wire.message(f"message {number}") for number in range(120)]
    await page.goto(stand_in.url)
    await expect(page.get_by_text("message 119", exact=True)).to_be_in_viewport()
    shown = page.locator("#messages > li")
    await expect(shown).to_have_count(50)
    older = page.get_by_role("button", name="Show older messages")
    await older.scroll_into_view_if_needed()
    await expect(shown).to_have_count(100)
    await expect(page.get_by_text("message 70", exact=True)).to_be_in_viewport()
    await older.scroll_into_view_if_needed()
    await expect(shown).to_have_count(120)
    await expect(older).to_be_hidden()


async def test_a_link_to_a_message_leads_to_it_on_this_page(page: Page, stand_in: StandIn) -> None:
    there = wire.message("the message meant", channel_id=wire.GENERAL)
    address = f"https://discord.com/channels/1/{wire.GENERAL}/{there['id']}"
    stand_in.messages = [there, wire.message(f"look: {address}")]
    await page.goto(stand_in.url)
    await page.get_by_role("link", name="#general › message").click()
    await expect(page.get_by_role("heading", name="#general")).to_be_visible()
    await expect(page.get_by_text("the message meant")).to_be_in_viewport()


async def test_a_picture_is_enlarged_and_escape_closes_it(page: Page, stand_in: StandIn) -> None:
    stand_in.messages = [wire.deal(stand_in.url)]
    await page.goto(stand_in.url)
    small = page.get_by_role("button", name="Enlarge the picture")
    await small.press("Enter")
    dialog = page.get_by_role("dialog", name="Picture")
    await expect(dialog.get_by_role("img")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(small).to_be_focused()


async def test_code_is_copied_with_one_press(page: Page, stand_in: StandIn) -> None:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    stand_in.messages = [wire.message("```\n82740613\n```")]
    await page.goto(stand_in.url)
    copy = page.get_by_role("button", name="Copy this text")
    await copy.click()
    await expect(copy).to_have_text("Copied")
    assert await page.evaluate("navigator.clipboard.readText()") == "82740613"


async def test_a_storm_is_shown_and_mending_ends_every_trouble(page: Page, stand_in: StandIn) -> None:
    await page.goto(stand_in.url)
    await page.locator("#storm").click()
    await page.locator("#break-alt").click()
    await expect(page.locator("#troubles li")).to_have_text(
        ["Every vendor: too many requests, 0 of 40", "ALT: error 503, 0 times so far"]
    )
    await page.locator("#mend").click()
    await expect(page.locator("#troubles li")).to_have_text(["Everything works."])
    await expect(page.locator("#storm")).to_have_text("Rate-limit storm")


async def test_the_numbers_of_the_market_follow_it(page: Page, stand_in: StandIn) -> None:
    await page.goto(stand_in.url)
    await expect(page.get_by_text("On sale now", exact=True)).to_be_visible()
    await expect(page.locator("#summary")).to_contain_text("310")
    stand_in.listed = 311
    await expect(page.locator("#summary")).to_contain_text("311")
