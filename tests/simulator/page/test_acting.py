"""Doing things on the demo page in a browser: buttons, commands, forms, the side panel, the keyboard."""

import pytest
from playwright.async_api import FilePayload, Page, expect

from tests.simulator.page import wire
from tests.simulator.page.stand_in import StandIn
from tests.simulator.page.wire import Json

pytestmark = pytest.mark.asyncio(loop_scope="session")

INTERACTIONS = "/sim/discord/interactions"
LATEST: Json = {
    "id": "50",
    "type": 1,
    "name": "deals",
    "description": "Deals",
    "options": [
        {
            "type": 1,
            "name": "latest",
            "description": "Show the newest open deals",
            "options": [
                {"type": 3, "name": "tier", "description": "Only this tier", "choices": [
                    {"name": "Gold", "value": "gold"}, {"name": "High", "value": "high"}]},
                {"type": 4, "name": "limit", "description": "How many", "min_value": 1, "max_value": 25},
            ],
        }
    ],
}  # fmt: skip
PRICE: Json = {
    "id": "51",
    "type": 1,
    "name": "price",
    "description": "What a card is worth",
    "options": [{"type": 3, "name": "card", "description": "A name", "required": True, "autocomplete": True}],
}
TRACE: Json = {"id": "52", "type": 3, "name": "Why this deal?", "description": ""}


async def test_a_press_shows_its_private_answer_under_the_message(page: Page, stand_in: StandIn) -> None:
    deal, newer = wire.deal(stand_in.url), wire.message("a newer message")
    stand_in.messages = [deal, newer]
    stand_in.answer = lambda _: wire.answered(wire.only_for_me("`82740613`", deal["id"]))
    await page.goto(stand_in.url)
    await page.get_by_role("button", name="ALT", exact=True).click()
    answer = page.locator(f"[data-message='{deal['id']}'] .replies .message")
    await expect(answer.locator("code")).to_have_text("82740613")
    await expect(answer).to_contain_text("Only you can see this")
    pressed = {"type": "component", "message": deal["id"], "custom_id": "v1:alt:5", "values": []}
    assert stand_in.asked_at(INTERACTIONS) == [{"person": wire.ADA, "channel": wire.DEALS, **pressed}]
    await answer.get_by_role("button", name="Dismiss").click()
    await expect(answer).to_have_count(0)


async def test_a_failed_press_says_so_at_the_message(page: Page, stand_in: StandIn) -> None:
    stand_in.messages = [wire.deal(stand_in.url)]
    stand_in.answer = lambda _: wire.failed("This interaction failed")
    await page.goto(stand_in.url)
    await page.get_by_role("button", name="Buy", exact=True).click()
    await expect(page.get_by_role("alert").filter(has_text="This interaction failed")).to_be_visible()


async def test_the_focus_stays_on_a_button_whose_message_changes(page: Page, stand_in: StandIn) -> None:
    deal = wire.deal(stand_in.url)
    stand_in.messages = [deal]
    stand_in.answer = lambda _: wire.answered(deal | {"content": "paged"})
    await page.goto(stand_in.url)
    await page.get_by_role("button", name="CC", exact=True).press("Enter")
    await expect(page.get_by_text("paged")).to_be_visible()
    await expect(page.get_by_role("button", name="CC", exact=True)).to_be_focused()


async def test_a_command_is_found_filled_and_run_with_the_keyboard(page: Page, stand_in: StandIn) -> None:
    stand_in.commands = [LATEST, PRICE]
    await page.goto(stand_in.url)
    await page.get_by_role("combobox", name="Message", exact=True).press_sequentially("/")
    await expect(page.locator("#suggestions").get_by_role("option")).to_have_text(
        ["/deals latestShow the newest open deals", "/priceWhat a card is worth"]
    )
    await page.keyboard.type("lat")
    await expect(page.locator("#suggestions").get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("tier")).to_be_focused()
    await page.get_by_label("tier").select_option("Gold")
    await page.get_by_label("limit").fill("5")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("combobox", name="Message", exact=True)).to_be_focused()
    asked = stand_in.asked_at(INTERACTIONS)
    assert [(each["type"], each["name"], each["options"]) for each in asked] == [
        ("command", "deals latest", {"tier": "gold", "limit": 5})
    ]


async def test_suggestions_of_the_bot_are_offered_while_typing(page: Page, stand_in: StandIn) -> None:
    stand_in.commands = [PRICE]
    stand_in.answer = lambda _: wire.offers("ember-7", "ember-9")
    await page.goto(stand_in.url)
    await page.get_by_role("combobox", name="Message", exact=True).fill("/price")
    await page.keyboard.press("Enter")
    await page.get_by_label("card*", exact=True).press_sequentially("emb")
    await expect(page.locator("#suggestions").get_by_role("option")).to_have_text(["ember-7!", "ember-9!"])
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("card*", exact=True)).to_have_value("ember-9!")
    await page.get_by_role("button", name="Run", exact=True).click()
    await expect(page.get_by_role("combobox", name="Message", exact=True)).to_be_focused()
    last = stand_in.asked_at(INTERACTIONS)[-1]
    assert (last["type"], last["options"]) == ("command", {"card": "ember-9"})
    assert stand_in.asked_at(INTERACTIONS)[-2]["focused"] == "card"


async def test_a_command_takes_a_file(page: Page, stand_in: StandIn) -> None:
    option = {"type": 11, "name": "list", "description": "A list of cards", "required": True}
    stand_in.commands = [{**PRICE, "name": "import", "options": [option]}]
    await page.goto(stand_in.url)
    await page.get_by_role("combobox", name="Message", exact=True).fill("/import")
    await page.keyboard.press("Enter")
    chosen = FilePayload(name="cards.csv", mimeType="text/csv", buffer=b"card,price")
    await page.get_by_label("list*", exact=True).set_input_files(chosen)
    await page.get_by_role("button", name="Run", exact=True).click()
    await expect(page.get_by_role("combobox", name="Message", exact=True)).to_be_focused()
    sent = {"filename": "cards.csv", "content": "Y2FyZCxwcmljZQ=="}
    assert stand_in.asked_at(INTERACTIONS)[-1]["options"] == {"list": sent}


async def test_a_form_of_the_bot_is_filled_and_submitted(page: Page, stand_in: StandIn) -> None:
    deal = wire.deal(stand_in.url)
    stand_in.messages = [deal]
    amount = {"type": 4, "custom_id": "amount", "label": "Amount in USD", "style": 1, "required": True}
    note = {"type": 4, "custom_id": "note", "label": "Note", "style": 2, "required": False, "value": "paper"}
    rows = [{"type": 1, "components": [field]} for field in (amount, note)]
    modal: Json = {"custom_id": "v1:order:5", "title": "Buy on paper", "components": rows}
    stand_in.answer = lambda asked: wire.asks(modal) if asked["type"] == "component" else wire.answered(None)
    await page.goto(stand_in.url)
    await page.get_by_role("button", name="Buy", exact=True).click()
    dialog = page.get_by_role("dialog", name="Buy on paper")
    await dialog.get_by_label("Amount in USD").fill("310")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog).to_be_hidden()
    submitted = stand_in.asked_at(INTERACTIONS)[-1]
    assert submitted["fields"] == {"amount": "310", "note": "paper"}
    assert submitted["custom_id"] == "v1:order:5"


async def test_selects_send_what_was_chosen(page: Page, stand_in: StandIn) -> None:
    tiers = [
        {"label": name, "value": name.lower(), "description": "tier"} for name in ("Gold", "High", "Info")
    ]
    one = {"type": 3, "custom_id": "one", "placeholder": "One tier", "options": tiers}
    many = {**one, "custom_id": "many", "placeholder": "Some tiers", "min_values": 2, "max_values": 3}
    where = {"type": 8, "custom_id": "where", "placeholder": "A channel", "channel_types": [0]}
    rows = [{"type": 1, "components": [select]} for select in (one, many, where)]
    stand_in.messages = [wire.message("choose", components=rows)]
    await page.goto(stand_in.url)
    await page.get_by_text("One tier").click()
    await page.get_by_role("group", name="One tier").get_by_role("button", name="High").click()
    await page.get_by_text("Some tiers").click()
    several = page.get_by_role("group", name="Some tiers")
    await several.get_by_label("Gold").check()
    await expect(several.get_by_role("button", name="Confirm")).to_be_disabled()
    await several.get_by_label("Info").check()
    await several.get_by_role("button", name="Confirm").click()
    await page.get_by_text("A channel").click()
    await page.get_by_role("button", name="#general").click()
    await expect(page.get_by_role("group", name="A channel")).to_be_hidden()
    sent = [(each["custom_id"], each["values"]) for each in stand_in.asked_at(INTERACTIONS)]
    assert sent == [("one", ["high"]), ("many", ["gold", "info"]), ("where", [wire.GENERAL])]


async def test_a_message_offers_the_bots_message_commands(page: Page, stand_in: StandIn) -> None:
    deal = wire.deal(stand_in.url)
    stand_in.messages, stand_in.commands = [deal], [TRACE]
    await page.goto(stand_in.url)
    await page.get_by_role("button", name="More about the message").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("menuitem", name="Why this deal?").press("Enter")
    await expect(page.get_by_role("menu")).to_be_hidden()
    asked = stand_in.asked_at(INTERACTIONS)[0]
    assert (asked["type"], asked["target"], asked["command_id"]) == ("message_command", deal["id"], "52")


async def test_a_written_message_carries_its_mentions(page: Page, stand_in: StandIn) -> None:
    await page.goto(stand_in.url)
    await page.get_by_role("combobox", name="Message", exact=True).fill("@Cards Cartel sync")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("combobox", name="Message", exact=True)).to_have_value("")
    sent = {"person": wire.ADA, "channel": wire.DEALS, "content": f"<@{wire.BOT}> sync"}
    assert stand_in.asked_at("/sim/discord/messages") == [sent]


async def test_the_panel_lists_sells_breaks_mends_and_restarts(page: Page, stand_in: StandIn) -> None:
    await page.goto(stand_in.url)
    sell, outage = page.get_by_role("button", name="Sell it"), page.locator("#break-alt")
    await expect(sell).to_be_disabled()
    await page.locator("#list-deal").click()
    await expect(page.get_by_text("2023 Ember Drake 007, $312.50 (worth $470.00)")).to_be_visible()
    stand_in.post(wire.deal(stand_in.url))
    await expect(page.locator("#sell-target")).to_have_text("2023 Ember Drake 007 · PSA 10")
    await sell.click()
    await expect(sell).to_be_disabled()
    assert stand_in.asked_at("/sim/market/sell") == [{"mint": wire.MINT}]
    await outage.click()
    await expect(outage).to_have_text("Mend ALT")
    assert [fault["target"] for fault in stand_in.faults] == ["vendor:alt"]
    await outage.click()
    await expect(outage).to_have_text("Break ALT")
    assert stand_in.faults == []
    await page.get_by_label("Pace").press("ArrowRight")
    await expect(page.get_by_text("30 events a minute")).to_be_visible()
    await page.get_by_role("button", name="Restart the bot").click()
    await expect(page.get_by_text("The bot is asked to restart.")).to_be_visible()
    assert stand_in.asked_at("/sim/market/pace") == [{"events_per_minute": 30}]
    assert stand_in.asked_at("/sim/restart-bot") == [{}]


async def test_the_greeting_gives_three_things_to_try_and_goes_for_good(
    page: Page, stand_in: StandIn
) -> None:
    stand_in.commands = [LATEST]
    await page.goto(stand_in.url)
    greeting = page.get_by_role("region", name="Three things to try")
    await expect(greeting.get_by_role("listitem")).to_have_count(3)
    await greeting.get_by_role("button", name="/deals latest").click()
    await expect(page.locator("#command-form")).to_be_visible()
    await page.keyboard.press("Escape")
    await greeting.get_by_role("button", name="Got it").click()
    await page.reload()
    await expect(page.locator("#status")).to_have_text("Cards Cartel is online")
    await expect(greeting).to_be_hidden()
