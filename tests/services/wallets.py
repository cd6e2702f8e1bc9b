"""Wallets that tests follow, what those do, and what channels are told of it."""

import msgspec

from core.domain.follows import Follow, FollowPost
from core.domain.listings import Report, Wallet
from db.posts import PostRow
from tests.services.house import GUILD, House, Stored
from tests.services.reports import MINT, SELLER, listed, sold

WHALE = Wallet("7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU")
OTHER = Wallet("9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM")


async def follow(
    house: House, wallet: str = WHALE, *, guild_id: int = GUILD, channel_id: int = 7, label: str = "whale"
) -> Follow:
    return await house.follows.add(guild_id, wallet, channel_id=channel_id, label=label, by=1)


def whales(price: float = 80, second: float = 10, *, mint: str = MINT) -> Report:
    """The whale lists a token."""
    return listed(price, second, mint=mint, seller=WHALE)


def buys(second: float = 10, *, buyer: Wallet = WHALE, mint: str = MINT, seller: str = SELLER) -> Report:
    report = sold(80, second, mint=mint, seller=seller)
    return msgspec.structs.replace(report, buyer=buyer)


async def rows(house: House) -> list[Stored]:
    return [row for row in await house.rows(PostRow) if row.purpose.startswith("follow")]


async def posts(house: House) -> list[FollowPost]:
    return [row.payload for row in await rows(house) if isinstance(row.payload, FollowPost)]
