"""The whole runtime and all its vendors over HTTP, none of whom answers for an hour: quiet afterwards."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from cogs.ui.deals import ping
from core.domain.deals import PINGS, DealTier, variant_words
from core.domain.guilds import ServerSettings
from core.domain.posts import DealPost
from core.simulator.market.things import Currency, Token, Venue, ms_of
from db.posts import PostRow
from tests.databases import on_sqlite
from tests.town import MARKET, Town, town

pytestmark = pytest.mark.slow

GUILD, ROLE = 50, 70
SEVERAL = replace(MARKET, cards=250, listings=8)
GOLD_BPS = 4_500


def pinging(settings: ServerSettings) -> ServerSettings:
    return msgspec.structs.replace(settings, ping_roles={DealTier.GOLD: ROLE, DealTier.HIGH: ROLE})


class Watched:
    """A town whose posts are shown, and which of them pinged when they were."""

    def __init__(self, there: Town) -> None:
        self.there = there
        self.seen: set[int] = set()

    def list_deals(self, count: int) -> list[str]:
        """Cards that are like no other one, most of them GOLD; their tokens."""
        market, now = self.there.market, self.there.clock.now()
        plain = (token for token in market.scenery.deal_tokens if self._is_plain(token))
        listed = []
        for token in islice(plain, count):
            price = market.asks.fair(token, ms_of(now)) * (10_000 - GOLD_BPS) // 10_000
            market.put_on_sale(token.mint, price, now, venue=Venue.CC, currency=Currency.USDC)
            listed.append(token.mint)
        assert len(listed) == count
        return listed

    def _is_plain(self, token: Token) -> bool:
        market = self.there.market
        card = market.scenery.cards[market.scenery.kind(token).card_id]
        return not variant_words(f"{card.parallel} {card.stamp}") and token.mint not in market.book

    async def live(self, seconds: int, *, step_s: int = 20) -> list[tuple[DealPost, bool]]:
        """The deals that were shown meanwhile, and whether anybody was pinged."""
        shown: list[tuple[DealPost, bool]] = []
        for _ in range(0, seconds, step_s):
            await self.there.live(step_s, step_s=step_s)
            await self.there.show_posts()
            new = {id: deal for id, deal in await self._deals() if id not in self.seen}
            now = self.there.clock.now()
            shown += [(deal, ping(deal, now) is not None) for deal in new.values()]
            self.seen |= new.keys()
        return shown

    async def closings(self, mints: Sequence[str]) -> list[str | None]:
        """How the posts of these ended."""
        deals = {deal.mint: deal for _, deal in await self._deals()}
        ends = [deals[mint].closing for mint in mints]
        return [None if end is None else end.how.value for end in ends]

    async def _deals(self) -> list[tuple[int, DealPost]]:
        async with self.there.runtime.db.read() as tx:
            rows = (await tx.execute(select(PostRow.id, PostRow.payload).order_by(PostRow.id))).all()
        return [(row.id, row.payload) for row in rows if isinstance(row.payload, DealPost)]


@on_sqlite
async def test_what_happened_meanwhile_is_no_news_and_what_happens_next_is(
    migrated_url: str, tmp_path: Path
) -> None:
    async with town(migrated_url, tmp_path, SEVERAL) as there:
        await there.runtime.services.guilds.change(GUILD, pinging, by=1)
        town_hall, market = Watched(there), there.market
        greeted = await town_hall.live(240)
        assert (len(greeted), any(pings for _, pings in greeted)) == (3, False)
        known = town_hall.list_deals(4)
        ping_as_ever(await town_hall.live(60), known)
        await town_hall.live(3_600, step_s=600)

        there.faults.add("vendor:*", "status", status=503, times=None)
        assert await town_hall.live(1_800, step_s=300) == []
        bargains = town_hall.list_deals(6)
        market.sell(known[0], there.clock.now())
        market.delist(known[1], there.clock.now())
        market.reprice(known[2], market.listing(known[2]).price_atoms * 3, there.clock.now())
        assert await town_hall.live(1_800, step_s=300) == []

        there.faults.clear()
        shown = await town_hall.live(480)
        assert {deal.mint for deal, _ in shown} <= set(bargains)
        assert [(deal.was_open_before, pings) for deal, pings in shown] == [(True, False)] * 3
        assert await town_hall.closings(known) == ["sold", "gone", "listed", None]
        news = town_hall.list_deals(3)
        ping_as_ever(await town_hall.live(60), news)


def ping_as_ever(shown: Sequence[tuple[DealPost, bool]], listed: Sequence[str]) -> None:
    """A vendor may think less of one of them."""
    assert {deal.mint for deal, _ in shown} <= set(listed)
    assert [pings for _, pings in shown] == [deal.tier in PINGS for deal, _ in shown]
    assert any(pings for _, pings in shown)
