"""The CoinGecko stand-in: the price of SOL."""

import aiohttp
import pytest

from core.simulator.app import Simulator
from core.simulator.market.rates import Coin
from core.simulator.market.things import ms_of
from tests.simulator.vendors.asking import Get, Watch

PRICE = "/vendors/coingecko/api/v3/simple/price"


async def test_known_coins_have_a_price_and_others_are_left_out(
    get: Get, sim: Simulator, watch: Watch
) -> None:
    prices = await get(PRICE, ids="solana,usd-coin,nosuchcoin", vs_currencies="usd")
    sol, usdc = (sim.market.rates.usd_micros(coin, ms_of(watch())) for coin in (Coin.SOL, Coin.USDC))
    assert prices == {"solana": {"usd": round(sol / 1_000_000, 2)}, "usd-coin": {"usd": usdc / 1_000_000}}


async def test_only_dollars_are_known(get: Get) -> None:
    assert await get(PRICE, ids="solana", vs_currencies="eur") == {}


@pytest.mark.parametrize("query", ["ids=solana", "vs_currencies=usd"])
async def test_both_parameters_are_needed(http: aiohttp.ClientSession, query: str) -> None:
    async with http.get(f"{PRICE}?{query}") as response:
        assert response.status == 422


async def test_too_many_requests(http: aiohttp.ClientSession, sim: Simulator) -> None:
    sim.faults.add("vendor:coingecko", "rate_limit", seconds=0)
    async with http.get(PRICE) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "60")
        assert (await response.json())["status"]["error_code"] == 429
