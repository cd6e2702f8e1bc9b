"""Magic Eden may be gone for good: everything else works without it, its own orders included."""

from pathlib import Path

import pytest

from core.domain.deals import DealTier
from core.domain.listings import Reported, SourceName
from core.simulator.market.things import Venue
from tests.databases import on_sqlite
from tests.town import town

pytestmark = pytest.mark.slow

GONE: dict[str, tuple[str, int | None]] = {
    "gone": ("status", 410),
    "unknown": ("status", 404),
    "a page": ("html", None),
}


@on_sqlite
@pytest.mark.parametrize("gone", [None, *GONE.values()], ids=["off", *GONE])
async def test_deals_are_found_followed_and_rechecked_without_magic_eden(
    migrated_url: str, tmp_path: Path, gone: tuple[str, int | None] | None
) -> None:
    switch = {"MAGICEDEN_ENABLED": "false"} if gone is None else {}
    async with town(migrated_url, tmp_path, **switch) as there:
        if gone is not None:
            there.faults.add("vendor:magiceden", gone[0], status=gone[1], times=None)
        await there.live(40)
        now = there.clock.now()
        offers = [
            there.market.list_deal(now, discount_bps=4_000, venue=venue) for venue in (Venue.CC, Venue.ME)
        ]
        await there.live(60)
        posts = [await there.post_of(offered) for offered in offers]
        assert [post.tier for post in posts] == [DealTier.GOLD, DealTier.GOLD]
        await there.show_posts()
        for offered in offers:
            there.market.sell(offered.mint, there.clock.now())
        await there.live(120)
        endings = [(await there.post_of(offered)).closing for offered in offers]
        assert [ending and ending.how for ending in endings] == [Reported.SOLD, Reported.GONE]
        assert {sale.source for sale in await there.sales()} == {SourceName.COLLECTOR_CRYPT}
