"""Jupiter's price API, version 3: what Solana's exchanges pay for a token, in dollars.

Documented at https://dev.jup.ag/docs/price/v3. Keyless works at 30 requests a minute; a free key goes
into a header and doubles that. `usdPrice` is in dollars per whole token. There is no time of the price
(`createdAt` is the token's): it is as old as the answer. A token that cannot be priced is left out.
"""

from decimal import Decimal

import msgspec

from core.domain.listings import SourceName
from core.domain.prices import Rate
from core.domain.rates import SOL_USD, USDC_USD, rate_of
from core.sources.http import Fetched, SourceHttp, VendorLimits, decode, parsing

NAME = SourceName.JUPITER
LIMITS = VendorLimits(per_minute=25, burst=2, concurrent=1)  # a little below what is allowed


class Coin(msgspec.Struct, frozen=True):
    """A token by its mint; the decimals tell that the answer is about that token."""

    mint: str
    decimals: int


COINS = {
    SOL_USD: Coin("So11111111111111111111111111111111111111112", 9),
    USDC_USD: Coin("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", 6),
}


class _Price(msgspec.Struct, rename="camel"):
    usd_price: Decimal | None = None
    decimals: int | None = None


class Jupiter:
    """Rates against the dollar."""

    name = NAME

    def __init__(self, http: SourceHttp, *, base_url: str, key: str | None = None) -> None:
        headers = {"x-api-key": key} if key else None
        self._vendor = http.vendor(NAME, base_url=base_url, limits=LIMITS, headers=headers)

    async def rate(self, pair: str) -> Rate | None:
        coin = COINS.get(pair)
        if coin is None:
            return None
        return parse_rate(await self._vendor.get("", params={"ids": coin.mint}), pair, coin)


def parse_rate(fetched: Fetched, pair: str, coin: Coin) -> Rate | None:
    """None when the coin is not in the answer."""
    price = decode(fetched, dict[str, _Price | None]).get(coin.mint)
    if price is None:
        return None
    with parsing(NAME, f"$.{coin.mint}"):
        if price.usd_price is None or price.decimals != coin.decimals:
            raise ValueError("no price, or of another coin")
        return rate_of(pair, price.usd_price, NAME, fetched.at)
