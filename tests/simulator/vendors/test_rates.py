"""What a coin costs is the same wherever one asks, now and in candles."""

import aiohttp
import pytest

from core.simulator.app import Simulator
from core.simulator.market.rates import Coin
from core.simulator.market.things import ms_of
from core.simulator.vendors.desk import SOL_MINT, USDC_MINT
from core.simulator.vendors.pyth import ETH_USD_ID, POL_USD_ID, SOL_USD_ID, USDC_USD_ID
from tests.simulator.vendors.asking import Get, Watch

GECKO = "/vendors/coingecko/api/v3"
BEARER = {"Authorization": "Bearer anything"}
IDS = {
    Coin.SOL: "solana",
    Coin.USDC: "usd-coin",
    Coin.ETH: "ethereum",
    Coin.POL: "polygon-ecosystem-token",
}
FEEDS = {Coin.SOL: SOL_USD_ID, Coin.USDC: USDC_USD_ID, Coin.ETH: ETH_USD_ID, Coin.POL: POL_USD_ID}
MINTS = {Coin.SOL: SOL_MINT, Coin.USDC: USDC_MINT}
APART_MAX = 0.003


async def quotes(get: Get, coin: Coin) -> list[float]:
    """What every vendor that has the coin says of it, the closes of the newest candle and chart included."""
    gecko = await get(f"{GECKO}/simple/price", ids=IDS[coin], vs_currencies="usd")
    chart = await get(f"{GECKO}/coins/{IDS[coin]}/market_chart", vs_currency="usd", days="1")
    candles = await get(f"{GECKO}/coins/{IDS[coin]}/ohlc", vs_currency="usd", days="1")
    coinbase = await get(f"/vendors/coinbase/v2/prices/{coin}-USD/spot")
    pyth = await get("/vendors/pyth/v2/updates/price/latest", key=BEARER, **{"ids[]": FEEDS[coin]})
    found = [gecko[IDS[coin]]["usd"], chart["prices"][-1][1], candles[-1][-1]]
    found += [float(coinbase["data"]["amount"]), int(pyth["parsed"][0]["price"]["price"]) / 10**8]
    if coin in MINTS:
        jupiter = await get("/vendors/jupiter/price/v3", ids=MINTS[coin])
        found.append(jupiter[MINTS[coin]]["usdPrice"])
    return found


@pytest.mark.parametrize("coin", Coin)
async def test_all_vendors_agree(get: Get, sim: Simulator, watch: Watch, coin: Coin) -> None:
    """Asked twelve times over a day, always on the half hour, when a candle has just closed."""
    for _ in range(12):
        true = sim.market.rates.usd_micros(coin, ms_of(watch())) / 1_000_000
        assert all(abs(usd / true - 1) < APART_MAX for usd in await quotes(get, coin))
        watch.advance(2 * 3600)


async def test_candles_are_made_of_the_series_that_is_quoted(get: Get, sim: Simulator) -> None:
    candles = await get(f"{GECKO}/coins/ethereum/ohlc", vs_currency="usd", days="7")
    for close_ms, opened, high, low, close in candles:
        begin, end = (
            sim.market.rates.usd_micros(Coin.ETH, at_ms) / 1_000_000
            for at_ms in (close_ms - 4 * 3_600_000, close_ms)
        )
        assert (opened, close) == (round(begin, 2), round(end, 2))
        assert low <= min(opened, close) <= max(opened, close) <= high


async def test_what_a_vendor_does_not_trade_it_does_not_quote(get: Get, http: aiohttp.ClientSession) -> None:
    assert await get(f"{GECKO}/simple/price", ids="dogecoin", vs_currencies="usd") == {}
    async with http.get("/vendors/coinbase/v2/prices/DOGE-USD/spot") as response:
        assert response.status == 404
