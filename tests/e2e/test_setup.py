"""From a fresh invitation to the first post on a phone, and the settings after it, as an admin does it."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, ViewportSize, expect

from core.simulator.discord.population import ADA_ID, DEAL_PINGS_ROLE_ID, DEALS_ID
from core.simulator.market.things import Venue
from tests.e2e.browsing import PATIENCE_MS, Reader, open_reader
from tests.e2e.community import Community, known_as, quiet_community

pytestmark = pytest.mark.slow
PHONE = ViewportSize(width=390, height=844)
expect.set_options(timeout=PATIENCE_MS)


@pytest_asyncio.fixture
async def shown(tmp_path: Path) -> AsyncIterator[Community]:
    """A community for a page, on SQLite alone."""
    async with quiet_community(f"sqlite:///{tmp_path / 'cartel.db'}", tmp_path) as quiet:
        yield quiet


@pytest_asyncio.fixture
async def ada(shown: Community, chromium_path: str, tmp_path: Path) -> AsyncIterator[Reader]:
    """Ada at her phone."""
    async with open_reader(chromium_path, shown.simulator.url, tmp_path) as reader:
        await reader.become("Ada")
        await reader.page.get_by_role("button", name="Got it").click()
        await reader.page.set_viewport_size(PHONE)
        yield reader


def says(community: Community, text: str) -> bool:
    return text in str(community.private(ADA_ID)[-1])


async def choose(answer: Locator, select: str, option: str) -> None:
    """Choose one thing in a menu under a message."""
    await answer.locator(f'details[data-custom-id="{select}"] summary').click()
    await answer.get_by_role("button", name=option).first.click()


async def test_a_fresh_invitation_leads_to_a_first_post_that_pings(community: Community) -> None:
    async with community.bot():
        people = community.simulator.discord.people
        act = await people.settled(await people.run_command(ADA_ID, DEALS_ID, "setup"))
        assert act.original is not None
        for step, custom_id, value in (
            ("Step 2 of 3", "v1:setup:channel", str(DEALS_ID)),
            ("Step 3 of 3", "v1:setup:role", str(DEAL_PINGS_ROLE_ID)),
            ("Ready", "v1:setup:calls", "best"),
        ):
            await people.press(ADA_ID, act.original.id, custom_id, (value,))
            await community.until(partial(says, community, step))
        market, now = community.simulator.market, community.simulator.discord.now
        offered = market.list_deal(now(), discount_bps=4_000, venue=Venue.CC)
        post = await community.post_of(offered.mint)
        assert f"<@&{DEAL_PINGS_ROLE_ID}>" in post["content"]


async def test_three_choices_on_a_phone_lead_to_the_first_post(shown: Community, ada: Reader) -> None:
    async with shown.bot():
        await ada.run("setup")
        answer = ada.private("of 3")
        await expect(answer).to_contain_text("Where shall deals go?")
        await ada.shot("setup-1-channel")
        await choose(answer, "v1:setup:channel", "#deals")
        await expect(answer).to_contain_text("Who shall be pinged?")
        await ada.shot("setup-2-role")
        await choose(answer, "v1:setup:role", "@Deal pings")
        await expect(answer).to_contain_text("What shall be posted?")
        await ada.shot("setup-3-calls")
        await choose(answer, "v1:setup:calls", "Balanced")
        done = ada.private("Ready")
        await expect(done).to_contain_text("Posted: GOLD, HIGH, INFO, LOOK")
        await ada.shot("setup-4-ready")

        market, now = shown.simulator.market, shown.simulator.discord.now
        offered = market.list_deal(now(), discount_bps=4_000, venue=Venue.CC)
        post = await shown.post_of(offered.mint)
        assert known_as(offered) in str(post["embeds"][0]["title"])
        await expect(ada.post(offered.mint).first).to_be_visible()
        await ada.shot("setup-5-first-post")


async def test_a_setting_is_changed_saved_and_undone_on_a_phone(shown: Community, ada: Reader) -> None:
    async with shown.bot():
        await shown.setup()
        await ada.run("settings")
        answer = ada.private("Settings of")
        await expect(answer).to_contain_text("Quiet hours: none")
        await ada.shot("settings-1-all")
        await choose(answer, "v1:settings:part", "For deals, and for what is too good")
        form = ada.page.get_by_role("dialog")
        await expect(form.get_by_label("Deals")).to_have_value(str(DEALS_ID))
        await form.get_by_role("button", name="Cancel").click()
        for part, field, value in (
            ("Quiet hours", "Begin", "22:00"),
            ("Confidence", "Confidence", "75"),
        ):
            await choose(answer, "v1:settings:part", part)
            await expect(form).to_be_visible()
            await form.get_by_label(field).fill(value)
            if part == "Quiet hours":
                await form.get_by_label("End").fill("7 am")
                await form.get_by_label("Time zone").fill("berlin")
            await ada.shot(f"settings-2-{field.lower()}")
            await form.get_by_role("button", name="Submit").click()
            await expect(answer).to_contain_text("Not saved yet")
        await expect(answer).to_contain_text("2 changes")
        await ada.shot("settings-3-draft")
        await answer.get_by_role("button", name="Save").click()
        await expect(answer).to_contain_text("Saved")
        await ada.shot("settings-4-saved")
        await answer.get_by_role("button", name="History").click()
        history = ada.private("What was changed")
        await ada.shot("settings-5-history")
        await history.get_by_role("button", name="Undo change 2").click()
        await expect(history).to_contain_text("undone: quiet hours, confidence")
        await ada.shot("settings-6-undone")
