"""What the demo page says while something is out of order on purpose: what that means, and what to try."""

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.simulator.page import wire
from tests.simulator.page.stand_in import StandIn

pytestmark = pytest.mark.asyncio(loop_scope="session")

NARROW = ViewportSize(width=390, height=844)


async def test_breaking_alt_says_what_it_means_and_what_to_try_next(page: Page, stand_in: StandIn) -> None:
    await page.goto(stand_in.url)
    greeting = page.get_by_role("region", name="Three things to try")
    await greeting.get_by_role("button", name="Break ALT").press("Enter")
    notice = page.get_by_role("region", name="What is out of order")
    await expect(notice).to_contain_text("ALT answers with errors now. The bot does not guess")
    await expect(greeting).to_be_hidden()
    await expect(notice.get_by_role("button", name="List a deal")).to_be_focused()
    await notice.get_by_role("button", name="List a deal").click()
    await expect(page.locator("#listed")).to_contain_text("2023 Ember Drake 007")
    await notice.get_by_role("button", name="Ask the bot").click()
    await notice.get_by_role("button", name="Mend ALT").click()
    await expect(page.get_by_text("ALT works again.")).to_be_visible()
    await expect(notice).to_be_hidden()
    await expect(greeting).to_be_visible()
    asked = stand_in.asked_at("/sim/discord/interactions")
    assert [(each["type"], each["name"]) for each in asked] == [("command", "deals latest")]


async def test_a_storm_that_blows_over_is_said_to_be_over(page: Page, stand_in: StandIn) -> None:
    await page.goto(stand_in.url)
    await page.locator("#storm").click()
    await expect(page.locator("#notice-far")).to_have_text("Every vendor: too many requests, 0 of 40")
    stand_in.faults[0]["hits"] = 40
    await expect(page.get_by_text("The storm is over.")).to_be_visible()
    await expect(page.locator("#notice")).to_be_hidden()


async def test_several_troubles_end_together(page: Page, stand_in: StandIn) -> None:
    stand_in.faults = [{"id": 1, "target": "vendor:psa", "kind": "status", "status": 500, "times": None}]
    await page.goto(stand_in.url)
    notice = page.get_by_role("region", name="What is out of order")
    await expect(notice).to_contain_text("Something is out of order on purpose.")
    await page.locator("#break-alt").click()
    await expect(notice).to_contain_text("ALT answers with errors now.")
    await notice.get_by_role("button", name="Mend everything").click()
    await expect(page.get_by_text("Everything works again.")).to_be_visible()
    await expect(page.get_by_text("ALT works again.")).to_have_count(0)
    await expect(notice).to_be_hidden()


async def test_on_a_phone_moving_the_market_leads_back_to_the_messages(page: Page, stand_in: StandIn) -> None:
    await page.set_viewport_size(NARROW)
    await page.goto(stand_in.url)
    await page.get_by_role("button", name="Move the market").click()
    await page.locator("#panel").get_by_role("button", name="List a deal").click()
    await expect(page.locator("#list-deal")).not_to_be_in_viewport()
    await expect(page.locator(".toast", has_text="Listed.")).to_be_visible()
    await stand_in.watched.wait()
    stand_in.post(wire.message("elsewhere", channel_id=wire.GENERAL))
    mark = "getComputedStyle(document.getElementById('open-sidebar'), '::after').content"
    await page.wait_for_function(f"{mark} === '\"\"'")
