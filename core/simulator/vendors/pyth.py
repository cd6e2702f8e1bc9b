"""A stand-in for Pyth's Hermes: coins as whole numbers with an exponent, behind a bearer key."""

from typing import Final

from aiohttp import web

from core.simulator.market.rates import Coin
from core.simulator.vendors.desk import Desk, Json, json_response
from core.simulator.vendors.limits import Window, limited

ROOT: Final = "/vendors/pyth/v2"
SOL_USD_ID: Final = "ef0d8b6fda2ceba41da15d4095d1da392a0d2f8ed0c6c7bc0f4cfac8c280b56d"
USDC_USD_ID: Final = "eaa020c61cc479712813461ce153894a96a6c00b21ed0cfc2798d1f9a9e9c94a"
ETH_USD_ID: Final = "ff61491a931112ddf1bd8147cd1b641375f79f5825126d665480874634fd0ace"
POL_USD_ID: Final = "ffd11c5a1cfd42f80afb2df4d9f264c15f956d68153335374ec10722edd70472"
FEEDS: Final = {
    SOL_USD_ID: Coin.SOL,
    USDC_USD_ID: Coin.USDC,
    ETH_USD_ID: Coin.ETH,
    POL_USD_ID: Coin.POL,
}
EXPONENT: Final = -8
UNITS_A_MICRO: Final = 100
MOST: Final = 30
SPAN_MS: Final = 10_000
LOCKOUT_MS: Final = 60_000


def rate_limited(_: float) -> web.Response:
    """Hermes' 429: plain text, no hint; the documents say 60 s."""
    return web.Response(status=429, text="Too Many Requests")


class Pyth:
    """The routes. A key is needed, any will do."""

    def __init__(self, desk: Desk, *, has_limits: bool = True) -> None:
        self._desk = desk
        self._window = Window(MOST, SPAN_MS, lockout_ms=LOCKOUT_MS) if has_limits else None

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/pyth/v2."""
        answer = limited(self.latest, self._window, lambda: self._desk.now_ms, rate_limited)
        self._desk.add_get(app, f"{ROOT}/updates/price/latest", "vendor:pyth:latest", answer, rate_limited)

    def latest(self, request: web.Request) -> web.Response:
        """GET /updates/price/latest?ids[]=hex: with or without 0x."""
        if not request.headers.get("Authorization", "").startswith("Bearer "):
            return web.Response(status=401, text="Unauthorized")
        ids = [text.removeprefix("0x").lower() for text in request.query.getall("ids[]", [])]
        if not ids:
            return web.Response(status=400, text="Failed to deserialize query string: missing field `ids`")
        unknown = [text for text in ids if text not in FEEDS]
        if unknown:
            return web.Response(status=404, text=f"Price ids not found: 0x{unknown[0]}")
        parsed = [self._update(feed) for feed in ids]
        return json_response({"binary": {"encoding": "hex", "data": ["504e4155"]}, "parsed": parsed})

    def _update(self, feed: str) -> Json:
        rates, now_ms = self._desk.world.rates, self._desk.now_ms
        now_s = now_ms // 1000
        return {
            "id": feed,
            "price": _quote(rates.usd_micros(FEEDS[feed], now_ms), now_s),
            "ema_price": _quote(rates.usd_micros(FEEDS[feed], now_ms - 1_800_000), now_s),
            "metadata": {
                "slot": 241_000_000 + now_ms // 400 % 10**7,
                "proof_available_time": now_s + 2,
                "prev_publish_time": now_s - 1,
            },
        }


def _quote(usd_micros: int, now_s: int) -> Json:
    units = usd_micros * UNITS_A_MICRO
    return {"price": str(units), "conf": str(units // 2000), "expo": EXPONENT, "publish_time": now_s}
