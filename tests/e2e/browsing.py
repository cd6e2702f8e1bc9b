"""Opens the demo page in a browser of its own, for tests of a whole community."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Locator, Page, ViewportSize, async_playwright, expect

CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"]
WIDE = ViewportSize(width=1360, height=860)
PATIENCE_MS = 90_000
SHOTS_FOLDER = "PAGE_SHOTS"


class Reader:
    """A person at the page. Screenshots go to the folder that PAGE_SHOTS names, else to the test's own."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self._folder = Path(os.environ.get(SHOTS_FOLDER) or folder)

    @property
    def box(self) -> Locator:
        """Where one writes."""
        return self.page.get_by_role("combobox", name="Message", exact=True)

    def post(self, mint: str) -> Locator:
        """The public post about this token, with the private answers under it."""
        return self.page.locator(".messages > li").filter(has_text=mint)

    def private(self, words: str) -> Locator:
        """Answers that only this person sees."""
        return self.page.locator(".ephemeral").filter(has_text=words)

    async def become(self, name: str) -> None:
        """Choose who one is."""
        people = self.page.get_by_label("You are")
        label = await people.get_by_role("option", name=name).text_content()
        await people.select_option(label=label)

    async def run(self, command: str) -> None:
        """Type a command, take the first suggestion, and run it without options."""
        await self.box.fill(f"/{command}")
        await self.page.keyboard.press("Enter")
        await self.page.get_by_role("button", name="Run", exact=True).click()
        await expect(self.box).to_be_visible()

    async def shot(self, name: str) -> None:
        """Keep what is on the screen."""
        await self.page.screenshot(path=self._folder / f"{name}.png", animations="disabled")

    async def close_up(self, name: str, of: Locator) -> None:
        """Keep one thing of what is on the screen; the README's picture of a post is made this way."""
        picture = self._folder / f"{name}.png"
        await of.screenshot(path=picture, animations="disabled", style="#toasts { display: none }")


@asynccontextmanager
async def open_reader(
    chromium: str, url: str, folder: Path, size: ViewportSize = WIDE
) -> AsyncIterator[Reader]:
    """The page, loaded. A script error of the page fails the test."""
    failures: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        context = await browser.new_context(viewport=size, locale="en-GB", timezone_id="UTC")
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        page.on("pageerror", lambda error: failures.append(str(error)))
        await page.goto(url)
        yield Reader(page, folder)
        await browser.close()
    assert failures == []
