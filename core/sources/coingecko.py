"""CoinGecko's price of SOL in dollars.

Documented at https://docs.coingecko.com/reference/simple-price. Keyless works at about ten requests a
minute, shared by everybody at the address; a demo key goes into a header, a paid key into another one
at another host. The rate is dollars per whole SOL; `last_updated_at` is in Unix seconds. An unknown
coin is left out of the answer.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

from core.domain.listings import SourceName
from core.domain.prices import Rate
from core.sources.http import Fetched, SourceHttp, VendorLimits, decode, parsing

NAME = SourceName.COINGECKO
LIMITS = VendorLimits(per_minute=10, burst=2, concurrent=1)
RATE_MAX = Decimal(10) ** 9

_COINS = {"SOL/USD": "solana"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Price(msgspec.Struct):
    usd: Decimal | None = None
    last_updated_at: int | None = None


class CoinGecko:
    """Rates against the dollar."""

    name = NAME

    def __init__(self, http: SourceHttp, *, base_url: str, key: str | None = None) -> None:
        header = "x-cg-pro-api-key" if "//pro-api." in base_url else "x-cg-demo-api-key"
        self._vendor = http.vendor(
            NAME, base_url=base_url, limits=LIMITS, headers={header: key} if key else None
        )

    async def rate(self, pair: str) -> Rate | None:
        coin = _COINS.get(pair)
        if coin is None:
            return None
        params = {"ids": coin, "vs_currencies": "usd", "include_last_updated_at": "true"}
        return parse_rate(await self._vendor.get("/simple/price", params=params), pair, coin)


def parse_rate(fetched: Fetched, pair: str, coin: str) -> Rate | None:
    """None when the coin is not in the answer. A rate is never newer than the answer that holds it."""
    price = decode(fetched, dict[str, _Price]).get(coin)
    if price is None or price.usd is None:
        return None
    with parsing(NAME, f"$.{coin}"):
        if not 0 < price.usd < RATE_MAX:
            raise ValueError("not a rate")
        at = fetched.at
        if price.last_updated_at is not None:
            at = min(at, _EPOCH + timedelta(seconds=price.last_updated_at))
    return Rate(pair, price.usd, NAME, at)
