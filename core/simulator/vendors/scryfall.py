"""A stand-in for https://api.scryfall.com: Magic cards, prices as text or null, a lockout for the hasty."""

import uuid
from typing import Final

import msgspec
from aiohttp import web

from core.simulator.market.raw import Shelf, money_text, raw_usd_micros, set_code, slug
from core.simulator.market.things import Card
from core.simulator.vendors.desk import Answer, Desk, Json, iso, json_response, whole_number
from core.simulator.vendors.limits import Window, limited
from core.simulator.vendors.scryfall_rows import card_row, set_row

ROOT: Final = "/vendors/scryfall"
SITE: Final = "https://api.scryfall.com"
A_SECOND_MAX: Final = 10
SEARCHES_A_SECOND_MAX: Final = 2
LOCKOUT_MS: Final = 30_000
PAGE: Final = 175
IDENTIFIERS_MAX: Final = 75


def refused(status: int, code: str, details: str) -> web.Response:
    """Scryfall's form of an error."""
    body = {"object": "error", "code": code, "status": status, "details": details}
    return json_response(body, status=status)


def rate_limited(_: float) -> web.Response:
    """Scryfall's 429; the documents say 30 s."""
    return refused(429, "rate_limited", "You have submitted too many requests. Try again in 30 seconds.")


class Scryfall:
    """The routes. User-Agent and Accept must be sent."""

    def __init__(self, desk: Desk, *, has_limits: bool = True, page_max: int | None = None) -> None:
        self._desk = desk
        self._page_max = page_max or PAGE
        self._shelf = Shelf(desk.world.scenery, "Magic")
        self._cards = {str(_uuid("card", str(card.id))): card for card in self._shelf.cards}
        self._slow = Window(SEARCHES_A_SECOND_MAX, 1000, lockout_ms=LOCKOUT_MS) if has_limits else None
        self._fast = Window(A_SECOND_MAX, 1000, lockout_ms=LOCKOUT_MS) if has_limits else None

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/scryfall."""
        routes: tuple[tuple[str, str, Answer, Window | None], ...] = (
            ("/cards/search", "search", self.search, self._slow),
            ("/cards/named", "named", self.named, self._slow),
            ("/cards/{id}", "card", self.card, self._fast),
            ("/sets", "sets", self.sets, self._fast),
            ("/bulk-data", "bulk", self.bulk, self._fast),
            ("/bulk-data/default_cards.json", "bulk-file", self.bulk_file, None),
        )
        for path, name, answer, window in routes:
            bounded = limited(_introduced(answer), window, lambda: self._desk.now_ms, rate_limited)
            self._desk.add_get(app, ROOT + path, f"vendor:scryfall:{name}", bounded, rate_limited)
        app.router.add_post(f"{ROOT}/cards/collection", self.collection)

    def search(self, request: web.Request) -> web.Response:
        """GET /cards/search?q=&page=: words of the name, `set:code` and `cn:number`."""
        page = whole_number(request.query.get("page"), 1, 1, 10**6) or 1
        found = [card for card in self._shelf.cards if _matches(card, request.query.get("q", ""))]
        size = self._page_max
        rows = [self._row(card) for card in found[(page - 1) * size : page * size]]
        if not rows:
            return refused(404, "not_found", "Your query didn’t match any cards.")
        body: Json = {"object": "list", "total_cards": len(found), "has_more": len(found) > page * size}
        if body["has_more"]:
            query = request.rel_url.with_query(dict(request.query) | {"page": str(page + 1)}).query_string
            body["next_page"] = f"{SITE}/cards/search?{query}"
        return json_response(body | {"data": rows})

    def named(self, request: web.Request) -> web.Response:
        """GET /cards/named?fuzzy= or exact=."""
        exact, fuzzy = request.query.get("exact"), request.query.get("fuzzy")
        wanted = (exact or fuzzy or "").lower()
        if not wanted:
            return refused(400, "bad_request", "You must provide either an exact or a fuzzy name.")
        for card in self._shelf.cards:
            name = card.name.lower()
            if name == wanted or (exact is None and wanted in name):
                return json_response(self._row(card))
        return refused(404, "not_found", f"No cards found matching “{wanted}”")

    def card(self, request: web.Request) -> web.Response:
        """GET /cards/{id}."""
        card = self._cards.get(request.match_info["id"])
        if card is None:
            return refused(404, "not_found", "No card found with the given ID or set code and number.")
        return json_response(self._row(card))

    async def collection(self, request: web.Request) -> web.StreamResponse:
        """POST /cards/collection: at most 75 identifiers, each an id."""
        body = await request.read()

        async def effect() -> web.StreamResponse:
            return limited(
                lambda _: self._collected(body), self._slow, lambda: self._desk.now_ms, rate_limited
            )(request)

        return await self._desk.faults.guard(
            "vendor:scryfall:collection", request, effect, rate_limited=rate_limited
        )

    def _collected(self, body: bytes) -> web.Response:
        try:
            wanted = msgspec.json.decode(body, type=dict[str, list[dict[str, str]]])["identifiers"]
        except (msgspec.MsgspecError, KeyError):
            return refused(400, "bad_request", "Your request body is not readable.")
        if len(wanted) > IDENTIFIERS_MAX:
            return refused(422, "unprocessable_entity", "No more than 75 identifiers.")
        known = [one for one in wanted if one.get("id") in self._cards]
        rows = [self._row(self._cards[one["id"]]) for one in known]
        strangers = [one for one in wanted if one not in known]
        return json_response({"object": "list", "not_found": strangers, "data": rows})

    def sets(self, _: web.Request) -> web.Response:
        """GET /sets: all of them, unpaged."""
        rows = [set_row(one, str(_uuid("set", one.name))) for one in self._shelf.sets]
        return json_response({"object": "list", "has_more": False, "data": rows})

    def bulk(self, request: web.Request) -> web.Response:
        """GET /bulk-data: where the daily file of all cards is."""
        file = {
            "object": "bulk_data",
            "id": str(_uuid("bulk", "default_cards")),
            "type": "default_cards",
            "updated_at": iso(self._desk.now_ms),
            "uri": f"{SITE}/bulk-data/default_cards",
            "name": "Default Cards",
            "size": 2_000 * len(self._shelf.cards),
            "download_uri": f"{request.scheme}://{request.host}{ROOT}/bulk-data/default_cards.json",
            "content_type": "application/json",
            "content_encoding": "gzip",
        }
        return json_response({"object": "list", "has_more": False, "data": [file]})

    def bulk_file(self, _: web.Request) -> web.Response:
        """Every card."""
        return json_response([self._row(card) for card in self._shelf.cards])

    def _row(self, card: Card) -> Json:
        now_ms = self._desk.now_ms
        usd = raw_usd_micros(card, now_ms)
        is_foil = card.parallel == "Foil"
        price, euros = money_text(usd), money_text(self._desk.world.rates.eur_micros(usd, now_ms))
        prices = {
            "usd": None if is_foil else price,
            "usd_foil": price if is_foil else money_text(usd * 18 // 10),
            "usd_etched": None,
            "eur": None if is_foil else euros,
            "eur_foil": euros if is_foil else None if card.id % 2 else money_text(usd * 16 // 10),
            "tix": None if card.id % 3 == 0 else money_text(usd // 40),
        }
        ids = (
            str(_uuid("card", str(card.id))),
            str(_uuid("oracle", card.name)),
            str(_uuid("set", card.set_name)),
        )
        return card_row(card, ids, prices)


def _uuid(kind: str, name: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{SITE}/{kind}/{name}")


def _matches(card: Card, query: str) -> bool:
    for word in query.lower().replace('"', "").split():
        key, _, value = word.rpartition(":")
        field = {"": slug(card.name), "set": set_code(card.set_name), "cn": card.number}.get(key)
        if field is None or (slug(value) not in field if key == "" else value != field):
            return False
    return bool(query.strip())


def _introduced(answer: Answer) -> Answer:
    def handle(request: web.Request) -> web.Response:
        if not request.headers.get("User-Agent") or not request.headers.get("Accept"):
            return refused(400, "bad_request", "The User-Agent and Accept headers are required.")
        return answer(request)

    return handle
