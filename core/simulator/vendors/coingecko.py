"""A stand-in for https://api.coingecko.com/api/v3: coins in dollars, now, as a chart, as candles."""

from typing import Final

from aiohttp import web

from core.simulator.market.rates import Coin
from core.simulator.market.values import DAY_MS
from core.simulator.vendors.desk import RETRY_S, Answer, Desk, Json, json_response, whole_number

ROOT: Final = "/vendors/coingecko/api/v3"
COINS: Final = {
    "solana": Coin.SOL,
    "usd-coin": Coin.USDC,
    "ethereum": Coin.ETH,
    "polygon-ecosystem-token": Coin.POL,
}
PRECISE_BELOW_USD: Final = 10
COINS_ISSUED: Final = 540_000_000
MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAYS_MAX: Final = 365
CANDLE_DAYS: Final = (1, 7, 14, 30, 90, 180, 365)
CANDLE_STEPS: Final = 12


def rate_limited(seconds: float) -> web.Response:
    """CoinGecko's 429."""
    body = {"status": {"error_code": 429, "error_message": "You've exceeded the Rate Limit."}}
    headers = {"Retry-After": str(max(1, round(seconds or RETRY_S)))}
    return json_response(body, status=429, headers=headers)


def refused(status: int, message: str) -> web.Response:
    """CoinGecko's form of an error."""
    return json_response({"error": message}, status=status)


class CoinGecko:
    """The routes. No limit of its own: the documents contradict each other; ask the fault menu."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/coingecko/api/v3."""
        routes: tuple[tuple[str, str, Answer], ...] = (
            ("/simple/price", "price", self.price),
            ("/coins/{coin}/market_chart", "chart", self.chart),
            ("/coins/{coin}/market_chart/range", "chart-range", self.chart_range),
            ("/coins/{coin}/ohlc", "ohlc", self.candles),
        )
        for path, name, answer in routes:
            self._desk.add_get(app, ROOT + path, f"vendor:coingecko:{name}", answer, rate_limited)

    def price(self, request: web.Request) -> web.Response:
        """GET /simple/price: coins that are not known are left out; dollars only."""
        query = request.query
        if not query.get("vs_currencies") or not query.get("ids"):
            return refused(422, "Missing parameter vs_currencies")
        has_usd = "usd" in query["vs_currencies"].split(",")
        wanted = [coin for coin in query["ids"].split(",") if coin in COINS and has_usd]
        return json_response({coin: self._quote(coin, request) for coin in wanted})

    def chart(self, request: web.Request) -> web.Response:
        """GET /coins/{id}/market_chart?days=N: every 5 minutes for a day, every hour for 90, else daily."""
        days = whole_number(request.query.get("days"), 0, 1, DAYS_MAX)
        if not days:
            return refused(422, "Missing parameter days")
        now_ms = self._desk.now_ms
        return self._chart(request, now_ms - days * DAY_MS, now_ms)

    def chart_range(self, request: web.Request) -> web.Response:
        """GET /coins/{id}/market_chart/range?from=&to=: seconds since 1970."""
        bounds = [whole_number(request.query.get(name), 0, 1, 10**11) for name in ("from", "to")]
        since_s, until_s = bounds[0] or 0, bounds[1] or 0
        is_sane = 0 < since_s < until_s <= since_s + DAYS_MAX * DAY_MS // 1000
        if not is_sane:
            return refused(422, "Invalid parameters from, to")
        return self._chart(request, since_s * 1000, min(until_s * 1000, self._desk.now_ms))

    def candles(self, request: web.Request) -> web.Response:
        """GET /coins/{id}/ohlc?days=N: 30 minutes for a day, 4 hours up to 30, else 4 days."""
        coin = COINS.get(request.match_info["coin"])
        days = whole_number(request.query.get("days"), 0, 1, DAYS_MAX)
        if coin is None or request.query.get("vs_currency") != "usd":
            return refused(404, "coin not found")
        if days not in CANDLE_DAYS:
            return refused(422, "Invalid days parameter")
        step_ms = 30 * MINUTE_MS if days == 1 else 4 * HOUR_MS if days <= 30 else 4 * DAY_MS
        last_ms = self._desk.now_ms // step_ms * step_ms
        closes = range(last_ms - days * DAY_MS + step_ms, last_ms + 1, step_ms)
        return json_response([self._candle(coin, close_ms, step_ms) for close_ms in closes])

    def _chart(self, request: web.Request, since_ms: int, until_ms: int) -> web.Response:
        coin = COINS.get(request.match_info["coin"])
        if coin is None or request.query.get("vs_currency") != "usd":
            return refused(404, "coin not found")
        span_ms = until_ms - since_ms
        step_ms = 5 * MINUTE_MS if span_ms <= DAY_MS else HOUR_MS if span_ms <= 90 * DAY_MS else DAY_MS
        times = [*range(since_ms, until_ms, step_ms), until_ms]
        prices = [(at_ms, self._usd(coin, at_ms)) for at_ms in times]
        return json_response(
            {
                "prices": prices,
                "market_caps": [(at_ms, usd * COINS_ISSUED) for at_ms, usd in prices],
                "total_volumes": [(at_ms, usd * COINS_ISSUED / 18) for at_ms, usd in prices],
            }
        )

    def _quote(self, coin: str, request: web.Request) -> Json:
        now_ms = self._desk.now_ms
        usd, yesterday = (self._usd(COINS[coin], at_ms) for at_ms in (now_ms, now_ms - DAY_MS))
        quote: Json = {"usd": _shown(usd)}
        if request.query.get("include_24hr_change") == "true":
            quote["usd_24h_change"] = (usd - yesterday) / yesterday * 100
        if request.query.get("include_last_updated_at") == "true":
            quote["last_updated_at"] = now_ms // 1000
        return quote

    def _candle(self, coin: Coin, close_ms: int, step_ms: int) -> list[float]:
        """Close time in ms, then open, high, low and close in dollars."""
        times = range(close_ms - step_ms, close_ms + 1, step_ms // CANDLE_STEPS)
        walk = [_shown(self._usd(coin, at_ms)) for at_ms in times]
        return [close_ms, walk[0], max(walk), min(walk), walk[-1]]

    def _usd(self, coin: Coin, at_ms: int) -> float:
        return self._desk.world.rates.usd_micros(coin, at_ms) / 1_000_000


def _shown(usd: float) -> float:
    """Cents; a coin of less than ten dollars has six places."""
    return round(usd, 2 if usd >= PRECISE_BELOW_USD else 6)
