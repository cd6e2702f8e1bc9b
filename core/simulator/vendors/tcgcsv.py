"""A stand-in for https://tcgcsv.com: TCGplayer's catalogue and prices, a day old, unpaged."""

from typing import Final

from aiohttp import web

from core.simulator.vendors.desk import RETRY_S, Answer, Desk
from core.simulator.vendors.desk import json_response as json
from core.simulator.vendors.tcgplayer_rows import Rows, envelope

ROOT: Final = "/vendors/tcgcsv/tcgplayer"


def rate_limited(seconds: float) -> web.Response:
    """A plain 429; none is documented."""
    headers = {"Retry-After": str(max(1, round(seconds or RETRY_S)))}
    return web.Response(status=429, text="Too Many Requests", headers=headers)


def missing() -> web.Response:
    """A file that the mirror does not hold."""
    return web.Response(status=404, text="Not Found")


class Tcgcsv:
    """The routes. A real User-Agent is asked for."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._rows = Rows(desk.world.scenery)

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/tcgcsv/tcgplayer."""
        routes: tuple[tuple[str, str, Answer], ...] = (
            ("/categories", "categories", self.categories),
            (r"/{category:\d{1,6}}/groups", "groups", self.groups),
            (r"/{category:\d{1,6}}/{group:\d{1,9}}/products", "products", self.products),
            (r"/{category:\d{1,6}}/{group:\d{1,9}}/prices", "prices", self.prices),
        )
        for path, name, answer in routes:
            self._desk.add_get(app, ROOT + path, f"vendor:tcgcsv:{name}", _named(answer), rate_limited)

    def categories(self, _: web.Request) -> web.Response:
        """GET /categories."""
        rows = self._rows.categories()
        return json(envelope(rows, total=len(rows)))

    def groups(self, request: web.Request) -> web.Response:
        """GET /{category}/groups."""
        rows = self._rows.groups(int(request.match_info["category"]))
        return json(envelope(rows, total=len(rows))) if rows else missing()

    def products(self, request: web.Request) -> web.Response:
        """GET /{category}/{group}/products."""
        category, group = _numbers(request)
        rows = [self._rows.product(card, category, group) for card in self._rows.cards(category, group)]
        return json(envelope(rows, total=len(rows))) if rows else missing()

    def prices(self, request: web.Request) -> web.Response:
        """GET /{category}/{group}/prices: several rows for a product."""
        cards = self._rows.cards(*_numbers(request))
        rows = [row for card in cards for row in self._rows.prices(card, self._desk.now_ms)]
        return json(envelope(rows)) if rows else missing()


def _named(answer: Answer) -> Answer:
    def handle(request: web.Request) -> web.Response:
        return answer(request) if request.headers.get("User-Agent") else web.Response(status=403)

    return handle


def _numbers(request: web.Request) -> tuple[int, int]:
    return int(request.match_info["category"]), int(request.match_info["group"])
