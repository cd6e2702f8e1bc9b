"""Servers whose admins send deals elsewhere, and where their posts stand then."""

import msgspec

from core.domain.posts import Destination, Payload
from core.services.guilds import Choose
from db import posts
from db.posts import PostRow, Wish
from tests.cogs.deal_posts import GOOD_DEAL
from tests.services.house import CHANNEL, GUILD, House, Stored
from tests.services.reports import by_alt, listed

OLD, NEW, OTHER, TRACE = CHANNEL, 6_000, 6_001, 7_000
GOLD_PRICE, INFO_PRICE, ODD_PRICE = 80, 130, 20
ADA = 7


def to(channel_id: int | None, **changes: object) -> Choose:
    return lambda now: msgspec.structs.replace(now, channel_id=channel_id, **changes)


async def choose(house: House, channel_id: int | None = NEW, **changes: object) -> None:
    await house.guilds.change(GUILD, to(channel_id, **changes), by=ADA)


async def judge(house: House, mint: str, price: float = GOLD_PRICE) -> None:
    house.value(by_alt(160), mint)
    await house.tell(listed(price, 0, mint=mint))
    await house.appraisal.work_due()


async def want(house: House, *wishes: Wish) -> None:
    async with house.db.write() as tx:
        await posts.want_all(tx, wishes, house.clock.now())


def a_wish(key: str, payload: Payload = GOOD_DEAL, channel_id: int = OLD, guild_id: int = GUILD) -> Wish:
    return Wish(key, Destination(channel_id, guild_id), payload, f"n{key}"[:25], 10)


async def rows(house: House) -> list[Stored]:
    return await house.rows(PostRow)


async def places(house: House) -> list[tuple[int, str]]:
    """Where each post stands, and how."""
    return [(row.channel_id, row.state) for row in await rows(house)]
