"""A stand-in for https://api.coingecko.com/api/v3: the price of SOL and of USDC in dollars."""

from collections.abc import Callable
from typing import Final

from aiohttp import web

from core.simulator.market.values import DAY_MS, sol_usd_micros
from core.simulator.vendors.desk import RETRY_S, Desk, Json, json_response

ROOT: Final = "/vendors/coingecko/api/v3"
COINS: Final[dict[str, Callable[[int], int]]] = {"solana": sol_usd_micros, "usd-coin": lambda _: 1_000_000}


def rate_limited(seconds: float) -> web.Response:
    """CoinGecko's 429."""
    body = {"status": {"error_code": 429, "error_message": "You've exceeded the Rate Limit."}}
    headers = {"Retry-After": str(max(1, round(seconds or RETRY_S)))}
    return json_response(body, status=429, headers=headers)


class CoinGecko:
    """The routes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/coingecko/api/v3."""
        self._desk.add_get(app, f"{ROOT}/simple/price", "vendor:coingecko:price", self.price, rate_limited)

    def price(self, request: web.Request) -> web.Response:
        """GET /simple/price: coins that are not known are left out; dollars only."""
        query = request.query
        if not query.get("vs_currencies") or not query.get("ids"):
            return json_response({"error": "Missing parameter vs_currencies"}, status=422)
        has_usd = "usd" in query["vs_currencies"].split(",")
        wanted = [coin for coin in query["ids"].split(",") if coin in COINS and has_usd]
        return json_response({coin: self._quote(coin, request) for coin in wanted})

    def _quote(self, coin: str, request: web.Request) -> Json:
        now_ms = self._desk.now_ms
        usd = COINS[coin](now_ms) / 1_000_000
        yesterday = COINS[coin](now_ms - DAY_MS) / 1_000_000
        quote: Json = {"usd": round(usd, 2)}
        if request.query.get("include_24hr_change") == "true":
            quote["usd_24h_change"] = (usd - yesterday) / yesterday * 100
        if request.query.get("include_last_updated_at") == "true":
            quote["last_updated_at"] = now_ms // 1000
        return quote
