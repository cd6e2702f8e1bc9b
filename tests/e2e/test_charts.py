"""The chart of a deal: from a sale on the market to a picture on the page."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from core.simulator.discord.wire import Json
from core.simulator.market.things import Currency, Venue
from tests.e2e.browsing import open_reader
from tests.e2e.community import Community

pytestmark = pytest.mark.slow


def with_picture(posts: list[Json]) -> list[Json]:
    return [post for post in posts if post["embeds"][0].get("image")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_deal_of_a_kind_that_was_sold_before_shows_its_chart(
    community: Community, chromium_path: str, tmp_path: Path
) -> None:
    market, now = community.simulator.market, community.simulator.discord.now
    async with community.bot():
        await community.setup()
        offered = market.list_deal(now(), discount_bps=4_000, venue=Venue.ME)
        await community.post_of(offered.mint)
        market.sell(offered.mint, now())
        price = offered.price_usd_micros * 9 // 10
        market.put_on_sale(offered.mint, price, now(), venue=Venue.ME, currency=Currency.USDC)
        await community.until(lambda: bool(with_picture(community.posts())))
        [charted] = with_picture(community.posts())
        assert charted["id"] == community.posts()[-1]["id"]

        async with open_reader(chromium_path, community.simulator.url, tmp_path) as reader:
            address = charted["embeds"][0]["image"]["url"]  # what was open before may have a chart by now
            picture = reader.page.locator(f'img.embed-image[src="{address}"]')
            await expect(picture).to_have_js_property("naturalWidth", 800)
            await reader.shot("a-chart")
