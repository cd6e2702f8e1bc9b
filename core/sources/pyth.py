"""Pyth's Hermes: what trading firms and exchanges publish, as whole numbers with an exponent.

Documented at https://docs.pyth.network/price-feeds/core/api-instances-and-providers/hermes; a key has been
needed since 2026-08-26, as a bearer token. 30 requests in 10 s, then nothing for a minute. Dollars are
price x 10^expo, `conf` is the uncertainty in the same unit, times are Unix seconds. Ids come back without
the 0x they may be asked with; an unknown one is a 404.
"""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

from core.domain.listings import SourceName
from core.domain.prices import Rate
from core.domain.rates import ETH_USD, POL_USD, SOL_USD, USDC_USD, rate_of
from core.sources.http import Fetched, SourceHttp, VendorLimits, decode, parsing

NAME = SourceName.PYTH
LIMITS = VendorLimits(per_minute=60, burst=4, concurrent=2)
FEEDS = {
    SOL_USD: "ef0d8b6fda2ceba41da15d4095d1da392a0d2f8ed0c6c7bc0f4cfac8c280b56d",
    USDC_USD: "eaa020c61cc479712813461ce153894a96a6c00b21ed0cfc2798d1f9a9e9c94a",
    ETH_USD: "ff61491a931112ddf1bd8147cd1b641375f79f5825126d665480874634fd0ace",
    POL_USD: "ffd11c5a1cfd42f80afb2df4d9f264c15f956d68153335374ec10722edd70472",
}
UNSURE_MAX = Decimal("0.02")
"""A price whose uncertainty is a larger share of it than this is none."""

_EXPONENT_MAX = 18
_WHOLE = re.compile(r"[0-9]{1,19}")  # of a signed 64-bit number
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Price(msgspec.Struct):
    price: str
    conf: str
    expo: int
    publish_time: int


class _Feed(msgspec.Struct):
    id: str
    price: _Price


class _Answer(msgspec.Struct):
    parsed: list[_Feed]


class Pyth:
    """Rates against the dollar."""

    name = NAME

    def __init__(self, http: SourceHttp, *, base_url: str, key: str) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self._vendor = http.vendor(NAME, base_url=base_url, limits=LIMITS, headers=headers)

    async def rate(self, pair: str) -> Rate | None:
        feed = FEEDS.get(pair)
        if feed is None:
            return None
        fetched = await self._vendor.find("/updates/price/latest", params={"ids[]": feed, "parsed": "true"})
        return parse_rate(fetched, pair, feed) if fetched else None


def parse_rate(fetched: Fetched, pair: str, feed: str) -> Rate | None:
    """None when the feed is not in the answer, or too unsure. Never newer than the answer that holds it."""
    feeds = decode(fetched, _Answer).parsed
    price = next((found.price for found in feeds if found.id.removeprefix("0x").lower() == feed), None)
    if price is None:
        return None
    with parsing(NAME, f"$.parsed[id={feed[:8]}].price"):
        if abs(price.expo) > _EXPONENT_MAX:
            raise ValueError("not an exponent")
        usd, unsure = (_whole(text).scaleb(price.expo) for text in (price.price, price.conf))
        at = min(fetched.at, _EPOCH + timedelta(seconds=price.publish_time))
        rate = rate_of(pair, usd, NAME, at)
    return rate if unsure <= UNSURE_MAX * usd else None


def _whole(text: str) -> Decimal:
    if not _WHOLE.fullmatch(text):
        raise ValueError("not a whole number")
    return Decimal(int(text))
