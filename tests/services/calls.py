"""What a server with every choice made is told of an offer, and how a kind comes to its sales."""

from collections.abc import Sequence

from core.domain.catalog import SlabFacts
from core.domain.deals import DEFAULT_POLICY, DealPolicy, DealTier
from core.domain.guilds import ServerSettings
from core.domain.listings import Venue
from core.domain.posts import DealPost
from core.domain.valuation import Evidence
from db.deals import VerdictRow
from db.posts import PostRow
from tests.services.house import CHANNEL, GUILD, House, Stored
from tests.services.reports import CC, ME, a_slab, listed, sold

TRACES = 7_000
ROLE = 99
VALUE = 160
POSTS_PER_HOUR_MAX = 60
"""No case is in the way of another."""


async def settle(house: House, policy: DealPolicy = DEFAULT_POLICY) -> None:
    """The server's choices; who is a GOLD's role is pinged."""
    await house.guilds.joined(GUILD, "Guild")
    roles = dict.fromkeys((DealTier.GOLD, DealTier.HIGH), ROLE)
    chosen = ServerSettings(
        policy, CHANNEL, trace_channel_id=TRACES, ping_roles=roles, posts_per_hour=POSTS_PER_HOUR_MAX
    )
    await house.guilds.change(GUILD, lambda _: chosen, by=1)


def under(bps: int, value: float = VALUE) -> float:
    """The price so many basis points below the value."""
    return value * (10_000 - bps) / 10_000


async def offer(
    house: House, price: float, *, slab: SlabFacts | None = None, is_at_magic_eden: bool = False
) -> None:
    """The vault tells of a listing of its own, or Magic Eden of one there; and it is judged."""
    source, venue = (ME, Venue.ME) if is_at_magic_eden else (CC, Venue.CC)
    await house.tell(listed(price, 0, slab=slab, source=source, venue=venue))
    await house.appraisal.work_due()


async def told_of_each(
    house: House, offers: Sequence[tuple[float, Evidence, str]]
) -> list[tuple[str, Stored | None]]:
    """The call of each offer (a price, its value and the title of a slab of its own), and its post."""
    for number, (price, value, title) in enumerate(offers):
        mint = f"offer-{number}"
        house.value(value, mint)
        await house.tell(listed(price, 0, mint=mint, slab=a_slab(mint, title=title, card=None)))
    await house.appraisal.work_due()
    shown = {post.version_id: post for post in await posts(house)}
    found = {row.version_id: row for row in await house.rows(VerdictRow)}
    return [
        (found[number].tier or found[number].reason, shown.get(number))
        for number in range(1, len(offers) + 1)
    ]


async def call(house: House) -> str | None:
    """The tier or reason of the last verdict under the server's policy; None while there is none."""
    rows = await house.rows(VerdictRow)
    return rows[-1].tier or rows[-1].reason if rows else None


async def posts(house: House) -> list[Stored]:
    return await house.rows(PostRow)


async def deal(house: House) -> DealPost:
    """The one post there is."""
    [post] = await posts(house)
    assert isinstance(post.payload, DealPost)
    return post.payload


async def sell(house: House, prices: list[float]) -> None:
    """Sales of the kind at these prices, one of each certificate, an hour apart."""
    for number, price in enumerate(prices):
        mint, second = f"sold-{number}", -3_600 * (number + 1)
        await house.tell(
            listed(price, second - 60, mint=mint), sold(price, second, mint=mint), is_baseline=True
        )
