"""A stand-in for https://api.coinbase.com/v2: spot prices of SOL and USDC in dollars, as text."""

from typing import Final

from aiohttp import web

from core.simulator.market.raw import money_text
from core.simulator.market.values import sol_usd_micros
from core.simulator.vendors.desk import RETRY_S, Desk, json_response

ROOT: Final = "/vendors/coinbase/v2"
SOL: Final = "SOL-USD"
USDC: Final = "USDC-USD"
DOLLAR: Final = 1_000_000
OFF_BPS: Final = 8


def refused(name: str, message: str, status: int) -> web.Response:
    """Coinbase's form of an error."""
    return json_response({"errors": [{"id": name, "message": message}]}, status=status)


def rate_limited(seconds: float) -> web.Response:
    """Coinbase's 429."""
    answer = refused("rate_limit_exceeded", "Too many requests", 429)
    answer.headers["Retry-After"] = str(max(1, round(seconds or RETRY_S)))
    return answer


class Coinbase:
    """The routes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/coinbase/v2."""
        path = f"{ROOT}/prices/{{pair}}/spot"
        self._desk.add_get(app, path, "vendor:coinbase:spot", self.spot, rate_limited)

    def spot(self, request: web.Request) -> web.Response:
        """GET /prices/{pair}/spot: SOL a little off what the other sources say, as in life."""
        pair = request.match_info["pair"]
        if pair not in (SOL, USDC):
            return refused("not_found", "Invalid base currency", 404)
        sol = sol_usd_micros(self._desk.now_ms) * (10_000 + OFF_BPS) // 10_000
        rate = sol if pair == SOL else DOLLAR
        base, currency = pair.split("-")
        return json_response({"data": {"amount": money_text(rate), "base": base, "currency": currency}})
