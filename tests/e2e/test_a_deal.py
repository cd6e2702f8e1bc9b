"""One listing's whole life, seen by the people who live it."""

import asyncio
import json

import pytest
from sqlalchemy import func, select

from core.simulator.discord.population import DEALS_ID, TOM_ID
from core.simulator.market.things import Venue
from db.catalog import TokenRow
from db.engine import Database
from db.listings import ListingRow
from db.observations import ObservationRow
from tests.e2e.community import WAIT_S, Community, button, buttons, known_as
from tests.logs import written_logs

pytestmark = pytest.mark.slow
BOTH = [("collectorcrypt", 1), ("magiceden", 1)]


async def test_a_listing_travels_from_the_market_to_a_message_and_to_its_end(community: Community) -> None:
    market = community.simulator.market
    now = community.simulator.discord.now
    async with community.bot():
        await community.setup()
        offered = market.list_deal(now(), discount_bps=4_000, venue=Venue.CC)
        post = await community.post_of(offered.mint)

        assert [found["label"] for found in buttons(post)] == ["CC", "ALT", "ME", "Buy", "Copy"]
        assert known_as(offered) in str(post["embeds"][0]["title"])
        assert "GOLD" in str(post["embeds"][0]).upper()

        await community.press(post, "Copy")
        await community.until(lambda: len(community.private(TOM_ID)) == 2)
        values = [message["content"] for message in community.private(TOM_ID)]
        assert sorted(values) == sorted([offered.mint, offered.certificate])

    async with community.bot():  # the bot restarts between post and click
        await asyncio.gather(community.press(post, "Buy"), community.press(post, "Buy"))
        await community.until(lambda: len(community.private(TOM_ID)) == 4)
        answers = community.private(TOM_ID)[2:]
        assert all("collectorcrypt.com" in str(answer) for answer in answers)
        assert len(community.posts()) == 1

        market.sell(offered.mint, now())
        await community.until(lambda: "Sold" in str(community.posts()[0]))
        closed = community.posts()[0]
        assert closed["id"] == post["id"]
        assert button(closed, "Buy")["disabled"]
        await community.press(closed, "Copy")
        assert len(community.posts()) == 1


async def test_deals_latest_shows_what_was_posted(community: Community) -> None:
    async with community.bot():
        await community.setup()
        now = community.simulator.discord.now
        offered = community.simulator.market.list_deal(now(), discount_bps=4_000, venue=Venue.ME)
        await community.post_of(offered.mint)
        people = community.simulator.discord.people
        await people.settled(await people.run_command(TOM_ID, DEALS_ID, "deals latest"))
        assert known_as(offered) in str(community.private(TOM_ID)[-1])


async def test_the_same_order_told_by_both_vendors_is_one_listing_and_one_post(community: Community) -> None:
    market, now = community.simulator.market, community.simulator.discord.now
    async with community.bot() as runtime:
        await community.setup()
        offered = market.list_deal(now(), discount_bps=4_000, venue=Venue.ME)
        await community.post_of(offered.mint)
        async with asyncio.timeout(WAIT_S):
            while await reporters(runtime.db, offered.mint) != BOTH:  # noqa: ASYNC110  # rows, not an event
                await asyncio.sleep(0.05)
        assert len(community.posts()) == 1


async def reporters(db: Database, mint: str) -> list[tuple[str, int]]:
    """Who told of a token that is on sale, and of how many listings."""
    query = (
        select(ObservationRow.source, func.count(ListingRow.id.distinct()))
        .join(ListingRow, ListingRow.id == ObservationRow.listing_id)
        .join(TokenRow, TokenRow.id == ListingRow.token_id)
        .where(TokenRow.address == mint, ListingRow.is_open)
        .group_by(ObservationRow.source)
        .order_by(ObservationRow.source)
    )
    async with db.read() as tx:
        return [(source, count) for source, count in await tx.execute(query)]


async def test_one_id_follows_a_listing_through_the_log_from_sight_to_post(community: Community) -> None:
    with written_logs(level="debug") as text:
        async with community.bot():
            await community.setup()
            now = community.simulator.discord.now
            offered = community.simulator.market.list_deal(now(), discount_bps=4_000, venue=Venue.CC)
            await community.post_of(offered.mint)
    lines = [json.loads(line) for line in text.getvalue().splitlines()]
    told = [line["event"] for line in lines if line.get("correlation") == offered.mint]
    assert told[:2] == ["listed", "deal found"]
    assert "post shown" in told
