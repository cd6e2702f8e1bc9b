"""A stand-in for https://www.pricecharting.com/api: graded prices in cents; a missing key is no price."""

import hashlib
from typing import Final

from aiohttp import web

from core.simulator.market.raw import cents, raw_usd_micros
from core.simulator.market.things import Card, Kind
from core.simulator.market.values import fair_usd_micros
from core.simulator.vendors.desk import Desk, Json, json_response
from core.simulator.vendors.limits import Window, limited

ROOT: Final = "/vendors/pricecharting/api"
FIRST_ID: Final = 60_000
PRODUCTS_MAX: Final = 20
OFF_BPS: Final = 900
# What the site calls the grades; it was made for video games.
ANY_COMPANY: Final = {95: "box-only-price", 90: "graded-price", 85: "new-price", 80: "new-price"}
LOW: Final = {75: "cib-price", 70: "cib-price"}
TENS: Final = {
    "PSA": "manual-only-price",
    "BGS": "bgs-10-price",
    "CGC": "condition-17-price",
    "SGC": "condition-18-price",
}


def refused(message: str, status: int) -> web.Response:
    """The one form of an error."""
    return json_response({"status": "error", "error-message": message}, status=status)


def rate_limited(_: float) -> web.Response:
    """About one request a second is allowed; the form of the refusal is not known."""
    return refused("Too many requests", 429)


class PriceCharting:
    """The routes. Any token will do, none will not."""

    def __init__(self, desk: Desk, *, has_limits: bool = True) -> None:
        self._desk = desk
        self._scenery = desk.world.scenery
        self._window = Window(1, 1000) if has_limits else None

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/pricecharting/api."""
        for name, answer in (("product", self.product), ("products", self.products)):
            bounded = limited(answer, self._window, lambda: self._desk.now_ms, rate_limited)
            self._desk.add_get(app, f"{ROOT}/{name}", f"vendor:pricecharting:{name}", bounded, rate_limited)

    def product(self, request: web.Request) -> web.Response:
        """GET /product?t=&id= or q=: one product with its prices; q takes the best match."""
        if not request.query.get("t"):
            return refused("Invalid or missing access token", 403)
        number = request.query.get("id")
        found = self._search(request.query.get("q", "")) if number is None else self._by_id(number)
        if not found:
            return refused("No such product", 404 if number is not None else 200)
        return json_response({"status": "success"} | self._product(found[0]))

    def products(self, request: web.Request) -> web.Response:
        """GET /products?t=&q=: at most 20, without prices."""
        if not request.query.get("t"):
            return refused("Invalid or missing access token", 403)
        found = self._search(request.query.get("q", ""))[:PRODUCTS_MAX]
        return json_response({"status": "success", "products": [self._name(card) for card in found]})

    def _by_id(self, number: str) -> list[Card]:
        return [card for card in self._scenery.cards if str(FIRST_ID + card.id) == number]

    def _search(self, text: str) -> list[Card]:
        words = text.lower().replace("#", "").split()
        return [card for card in self._scenery.cards if words and self._has_words(card, words)]

    def _has_words(self, card: Card, words: list[str]) -> bool:
        known = self._scenery.alt_name(card).lower().replace("#", "").split()
        return all(word in known for word in words)

    def _name(self, card: Card) -> Json:
        variety = self._scenery.variety(card)
        printing = f" [{variety}]" if variety else ""
        return {
            "id": str(FIRST_ID + card.id),
            "product-name": f"{card.name}{printing} #{card.number}",
            "console-name": self._scenery.set_name(card),
        }

    def _product(self, card: Card) -> Json:
        now_ms = self._desk.now_ms
        kinds = self._scenery.kinds_of(card)
        prices = {key: _cents(kind, now_ms) for kind in kinds if (key := self._key(kind)) is not None}
        return self._name(card) | {
            "genre": f"{self._scenery.category(card)} Card",
            "release-date": f"{card.year}-01-09",
            "loose-price": cents(raw_usd_micros(card, now_ms)),
            **prices,
            "sales-volume": str(round(sum(kind.sales_a_quarter for kind in kinds) * 4)),
        }

    def _key(self, kind: Kind) -> str | None:
        """What the site calls a grade. Of labels it knows none; a BGS 10 is the pristine one."""
        grade, company = self._scenery.grade(kind), self._scenery.grader(kind).alt_code
        if grade.label != ("Pristine" if company == "BGS" and grade.tenths == 100 else ""):
            return None
        if grade.tenths == 100:
            return TENS.get(company)
        return ANY_COMPANY.get(grade.tenths) or LOW.get(grade.tenths)


def _cents(kind: Kind, now_ms: int) -> int:
    """The fair value, up to nine percent off, always the same way for the same kind."""
    lot = hashlib.sha256(f"pricecharting {kind.id}".encode()).digest()[0]
    off_bps = (lot - 128) * OFF_BPS // 128
    return cents(fair_usd_micros(kind, now_ms) * (10_000 + off_bps) // 10_000)
