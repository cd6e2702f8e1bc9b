"""The demo page with the real bot behind it, as a newcomer uses it in a browser."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from re import compile as pattern

import pytest
import pytest_asyncio
from playwright.async_api import ViewportSize, expect
from sqlalchemy import update

from core.runtime import Runtime
from core.simulator.market.things import Venue
from core.simulator.market.world import Offered
from db.prices import ValuationRow
from tests.e2e.browsing import PATIENCE_MS, Reader, open_reader
from tests.e2e.community import Community, known_as, quiet_community

pytestmark = pytest.mark.slow
NARROW = ViewportSize(width=390, height=844)
expect.set_options(timeout=PATIENCE_MS)


@pytest_asyncio.fixture
async def community(tmp_path: Path) -> AsyncIterator[Community]:
    """A market that stands still, and a bot on SQLite as in the demo."""
    async with quiet_community(f"sqlite:///{tmp_path / 'cartel.db'}", tmp_path) as quiet:
        yield quiet


@pytest_asyncio.fixture
async def reader(community: Community, chromium_path: str, tmp_path: Path) -> AsyncIterator[Reader]:
    async with open_reader(chromium_path, community.simulator.url, tmp_path) as reader:
        yield reader


def list_deal(community: Community) -> Offered:
    market, now = community.simulator.market, community.simulator.discord.now
    return market.list_deal(now(), discount_bps=4_000, venue=Venue.CC)


async def test_a_deal_is_read_bought_copied_and_seen_to_end(community: Community, reader: Reader) -> None:
    async with community.bot():
        await community.setup()
        offered = list_deal(community)
        post = reader.post(offered.mint)
        for label, address in (
            ("CC", rf"collectorcrypt\.com/.*{offered.mint}"),
            ("ALT", r"alt\.xyz/"),
            ("ME", rf"magiceden\.io/.*{offered.mint}"),
        ):
            link = post.get_by_role("link", name=label, exact=True)
            await expect(link).to_have_attribute("href", pattern(address))
        await reader.page.get_by_role("button", name="Got it").click()
        await reader.close_up("deal-post", post)
        await post.get_by_role("button", name="Buy", exact=True).click()
        await expect(post.locator(".ephemeral").get_by_role("link").first).to_have_attribute(
            "href", pattern(offered.mint)
        )
        await post.get_by_role("button", name="Copy", exact=True).click()
        for value in (offered.mint, offered.certificate):
            await expect(post.locator(".ephemeral").get_by_text(value, exact=True)).to_be_visible()
        await reader.shot("a-deal")
        await reader.page.locator("#sell").click()
        await expect(post).to_contain_text("Sold")
        await expect(post.get_by_role("button", name="Buy", exact=True)).to_be_disabled()


async def test_a_command_is_answered_to_who_typed_it(community: Community, reader: Reader) -> None:
    async with community.bot():
        await community.setup()
        offered = list_deal(community)
        await expect(reader.post(offered.mint)).to_be_visible()
        await reader.run("deals latest")
        await expect(reader.private("Newest open deals")).to_contain_text(known_as(offered))


async def test_each_person_sees_and_may_do_what_is_theirs(community: Community, reader: Reader) -> None:
    async with community.bot():
        await community.setup()
        await reader.run("deals latest")
        await expect(reader.private("Newest open deals")).to_be_visible()
        await reader.become("Wes")
        await expect(reader.page.locator("#me-roles")).to_have_text("may read, not write")
        await expect(reader.page.locator(".ephemeral")).to_have_count(0)
        await reader.box.fill("hello")
        await reader.page.keyboard.press("Enter")
        await expect(reader.page.get_by_role("alert")).to_contain_text("You may not write here")
        await reader.box.fill("/setup")
        await expect(reader.page.locator("#suggestions")).to_be_hidden()
        await reader.box.fill("/deals")
        await expect(reader.page.locator("#suggestions")).to_contain_text("/deals latest")


async def all_is_appraised(runtime: Runtime) -> None:
    """Wait until nothing of the market as it was found waits for a verdict."""
    async with asyncio.timeout(60):
        while (await runtime.services.operations.queue()).waiting:  # noqa: ASYNC110  # rows, not an event
            await asyncio.sleep(0.05)


async def the_wait_is_told(runtime: Runtime, reader: Reader) -> None:
    """Ask once the first question to ALT has failed with all its tries, seconds after the listing."""
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while not (await runtime.services.deals.latest()).waits_for:  # noqa: ASYNC110  # rows, not an event
            await asyncio.sleep(0.05)
    await reader.run("deals latest")
    waits = pattern("ALT (stopped answering .*|does not answer right now): new listings wait for it")
    await expect(reader.private("Newest open deals").last).to_contain_text(waits)


async def test_while_alt_is_broken_nothing_is_guessed_and_afterwards_nothing_is_lost(
    community: Community, reader: Reader
) -> None:
    async with community.bot() as runtime:
        await community.setup()
        await all_is_appraised(runtime)
        await reader.page.locator("#break-alt").click()
        async with runtime.db.write() as tx:  # what ALT said of this kind within the hour would serve
            await tx.execute(update(ValuationRow).values(evidence=()))
        offered = list_deal(community)
        await expect(reader.page.locator("#troubles")).to_have_text(
            pattern(r"^ALT: error 503, [1-9]\d* times? so far$")
        )
        await expect(reader.post(offered.mint)).to_have_count(0)
        await the_wait_is_told(runtime, reader)
        await reader.shot("alt-is-broken")
        await reader.page.locator("#mend").click()
        await expect(reader.page.locator("#troubles")).to_have_text("Everything works.")
        await expect(reader.post(offered.mint)).to_be_visible()


async def test_a_restart_of_the_bot_and_a_reload_of_the_page_lose_nothing(
    community: Community, reader: Reader
) -> None:
    status = reader.page.locator("#status")
    async with community.bot():
        await community.setup()
        offered = list_deal(community)
        await reader.become("Tom")
        await expect(reader.post(offered.mint)).to_be_visible()
    await expect(status).to_have_text("Cards Cartel is offline")
    await expect(reader.page.get_by_text("Cards Cartel went offline.")).to_be_visible()
    await reader.page.reload()
    await expect(reader.page.get_by_label("You are")).to_have_value("1100000000000000012")
    await expect(reader.post(offered.mint)).to_be_visible()
    async with community.bot():
        await expect(status).to_have_text("Cards Cartel is online")
        await reader.post(offered.mint).get_by_role("button", name="Buy", exact=True).click()
        await expect(reader.post(offered.mint).locator(".ephemeral")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_narrow_screen_shows_everything(
    community: Community, chromium_path: str, tmp_path: Path, scheme: str
) -> None:
    url = community.simulator.url
    async with community.bot(), open_reader(chromium_path, url, tmp_path, NARROW) as reader:
        page = reader.page
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        await community.setup()
        offered = list_deal(community)
        await expect(reader.post(offered.mint)).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
        await reader.shot(f"narrow-{scheme}")
        await page.get_by_role("button", name="Channels").click()
        await expect(page.get_by_role("button", name="general")).to_be_in_viewport()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Channels")).to_be_focused()
        await page.get_by_role("button", name="Move the market").click()
        await expect(page.locator("#list-deal")).to_be_in_viewport()
        await reader.shot(f"narrow-{scheme}-panel")
