"""CoinGecko's candles: by their closing time there, by their beginning here."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core.domain.listings import SourceName
from core.domain.prices import Candle
from core.errors import SourceChanged
from core.sources.coingecko import CANDLES_MAX, CoinGecko, parse_candles
from core.sources.http import SourceHttp
from tests.sources.conftest import START
from tests.sources.payloads import Json, fetched
from tests.sources.payloads_rates import candle_rows
from tests.sources.server import ScriptedServer, data

NAME, PAIR, HALF_HOUR = SourceName.COINGECKO, "SOL/USD", timedelta(minutes=30)
ELEVEN = datetime(2026, 10, 1, 11, tzinfo=UTC)
CANDLES = (
    Candle(PAIR, ELEVEN, Decimal("76.9"), Decimal("77.5"), Decimal("76.1"), Decimal("76.2")),
    Candle(PAIR, ELEVEN + HALF_HOUR, Decimal("76.2"), Decimal("76.4"), Decimal("75"), Decimal("75.125")),
)


def candles_of(rows: Json) -> tuple[Candle, ...]:
    return parse_candles(fetched(NAME, rows), PAIR, HALF_HOUR)


def closed_at(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def test_rows_become_candles_oldest_first() -> None:
    assert candles_of(candle_rows()) == CANDLES
    assert candles_of(candle_rows()[::-1]) == CANDLES
    assert candles_of([]) == ()


@pytest.mark.parametrize(
    "row",
    [
        [1790856000000, 76.2, 76, 75, 75.5],  # opened above its highest
        [1790856000000, 76.2, 77, 75, 74],  # closed below its lowest
        [1790856000000, 76.2, 77, 75],
        [1790856000000, 76.2, 77, 0, 75],
        [1790856000000, -1, 77, -1, 75],
        [1790856000000, "NaN", 77, 75, 76],
        [10**18, 76, 77, 75, 76],
        {"o": 1},
        None,
    ],
)
def test_what_is_no_candle_is_a_change(row: Json) -> None:
    with pytest.raises(SourceChanged):
        candles_of([*candle_rows(), row])


def test_more_candles_than_can_be_are_a_change() -> None:
    with pytest.raises(SourceChanged):
        candles_of([[1790856000000, 1, 1, 1, 1]] * (CANDLES_MAX + 1))


@pytest.mark.parametrize(("days", "asked"), [(1, "1"), (2, "7"), (30, "30"), (91, "180"), (9_999, "365")])
async def test_the_next_span_that_can_be_asked_for_is(
    http: SourceHttp, server: ScriptedServer, days: int, asked: str
) -> None:
    server.says(data([]))
    assert await CoinGecko(http, base_url=server.url).candles("ETH/USD", days=days) == ()
    assert server.asked[0].path.startswith("/coins/ethereum/ohlc?")
    assert server.asked[0].query == {"vs_currency": "usd", "days": asked}


async def test_only_the_days_that_were_asked_for_come_back(http: SourceHttp, server: ScriptedServer) -> None:
    length = timedelta(hours=4)
    closes = [START - timedelta(days=7) + n * length for n in range(1, 43)]
    server.says(data([[closed_at(at), 1, 1, 1, 1] for at in closes]))
    candles = await CoinGecko(http, base_url=server.url).candles(PAIR, days=2)
    assert candles is not None
    assert [candle.at for candle in candles] == [START - timedelta(days=2) + n * length for n in range(12)]


async def test_a_coin_unknown_to_us_or_to_it_has_no_candles(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data({"error": "coin not found"}, status=404))
    vendor = CoinGecko(http, base_url=server.url)
    assert await vendor.candles("DOGE/USD", days=1) is None
    assert server.asked == []
    assert await vendor.candles("POL/USD", days=1) is None
