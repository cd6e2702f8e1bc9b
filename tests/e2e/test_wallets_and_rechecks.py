"""Following a wallet and re-valuing the market, from the admin's command to what the channel shows."""

import asyncio
import re
from functools import partial

import msgspec
import pytest

from core.domain.guilds import ServerSettings
from core.simulator.discord.interactions import Interaction
from core.simulator.discord.population import ADA_ID, DEALS_ID, GUILD_ID
from core.simulator.market.things import Venue
from tests.e2e.community import Community

pytestmark = pytest.mark.slow


async def typed(community: Community, command: str, **options: str) -> Interaction:
    people = community.simulator.discord.people
    return await people.settled(await people.run_command(ADA_ID, DEALS_ID, command, options))


async def test_what_a_wallet_does_from_now_on_is_posted_once(community: Community) -> None:
    market, now = community.simulator.market, community.simulator.discord.now
    async with community.bot():
        await community.setup()
        offered = market.list_deal(now(), discount_bps=-5_000, venue=Venue.ME)
        wallet, listed_in = market.listing(offered.mint).seller, now().second
        while now().second == listed_in:  # noqa: ASYNC110  # time, not an event: that second counts whole
            await asyncio.sleep(0.05)
        await typed(community, "follow add", wallet=wallet, channel=str(DEALS_ID), label="whale 1")
        market.reprice(offered.mint, offered.price_usd_micros + 1_000_000, now())
        await community.until(lambda: any("**lists** it" in str(post) for post in community.posts()))
        market.sell(offered.mint, now())
        await community.until(lambda: any("**sold** it" in str(post) for post in community.posts()))
    told = re.findall(r"\*\*whale 1\*\* `\S+` \*\*(\w+)\*\* it", str(community.posts()))
    assert told == ["lists", "sold"]


async def test_what_passes_the_filter_is_valued_anew(community: Community) -> None:
    market, now = community.simulator.market, community.simulator.discord.now
    async with community.bot() as runtime:
        await community.setup()
        offered = market.list_deal(now(), discount_bps=4_000, venue=Venue.CC)
        await community.post_of(offered.mint)
        await runtime.services.guilds.change(GUILD_ID, partial(only, offered.price_usd_micros), by=ADA_ID)
        await typed(community, "deals recheck", span="all")
        await community.until(lambda: any("valued anew" in str(post["embeds"]) for post in community.posts()))
    result = next(post for post in community.posts() if "valued anew" in str(post["embeds"]))
    said = str(result["embeds"][0]["description"])
    [(done, total)] = re.findall(r"\*\*(\d+) of (\d+) listings?\*\* valued anew", said)
    assert done == total  # beside the one those of which nobody has said yet what they are
    assert not result["components"]


def only(price_usd_micros: int, settings: ServerSettings) -> ServerSettings:
    """Nothing that costs more or less is looked at."""
    window = {"price_min_usd_micros": price_usd_micros, "price_max_usd_micros": price_usd_micros + 1}
    policy = msgspec.structs.replace(settings.policy, **window)
    return msgspec.structs.replace(settings, policy=policy)
