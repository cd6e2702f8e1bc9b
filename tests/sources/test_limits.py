"""Our budgets against what the vendors write of their limits: in no window more than is allowed."""

from importlib import import_module

import pytest

from core.domain.listings import SourceName
from core.sources.http import VendorLimits

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400

ALLOWED = (
    (SourceName.COLLECTOR_CRYPT, 300, MINUTE_S),
    (SourceName.MAGIC_EDEN, 120, MINUTE_S),
    (SourceName.MAGIC_EDEN, 2, 1),
    (SourceName.COINGECKO, 10, MINUTE_S),
    (SourceName.JUPITER, 30, MINUTE_S),
    (SourceName.PYTH, 30, 10),
    (SourceName.HELIUS, 2, 1),
    (SourceName.SOLANA, 40, 10),
    (SourceName.EBAY, 1000, HOUR_S),
    (SourceName.EBAY, 5000, DAY_S),
    (SourceName.PSA, 100, DAY_S),
    (SourceName.PRICECHARTING, 1, 1),
    (SourceName.TCGPLAYER, 10, 1),
    (SourceName.SCRYFALL, 2, 1),
    (SourceName.YGOPRODECK, 20, 1),
    (SourceName.OPENSEA, 60, MINUTE_S),
    (SourceName.DISCORD, 50, 1),
)


@pytest.mark.parametrize(("name", "most", "window_s"), ALLOWED)
def test_no_window_holds_more_than_the_vendor_allows(name: SourceName, most: int, window_s: int) -> None:
    limits: VendorLimits = import_module(f"core.sources.{name}").LIMITS
    asked = int(limits.burst + limits.per_minute * window_s / MINUTE_S)
    if window_s == DAY_S and limits.per_day is not None:
        asked = limits.per_day
    assert 0 < asked <= most
