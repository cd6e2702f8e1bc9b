"""A stand-in for https://api.jup.ag/price/v3: dollars by mint; what cannot be priced is left out."""

from typing import Final

from aiohttp import web

from core.simulator.market.rates import Coin
from core.simulator.market.values import DAY_MS
from core.simulator.vendors.desk import SOL_MINT, USDC_MINT, Desk, Json, json_response
from core.simulator.vendors.limits import Window, limited

ROOT: Final = "/vendors/jupiter/price/v3"
COINS: Final = {SOL_MINT: Coin.SOL, USDC_MINT: Coin.USDC}
IDS_MAX: Final = 50
A_MINUTE_MAX: Final = 30
MINUTE_MS: Final = 60_000
BLOCK_ZERO: Final = 348_000_000
OFF_BPS: Final = 6
CREATED: Final = "2024-06-05T08:55:25.527Z"


def rate_limited(seconds: float) -> web.Response:
    """Jupiter's 429: the gateway's words, and when to come back in a header of its own."""
    wait = str(max(1, round(seconds or MINUTE_MS / 1000)))
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": wait}
    body = {"code": 429, "message": "[API Gateway] Too many requests"}
    return json_response(body, status=429, headers=headers)


class Jupiter:
    """The routes. Without limits everything is admitted."""

    def __init__(self, desk: Desk, *, has_limits: bool = True) -> None:
        self._desk = desk
        self._window = Window(A_MINUTE_MAX, MINUTE_MS) if has_limits else None

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/jupiter/price/v3."""
        answer = limited(self.prices, self._window, lambda: self._desk.now_ms, rate_limited)
        self._desk.add_get(app, ROOT, "vendor:jupiter:price", answer, rate_limited)

    def prices(self, request: web.Request) -> web.Response:
        """GET ?ids=mint,mint: at most 50."""
        ids = [mint for mint in request.query.get("ids", "").split(",") if mint]
        if not 1 <= len(ids) <= IDS_MAX:
            return json_response({"code": 400, "message": "ids: 1 to 50 mints"}, status=400)
        known = {mint: self._price(mint) for mint in ids if mint in COINS}
        left = A_MINUTE_MAX if self._window is None else self._window.left
        return json_response(known, headers={"x-ratelimit-remaining": str(left)})

    def _price(self, mint: str) -> Json:
        now_ms = self._desk.now_ms
        is_sol = mint == SOL_MINT
        usd, before = (self._usd(COINS[mint], at_ms) for at_ms in (now_ms, now_ms - DAY_MS))
        return {
            "createdAt": CREATED,
            "liquidity": 621679197.67 if is_sol else 522175174.66,
            "usdPrice": usd,
            "blockId": BLOCK_ZERO + now_ms // 400 % 10**8,
            "decimals": 9 if is_sol else 6,
            "priceChange24h": (usd - before) / before * 100,
        }

    def _usd(self, coin: Coin, at_ms: int) -> float:
        """Dollars for a coin, a little off what the other sources say, as in life."""
        return self._desk.world.rates.usd_micros(coin, at_ms) * (10_000 - OFF_BPS) / 10_000 / 1_000_000
