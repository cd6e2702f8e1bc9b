"""Coinbase's spot prices in dollars: the keyless spare.

Documented at https://docs.cdp.coinbase.com/coinbase-app/track-apis/prices; no key. The amount is a text
in dollars per whole coin. It carries no time: it is as old as the answer. USDC is exchanged at par there,
so what it says of USDC hardly moves. A pair it does not trade is a 404.
"""

from decimal import Decimal

import msgspec

from core.domain.listings import SourceName
from core.domain.prices import Rate
from core.domain.rates import ETH_USD, POL_USD, SOL_USD, USDC_USD, rate_of
from core.sources.http import Fetched, SourceHttp, VendorLimits, decode, parsing

NAME = SourceName.COINBASE
LIMITS = VendorLimits(per_minute=30, burst=4, concurrent=2)

_PAIRS = frozenset({SOL_USD, USDC_USD, ETH_USD, POL_USD})


class _Spot(msgspec.Struct):
    amount: Decimal
    base: str
    currency: str


class _Answer(msgspec.Struct):
    data: _Spot


class Coinbase:
    """Rates against the dollar."""

    name = NAME

    def __init__(self, http: SourceHttp, *, base_url: str) -> None:
        self._vendor = http.vendor(NAME, base_url=base_url, limits=LIMITS)

    async def rate(self, pair: str) -> Rate | None:
        if pair not in _PAIRS:
            return None
        fetched = await self._vendor.find(f"/prices/{pair.replace('/', '-')}/spot")
        return parse_rate(fetched, pair) if fetched else None


def parse_rate(fetched: Fetched, pair: str) -> Rate:
    """The answer must be about the pair that was asked for."""
    spot = decode(fetched, _Answer).data
    with parsing(NAME, "$.data"):
        if f"{spot.base}/{spot.currency}" != pair:
            raise ValueError(f"not about {pair}")
        return rate_of(pair, spot.amount, NAME, fetched.at)
