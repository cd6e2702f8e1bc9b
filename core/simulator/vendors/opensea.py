"""A stand-in for https://api.opensea.io/api/v2, one collection: Courtyard's slabs on Polygon, in USDC."""

import base64
import hashlib
from typing import Final

from aiohttp import web

from core.simulator.market.elsewhere import Elsewhere, Offer
from core.simulator.market.scenery import grade_text
from core.simulator.vendors.desk import Answer, Desk, Json, json_response, whole_number
from core.simulator.vendors.limits import Window, limited

ROOT: Final = "/vendors/opensea/api/v2"
SLUG: Final = "courtyard-nft"
CONTRACT: Final = "0x251be3a17af4892035c37ebf5890f4a4d889dcad"
USDC: Final = "0x3c499c542cef5e3811e1192ce70d8cc03d5c3359"
PROTOCOL: Final = "0x0000000000000068f116a894984e2db1123eb395"
PLACES: Final = 180
A_MINUTE_MAX: Final = 60
MINUTE_MS: Final = 60_000


def refused(status: int, message: str) -> web.Response:
    """OpenSea's form of an error."""
    return json_response({"errors": [message]}, status=status)


def rate_limited(seconds: float) -> web.Response:
    """OpenSea's 429."""
    answer = refused(429, "Request was throttled.")
    answer.headers["Retry-After"] = str(max(1, round(seconds or MINUTE_MS / 1000)))
    return answer


class OpenSea:
    """The routes. Any key will do, none will not."""

    def __init__(self, desk: Desk, *, has_limits: bool = True) -> None:
        self._desk = desk
        self._scenery = desk.world.scenery
        self._elsewhere = Elsewhere(self._scenery, desk.world.settings.seed, "courtyard", PLACES)
        self._window = Window(A_MINUTE_MAX, MINUTE_MS) if has_limits else None

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/opensea/api/v2."""
        routes: tuple[tuple[str, str, Answer], ...] = (
            ("/listings/collection/{slug}/all", "listings", self.listings),
            ("/listings/collection/{slug}/best", "best", self.best),
            ("/listings/collection/{slug}/nfts/{id}/best", "best-of-nft", self.best_of_nft),
            ("/collections/{slug}/stats", "stats", self.stats),
            (f"/chain/matic/contract/{CONTRACT}/nfts/{{id}}", "nft", self.nft),
        )
        for path, name, answer in routes:
            bounded = limited(_keyed(answer), self._window, lambda: self._desk.now_ms, rate_limited)
            self._desk.add_get(app, ROOT + path, f"vendor:opensea:{name}", bounded, rate_limited)

    def listings(self, request: web.Request) -> web.Response:
        """GET /listings/collection/{slug}/all?limit=&next=: newest first."""
        offers = self._elsewhere.offers(self._desk.now_ms)
        return self._page(request, sorted(offers, key=lambda offer: (-offer.opened_ms, offer.number)))

    def best(self, request: web.Request) -> web.Response:
        """GET /listings/collection/{slug}/best?limit=&next=: cheapest first."""
        offers = self._elsewhere.offers(self._desk.now_ms)
        return self._page(request, sorted(offers, key=lambda offer: (offer.usd_micros, offer.number)))

    def best_of_nft(self, request: web.Request) -> web.Response:
        """GET /listings/collection/{slug}/nfts/{id}/best: the listing by itself."""
        for offer in self._elsewhere.offers(self._desk.now_ms):
            if _token_id(offer) == request.match_info["id"] and request.match_info["slug"] == SLUG:
                return json_response(_listing(offer))
        return refused(404, "Listing not found")

    def _page(self, request: web.Request, offers: list[Offer]) -> web.Response:
        limit = whole_number(request.query.get("limit"), 100, 1, 100)
        start = _offset(request.query.get("next"))
        if limit is None or start is None:
            return refused(400, "Invalid limit or next")
        if request.match_info["slug"] != SLUG:
            return refused(404, "Collection not found")
        body: Json = {"listings": [_listing(offer) for offer in offers[start : start + limit]]}
        if start + limit < len(offers):
            body["next"] = _cursor(start + limit)
        return json_response(body)

    def stats(self, request: web.Request) -> web.Response:
        """GET /collections/{slug}/stats."""
        if request.match_info["slug"] != SLUG:
            return refused(404, "Collection not found")
        offers = self._elsewhere.offers(self._desk.now_ms)
        total = {
            "volume": 1_204_300.5,
            "sales": 21_411,
            "num_owners": len({offer.seller for offer in offers}),
            "floor_price": min((offer.usd_micros for offer in offers), default=0) / 1_000_000,
            "floor_price_symbol": "USDC",
        }
        intervals = [
            {"interval": name, "volume": 900.5 * days, "sales": 16 * days}
            for name, days in (("one_day", 1), ("seven_day", 7), ("thirty_day", 30))
        ]
        return json_response({"total": total, "intervals": intervals})

    def nft(self, request: web.Request) -> web.Response:
        """GET /chain/matic/contract/{address}/nfts/{id}: what the listing only numbers."""
        for offer in self._elsewhere.offers(self._desk.now_ms):
            if _token_id(offer) == request.match_info["id"]:
                return json_response({"nft": self._nft(offer)})
        return refused(404, "NFT not found")

    def _nft(self, offer: Offer) -> Json:
        kind = self._scenery.kinds[offer.kind_id]
        card, grade = self._scenery.card(kind), self._scenery.grade(kind)
        grader = self._scenery.grader(kind).company
        words = grade.text.rpartition(" ")
        shown = f"{grade_text(grade.tenths)} {words[0]}"
        traits = (
            ("Grader", grader),
            ("Serial", offer.certificate),
            ("Grade", shown),
            ("Category", self._scenery.category(card)),
            ("Year", str(card.year)),
            ("Set", self._scenery.set_name(card)),
            ("Title/Subject", card.name),
            ("Language", card.language),
            ("Card Number", card.number),
        )
        return {
            "identifier": _token_id(offer),
            "collection": SLUG,
            "contract": CONTRACT,
            "token_standard": "erc721",
            "name": f"{self._scenery.alt_name(card)} ({grader} {shown})",
            "traits": [{"trait_type": name, "display_type": None, "value": value} for name, value in traits],
            "owners": [{"address": _account(offer.seller), "quantity": 1}],
        }


def _listing(offer: Offer) -> Json:
    """An order on Seaport. The value is a whole number of the currency's smallest unit, as text."""
    item = {"itemType": 2, "token": CONTRACT, "identifierOrCriteria": _token_id(offer)}
    parameters = {
        "offerer": _account(offer.seller),
        "offer": [item | {"startAmount": "1", "endAmount": "1"}],
        "startTime": str(offer.opened_ms // 1000),
        "endTime": str(offer.closes_ms // 1000),
    }
    current = {"currency": "USDC", "decimals": 6, "value": str(offer.usd_micros)}
    return {
        "order_hash": f"0x{hashlib.sha256(f'order {offer.address}'.encode()).hexdigest()}",
        "chain": "matic",
        "type": "basic",
        "price": {"current": current},
        "protocol_data": {"parameters": parameters, "signature": None},
        "protocol_address": PROTOCOL,
        "remaining_quantity": 1,
        "status": "ACTIVE",
    }


def _token_id(offer: Offer) -> str:
    return str(int.from_bytes(hashlib.sha256(offer.address.encode()).digest(), "big"))


def _account(wallet: str) -> str:
    return f"0x{hashlib.sha256(wallet.encode()).hexdigest()[:40]}"


def _cursor(start: int) -> str:
    return base64.urlsafe_b64encode(f"start={start}".encode()).decode()


def _offset(cursor: str | None) -> int | None:
    """Where a page begins; None for a cursor that is not ours."""
    if cursor is None:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor).decode()
    except ValueError:
        return None
    return whole_number(text.removeprefix("start="), 0, 0, 10**6)


def _keyed(answer: Answer) -> Answer:
    def handle(request: web.Request) -> web.Response:
        if not request.headers.get("x-api-key"):
            return refused(401, "Missing an API Key")
        return answer(request)

    return handle
