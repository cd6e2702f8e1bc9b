"""A stand-in for https://solana-api.beezie.com: a thin book of slabs, prices in USDC as text."""

from collections.abc import Callable
from typing import Any, Final

import msgspec
from aiohttp import web

from core.simulator.market.elsewhere import Elsewhere, Offer
from core.simulator.market.raw import money_text
from core.simulator.market.scenery import grade_text
from core.simulator.market.values import DAY_MS, fair_usd_micros
from core.simulator.vendors.desk import RETRY_S, Desk, Json, json_response

ROOT: Final = "/vendors/beezie"
PLACES: Final = 24
PAGE_MAX: Final = 100
CREATOR: Final = "DVNnFArZavoagFdyHyEYH9gmRRoma2vLW5dsy8Y2q9WR"
ALL: Final = "1"
UNVALUED_EVERY: Final = 9


class Question(msgspec.Struct):
    """The body of dropItems/byCategory: numbers as text."""

    categoryId: str  # noqa: N815 - the wire's name
    page: str = "0"
    pageSize: str = "20"  # noqa: N815
    saleStatus: str = "forSale"  # noqa: N815
    sellOrderDateOrder: str = "DESC"  # noqa: N815
    filters: list[Any] = []


def refused(status: int, message: str) -> web.Response:
    """The form of an error is a guess."""
    return json_response({"statusCode": status, "message": message}, status=status)


def rate_limited(seconds: float) -> web.Response:
    """The form of a 429 is a guess."""
    answer = refused(429, "Too Many Requests")
    answer.headers["Retry-After"] = str(max(1, round(seconds or RETRY_S)))
    return answer


class Beezie:
    """The routes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._scenery = desk.world.scenery
        self._elsewhere = Elsewhere(self._scenery, desk.world.settings.seed, "beezie", PLACES)

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/beezie."""
        app.router.add_post(f"{ROOT}/dropItems/byCategory", self._by_category())
        path = f"{ROOT}/dropItems/getByTokenId/{{mint}}"
        self._desk.add_get(app, path, "vendor:beezie:item", self.item, rate_limited)

    def _by_category(self) -> Callable[[web.Request], Json]:
        async def handle(request: web.Request) -> web.StreamResponse:
            body = await request.read()

            async def effect() -> web.StreamResponse:
                return self.items(body)

            return await self._desk.faults.guard(
                "vendor:beezie:items", request, effect, rate_limited=rate_limited
            )

        return handle

    def items(self, body: bytes) -> web.Response:
        """POST /dropItems/byCategory: pages count from 0."""
        try:
            wanted = msgspec.json.decode(body, type=Question)
            page, size = int(wanted.page), int(wanted.pageSize)
        except (msgspec.DecodeError, ValueError):
            return refused(400, "Bad Request")
        if page < 0 or not 1 <= size <= PAGE_MAX:
            return refused(400, "Bad Request")
        offers = self._elsewhere.offers(self._desk.now_ms) if wanted.categoryId == ALL else []
        is_newest_first = wanted.sellOrderDateOrder == "DESC"
        offers.sort(key=lambda offer: (offer.opened_ms, offer.number), reverse=is_newest_first)
        rows = [self._row(offer) for offer in offers[page * size : (page + 1) * size]]
        return json_response({"dropItems": rows, "total": len(offers)})

    def item(self, request: web.Request) -> web.Response:
        """GET /dropItems/getByTokenId/{mint}."""
        for offer in self._elsewhere.offers(self._desk.now_ms):
            if offer.address == request.match_info["mint"]:
                return json_response(self._row(offer))
        return refused(404, "Not Found")

    def _row(self, offer: Offer) -> Json:
        kind = self._scenery.kinds[offer.kind_id]
        card = self._scenery.card(kind)
        is_valued = offer.number % UNVALUED_EVERY != 0
        value = money_text(fair_usd_micros(kind, offer.opened_ms)) if is_valued else None
        return {
            "id": 1000 + offer.number,
            "tokenId": offer.address,
            "creatorAddress": CREATOR,
            "creatorCommissionPercentage": "0.01",
            "creatorCountryCode": "US",
            "owner": offer.seller,
            "transferedAt": offer.opened_ms,
            "metadata": self._metadata(offer),
            "categoryId": 1,
            "altFmv": value,
            "altFmvLastFetchedAt": self._desk.now_ms // DAY_MS * DAY_MS,
            "altAssetId": card.alt_asset_id,
            "claimId": None,
            "tokenizedAt": offer.opened_ms - 3 * DAY_MS,
            "burnedAt": None,
            "SellOrder": {"amountUSDC": money_text(offer.usd_micros), "createdAt": offer.opened_ms},
        }

    def _metadata(self, offer: Offer) -> Json:
        kind = self._scenery.kinds[offer.kind_id]
        card = self._scenery.card(kind)
        grader, grade = self._scenery.grader(kind).alt_code, grade_text(self._scenery.grade(kind).tenths)
        pairs = [
            ("year", str(card.year)),
            ("grader", grader),
            ("grade", grade),
            ("language", card.language),
            ("pokemon name", card.name),
            ("set name", card.set_name),
            ("card number", card.number),
            ("serial", offer.certificate),
            ("card type", "Monster"),
            ("finish", card.parallel if card.parallel != "Base" else ""),
            ("edition", card.stamp),
            ("Category", self._scenery.category(card)),
        ]
        pictures = [
            f"https://images.beezie.com/solana/{offer.address}/{side}/original.webp" for side in (4, 5)
        ]
        return {
            "name": f"{card.year} {card.set_name} {card.name} #{card.number} {grader} {grade}",
            "image": pictures[0],
            "attributes": [{"trait_type": name, "trait_value": value} for name, value in pairs],
            "external_url": "solana.beezie.com",
            "additional_images": pictures[1:],
        }
