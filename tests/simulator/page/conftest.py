"""A browser, one page of it for each test, and the stand-in that it shows."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from tests.simulator.page.stand_in import StandIn

CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"]
WIDE = ViewportSize(width=1360, height=860)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    """One Chromium for the whole run."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def stand_in() -> AsyncIterator[StandIn]:
    """A fresh stand-in on a free loopback port; the page may have no stream open when it stops."""
    stand_in = StandIn()
    await stand_in.server.start_server()
    yield stand_in
    stand_in.drop_streams()
    await stand_in.server.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, stand_in: StandIn, tmp_path: Path) -> AsyncIterator[Page]:
    """An empty page with a profile of its own. A script error of the page fails the test."""
    context = await browser.new_context(viewport=WIDE, locale="en-GB", timezone_id="UTC")
    context.set_default_timeout(5_000)
    page = await context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("console", lambda line: failures.append(line.text) if "Content Security" in line.text else None)
    yield page
    await page.screenshot(path=tmp_path / "last.png")
    await context.close()
    assert failures == []
