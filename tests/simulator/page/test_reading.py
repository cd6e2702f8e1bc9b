"""Reading the demo page in a browser: messages, live updates, people, narrow screens."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.simulator.page import wire
from tests.simulator.page.stand_in import StandIn

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_deal_shows_its_embed_and_buttons(page: Page, stand_in: StandIn, tmp_path: Path) -> None:
    stand_in.messages = [wire.deal(stand_in.url)]
    await page.goto(stand_in.url)
    embed = page.locator(".embed")
    await expect(embed.get_by_role("link", name="2023 Ember Drake 007 · PSA 10")).to_have_attribute(
        "href", f"https://collectorcrypt.com/assets/solana/{wire.MINT}"
    )
    await expect(embed.locator("strong").first).to_have_text("$312.50")
    await expect(embed.locator(".embed-field-name")).to_have_text(["Price", "Value", "Net profit", "Listed"])
    await expect(embed.locator(".embed-footer")).to_contain_text("ours 0.4 s")
    await expect(page.get_by_role("button", name="Buy", exact=True)).to_be_enabled()
    await expect(page.get_by_role("link", name="ME", exact=True)).to_have_attribute(
        "rel", "noopener noreferrer"
    )
    loaded = "image => image.complete && image.naturalWidth"
    assert await embed.locator("img").evaluate(loaded) == 300
    await page.screenshot(path=tmp_path / "deal.png")


async def test_messages_arrive_change_and_go_while_one_reads(page: Page, stand_in: StandIn) -> None:
    await page.goto(stand_in.url)
    await expect(page.get_by_text("Nothing has been posted in #deals yet.")).to_be_visible()
    await stand_in.watched.wait()
    await expect(page.locator("#status")).to_have_text("Cards Cartel is online")
    listed = wire.message("on sale")
    stand_in.post(listed)
    await expect(page.locator(".message")).to_contain_text("on sale")
    stand_in.publish("message_update", listed | {"content": "sold", "edited_timestamp": listed["timestamp"]})
    await expect(page.locator(".message .markdown")).to_have_text("sold (edited)")
    stand_in.publish("message_delete", {"id": listed["id"], "channel_id": wire.DEALS})
    await expect(page.locator(".message")).to_have_count(0)


async def test_the_newest_message_stays_in_view_only_for_who_reads_at_the_end(
    page: Page, stand_in: StandIn
) -> None:
    stand_in.messages = [wire.deal(stand_in.url) for _ in range(5)]
    await page.goto(stand_in.url)
    await stand_in.watched.wait()
    for number in range(30):
        stand_in.post(wire.message(f"burst {number}"))
    await expect(page.get_by_text("burst 29")).to_be_in_viewport()
    await page.locator("#log").hover()
    await page.mouse.wheel(0, -2000)
    await expect(page.get_by_text("burst 29")).not_to_be_in_viewport()
    stand_in.post(wire.message("while reading above"))
    await expect(page.get_by_text("while reading above")).not_to_be_in_viewport()
    await page.get_by_role("button", name="New messages").click()
    await expect(page.get_by_text("while reading above")).to_be_in_viewport()


async def test_what_was_missed_is_there_after_a_reconnection(page: Page, stand_in: StandIn) -> None:
    await page.goto(stand_in.url)
    await expect(page.locator("#empty")).to_be_visible()
    await stand_in.watched.wait()
    stand_in.messages.append(wire.message("posted while the stream was down"))
    stand_in.drop_streams()
    await expect(page.get_by_text("posted while the stream was down")).to_be_visible()
    await expect(page.locator("#status")).to_have_text("Cards Cartel is online")


async def test_the_status_line_says_when_the_bot_goes_away(page: Page, stand_in: StandIn) -> None:
    stand_in.state["bot"]["online"] = False
    await page.goto(stand_in.url)
    await expect(page.locator("#status")).to_have_text("Cards Cartel is offline")
    await stand_in.watched.wait()
    stand_in.state["bot"]["online"] = True
    stand_in.publish("presence", {"online": True})
    await expect(page.locator("#status")).to_have_text("Cards Cartel is online")


async def test_what_the_stream_tells_is_newer_than_an_answer_on_its_way(
    page: Page, stand_in: StandIn
) -> None:
    stand_in.state["bot"]["online"] = False
    stand_in.may_catch_up.clear()
    async with page.expect_request("**/sim/discord/stream?*"):
        await page.goto(stand_in.url)
    async with page.expect_response("**/sim/discord/state?*"):
        await stand_in.watched.wait()
        stand_in.publish("presence", {"online": True})
        await expect(page.locator("#status")).to_have_text("Cards Cartel is online")
        stand_in.may_catch_up.set()
    await expect(page.locator("#status")).to_have_text("Cards Cartel is online")


async def test_a_watcher_may_read_but_not_write(page: Page, stand_in: StandIn) -> None:
    await page.goto(stand_in.url)
    await page.get_by_label("You are").select_option(wire.WES)
    await expect(page.get_by_role("button", name="trace")).to_be_disabled()
    await page.get_by_role("combobox", name="Message", exact=True).fill("hello")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("You may not write here. Commands work: type /")).to_be_visible()
    assert stand_in.asked_at("/sim/discord/messages") == []


async def test_another_channel_is_marked_until_it_is_read(page: Page, stand_in: StandIn) -> None:
    await page.goto(stand_in.url)
    await expect(page.locator("#empty")).to_be_visible()
    await stand_in.watched.wait()
    stand_in.post(wire.message("elsewhere", channel_id=wire.GENERAL))
    general = page.get_by_role("button", name="general")
    await expect(general).to_contain_text("new messages")
    await general.click()
    await expect(page.get_by_text("elsewhere")).to_be_visible()
    await expect(general.locator(".unread")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_shows_everything_without_sideways_scrolling(
    page: Page, stand_in: StandIn, tmp_path: Path, scheme: str
) -> None:
    wide_word = "W" * 400
    stand_in.messages = [wire.message(f"{wide_word}\n```\n{wide_word}\n```"), wire.deal(stand_in.url)]
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.goto(stand_in.url)
    await expect(page.locator(".embed img")).to_be_visible()
    for part in ("html", "#log", ".chat"):
        fits = "element => element.scrollWidth <= element.clientWidth"
        assert await page.locator(part).evaluate(fits), part
    await page.screenshot(path=tmp_path / f"phone-{scheme}.png")
    await page.get_by_role("button", name="Channels").click()
    await expect(page.get_by_role("button", name="general")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="general")).to_be_hidden()
    await expect(page.get_by_role("button", name="Channels")).to_be_focused()
