"""kill -9 while posted deals end: each is closed once and right, and so are the figures of the scorecard."""

from functools import partial
from itertools import count
from typing import Any

import msgspec
import pytest

from core.domain.deals import DEFAULT_POLICY
from core.domain.guilds import ServerSettings
from core.domain.posts import DealPost, DigestPost
from db.outcomes import OutcomeRow
from db.posts import PostRow
from db.prices import PricePointRow
from tests.recovery.mortal import Fate, Mortal, Order
from tests.recovery.scenes import TURN_S, endings, offered
from tests.services.house import House
from tests.services.reports import at, by_alt

pytestmark = pytest.mark.slow

PRICES = {"sold": 80, "cut": 80, "back": 80, "line": 130, "other": 150}
SERVERS = (1, 2)
ONLY_GOLD = 4
"""The server that has every other call in its digest."""
LOOKED_FOR = ("ended_as", "sold_after_s", "paid_usd_micros", "buyer", "sales", "is_hit", "judged_by",
              "proof_usd_micros", "profit_usd_micros")  # fmt: skip


@pytest.fixture
async def servers(house: House) -> House:
    for guild_id in (*SERVERS, ONLY_GOLD):
        await house.guilds.joined(guild_id, "Guild")
        await house.guilds.change(guild_id, partial(choose, guild_id), by=1)
    return house


def choose(guild_id: int, _: ServerSettings) -> ServerSettings:
    posts_per_hour = 1 if guild_id == ONLY_GOLD else 20
    return ServerSettings(DEFAULT_POLICY, 5_000 + guild_id, posts_per_hour=posts_per_hour)


async def show(house: House) -> None:
    while await house.show_posts():
        pass


async def posted(house: House, n: int) -> Order:
    """The n-th turn: four deals are shown, the last of them in a digest as well, and an hour goes by."""
    for name, price in PRICES.items():
        house.value(by_alt(160), f"{n}-{name}")
        await house.tell(offered(n, name, price, 0))
    await house.appraisal.work_due()
    await show(house)
    house.pass_time(3_600)
    assert await house.digests.make_due() == 1
    await show(house)
    await house.outcomes.follow_up()
    house.pass_time(60)
    return Order("follow_to_the_end", n, at_s=n * TURN_S + 3_660)


async def closed(house: House, n: int) -> list[tuple[Any, ...]]:
    """What the messages of the turn say, how often they changed, and what is known of its calls."""
    said: list[tuple[Any, ...]] = []
    for row in await house.rows(PostRow):
        told = row.payload.lines if isinstance(row.payload, DigestPost) else [row.payload]
        said += [
            (one.mint.partition("-")[2], row.guild_id, row.state, row.wanted_rev, ending(one, n))
            for one in told
            if one.mint.startswith(f"{n}-")
        ]
    versions = {row.verdict_id: row.payload.mint for row in await house.rows(PostRow) if row.verdict_id}
    for row in await house.rows(OutcomeRow):
        _, _, name = versions[row.verdict_id].partition(f"{n}-")
        if name:
            said.append((name, *(getattr(row, column) for column in LOOKED_FOR)))
    return sorted(said, key=str)


def ending(one: Any, n: int) -> Any:
    closing = one.closing
    return closing and msgspec.structs.replace(closing, at=closing.at - (at(n * TURN_S) - at(0)))


async def test_whenever_it_is_killed_everything_is_closed_once_and_every_figure_is_right(
    servers: House, one: Mortal
) -> None:
    found = []
    for n in count():
        order = await posted(servers, n)
        fate = await one.play(msgspec.structs.replace(order, dies_before=n + 1))
        await servers.tell(*endings(n))  # the vendors' pages show it still
        await servers.outcomes.follow_up()
        await show(servers)
        found.append(await closed(servers, n))
        servers.pass_time((n + 1) * TURN_S - (servers.clock.now() - at(0)).total_seconds())
        if fate is Fate.LIVED:
            break
    assert n > 2
    undisturbed = found.pop()
    assert all(turn == undisturbed for turn in found), found
    figures = {line[0]: line[1:] for line in undisturbed if len(line) > 5}
    assert figures["sold"] == ("sold", 3_601, 80_000_000, "buyer", 2, True, "sale", 150_000_000, 30_500_000)
    assert [figures[name][0] for name in ("back", "cut", "line")] == ["delisted", "repriced", "sold"]
    deals = [row for row in await servers.rows(PostRow) if isinstance(row.payload, DealPost)]
    assert len(deals) == (n + 1) * (2 * 4 + 3)
    sales = [row for row in await servers.rows(PricePointRow) if row.type == "sale"]
    assert len(sales) == 3 * (n + 1)
