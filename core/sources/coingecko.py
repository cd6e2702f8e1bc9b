"""CoinGecko's prices of coins in dollars: now, and as candles.

Documented at https://docs.coingecko.com/reference/simple-price and /reference/coins-id-ohlc. Keyless works
at about ten requests a minute, shared by everybody at the address; a demo key goes into a header, a paid
key into another one at another host. The rate is dollars per whole coin; `last_updated_at` is in Unix
seconds. An unknown coin is left out of the answer, and a 404 where it is part of the path.

Candles are rows of the closing time in milliseconds, open, high, low and close. Only certain numbers of
days can be asked for, and these decide how long a candle is. A year back at most without a paid key.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import attrgetter

import msgspec

from core.domain.listings import SourceName
from core.domain.prices import Candle, Rate
from core.domain.rates import ETH_USD, POL_USD, SOL_USD, USDC_USD, rate_of
from core.sources.http import Fetched, SourceHttp, VendorLimits, decode, parsing

NAME = SourceName.COINGECKO
LIMITS = VendorLimits(per_minute=8, burst=2, concurrent=1)  # never more than ten
CANDLES_MAX = 1000
DAYS = {
    1: timedelta(minutes=30),
    7: timedelta(hours=4),
    14: timedelta(hours=4),
    30: timedelta(hours=4),
    90: timedelta(days=4),
    180: timedelta(days=4),
    365: timedelta(days=4),
}
"""How many days can be asked for, and how long a candle is then."""

_COINS = {
    SOL_USD: "solana",
    USDC_USD: "usd-coin",
    ETH_USD: "ethereum",
    POL_USD: "polygon-ecosystem-token",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Price(msgspec.Struct):
    usd: Decimal | None = None
    last_updated_at: int | None = None


class _Row(msgspec.Struct, array_like=True):
    closed_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal


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

    async def candles(self, pair: str, *, days: int) -> tuple[Candle, ...] | None:
        coin = _COINS.get(pair)
        if coin is None:
            return None
        span = next((span for span in DAYS if span >= days), max(DAYS))
        path = f"/coins/{coin}/ohlc"
        fetched = await self._vendor.find(path, params={"vs_currency": "usd", "days": span})
        if fetched is None:
            return None
        since = fetched.at - timedelta(days=min(days, span))
        return tuple(candle for candle in parse_candles(fetched, pair, DAYS[span]) if candle.at >= since)


def parse_rate(fetched: Fetched, pair: str, coin: str) -> Rate | None:
    """None when the coin is not in the answer. A rate is never newer than the answer that holds it."""
    price = decode(fetched, dict[str, _Price]).get(coin)
    if price is None or price.usd is None:
        return None
    with parsing(NAME, f"$.{coin}"):
        at = fetched.at
        if price.last_updated_at is not None:
            at = min(at, _EPOCH + timedelta(seconds=price.last_updated_at))
        return rate_of(pair, price.usd, NAME, at)


def parse_candles(fetched: Fetched, pair: str, length: timedelta) -> tuple[Candle, ...]:
    """Oldest first; each begins its length before it closed."""
    rows = decode(fetched, list[_Row])
    with parsing(NAME, "$"):
        if len(rows) > CANDLES_MAX:
            raise ValueError(f"more than {CANDLES_MAX} candles")
    return tuple(
        sorted((_candle(row, f"$[{n}]", pair, length) for n, row in enumerate(rows)), key=attrgetter("at"))
    )


def _candle(row: _Row, path: str, pair: str, length: timedelta) -> Candle:
    with parsing(NAME, path):
        at = _EPOCH + timedelta(milliseconds=row.closed_ms) - length
        prices = [rate_of(pair, usd, NAME, at).usd for usd in (row.open, row.high, row.low, row.close)]
        if (max(prices), min(prices)) != (row.high, row.low):
            raise ValueError("the highest and the lowest are not where they should be")
        return Candle(pair, at, row.open, row.high, row.low, row.close)
