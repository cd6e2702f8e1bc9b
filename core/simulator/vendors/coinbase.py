"""A stand-in for https://api.coinbase.com/v2: spot prices of coins in dollars, as text."""

from typing import Final

from aiohttp import web

from core.simulator.market.rates import Coin
from core.simulator.vendors.desk import RETRY_S, Desk, json_response

ROOT: Final = "/vendors/coinbase/v2"
PAIRS: Final = {f"{coin}-USD": coin for coin in Coin}
OFF_BPS: Final = 8
PRECISE_BELOW_USD: Final = 10


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
        """GET /prices/{pair}/spot: a little off what the other sources say, as in life; USDC at par."""
        coin = PAIRS.get(request.match_info["pair"])
        if coin is None:
            return refused("not_found", "Invalid base currency", 404)
        amount = "1" if coin is Coin.USDC else self._amount(coin)
        return json_response({"data": {"amount": amount, "base": coin.value, "currency": "USD"}})

    def _amount(self, coin: Coin) -> str:
        """Cents; a coin of less than ten dollars has four places."""
        usd_micros = self._desk.world.rates.usd_micros(coin, self._desk.now_ms)
        usd = usd_micros * (10_000 + OFF_BPS) / 10_000 / 1_000_000
        return f"{usd:.2f}" if usd >= PRECISE_BELOW_USD else f"{usd:.4f}"
