"""A stand-in for eBay: application tokens, Browse search, one item; sold items are closed to all."""

import base64
import binascii
from collections.abc import Callable
from typing import Final

from aiohttp import web

from core.simulator.market.elsewhere import Elsewhere, Offer
from core.simulator.vendors.desk import Answer, Desk, Json, json_response, whole_number
from core.simulator.vendors.ebay_query import BadSearchError, Search, parse_search
from core.simulator.vendors.ebay_rows import Rows, error, href
from core.simulator.vendors.limits import Window, limited

ROOT: Final = "/vendors/ebay"
SCOPE: Final = "https://api.ebay.com/oauth/api_scope"
TOKEN_S: Final = 7200
TOKEN_BEGIN: Final = "v^1.1#i^1#"  # noqa: S105 - how every token begins
DAY_MS: Final = 86_400_000
A_DAY_MAX: Final = 5000
PLACES: Final = 1500


def rate_limited(_: float) -> web.Response:
    """The daily calls are used up; eBay tells no time. The form is a guess."""
    return error(429, 2001, "Too many requests. The request limit has been reached for the resource.")


class Ebay:
    """The routes. Any client may have a token, but it must ask, and again after two hours."""

    def __init__(self, desk: Desk, *, has_limits: bool = True) -> None:
        self._desk = desk
        world = desk.world
        self._offers = Elsewhere(world.scenery, world.settings.seed, "ebay", PLACES, has_auctions=True)
        self._window = Window(A_DAY_MAX, DAY_MS) if has_limits else None

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/ebay, the API's own paths below it."""
        guarded = self._desk.guarded
        token = f"{ROOT}/identity/v1/oauth2/token"
        app.router.add_post(token, self._with_body("vendor:ebay:token"))
        routes: tuple[tuple[str, str, Answer], ...] = (
            ("/buy/browse/v1/item_summary/search", "search", self.search),
            ("/buy/browse/v1/item/{item}", "item", self.item),
            ("/buy/marketplace_insights/v1_beta/item_sales/search", "sales", self.sales),
        )
        for path, name, answer in routes:
            bounded = limited(self._known(answer), self._window, lambda: self._desk.now_ms, rate_limited)
            app.router.add_get(ROOT + path, guarded(f"vendor:ebay:{name}", bounded, rate_limited))

    def _with_body(self, target: str) -> Callable[[web.Request], Json]:
        async def handle(request: web.Request) -> web.StreamResponse:
            form = await request.post()

            async def effect() -> web.StreamResponse:
                return self.token(request, str(form.get("grant_type")), str(form.get("scope")))

            return await self._desk.faults.guard(target, request, effect, rate_limited=rate_limited)

        return handle

    def token(self, request: web.Request, grant: str, scope: str) -> web.Response:
        """POST /identity/v1/oauth2/token with the client's name and secret in Basic form."""
        if not _has_credentials(request):
            body = {"error": "invalid_client", "error_description": "client authentication failed"}
            return json_response(body, status=401)
        if grant != "client_credentials":
            body = {"error": "unsupported_grant_type", "error_description": "grant type is not supported"}
            return json_response(body, status=400)
        if scope != SCOPE:
            body = {"error": "invalid_scope", "error_description": "The requested scope is invalid"}
            return json_response(body, status=400)
        text = f"{TOKEN_BEGIN}{self._desk.now_ms // 1000 + TOKEN_S}"
        return json_response(
            {"access_token": text, "expires_in": TOKEN_S, "token_type": "Application Access Token"}
        )

    def _known(self, answer: Answer) -> Answer:
        def handle(request: web.Request) -> web.Response:
            text = request.headers.get("Authorization", "").removeprefix(f"Bearer {TOKEN_BEGIN}")
            if not text.isdecimal() or int(text) * 1000 <= self._desk.now_ms:
                return error(401, 1001, "Invalid access token")
            return answer(request)

        return handle

    def search(self, request: web.Request) -> web.Response:
        """GET /buy/browse/v1/item_summary/search: `itemSummaries` is missing when nothing matches."""
        query = request.query
        limit = whole_number(query.get("limit"), 50, 1, 200)
        offset = whole_number(query.get("offset"), 0, 0, 9999)
        if limit is None or offset is None or offset % limit:
            return error(400, 12006, "The 'offset' value must be zero or a multiple of the 'limit' value.")
        try:
            wanted = parse_search(query)
        except BadSearchError as mistake:
            return error(400, 12001, str(mistake))
        rows = Rows(self._desk.world, request, self._desk.now_ms)
        found = [rows.summary(offer) for offer in self._find(wanted, rows)]
        return json_response(_page(request, found, limit, offset, wanted.warnings))

    def _find(self, wanted: Search, rows: Rows) -> list[Offer]:
        offers = self._offers.offers(self._desk.now_ms)
        found = [offer for offer in offers if wanted.matches(offer, rows.title(offer))]
        return sorted(found, key=wanted.order)

    def item(self, request: web.Request) -> web.Response:
        """GET /buy/browse/v1/item/{itemId}: the summary, and grader, grade and certificate as aspects."""
        rows = Rows(self._desk.world, request, self._desk.now_ms)
        wanted = request.match_info["item"]
        for offer in self._offers.offers(self._desk.now_ms):
            if rows.item_id(offer) == wanted:
                return json_response(rows.summary(offer) | {"localizedAspects": rows.aspects(offer)})
        return error(404, 11001, "The specified item Id was not found.")

    def sales(self, _: web.Request) -> web.Response:
        """Marketplace Insights is closed to new users: the token's scope never suffices."""
        return error(403, 1100, "Access denied")


def _page(request: web.Request, found: list[Json], limit: int, offset: int, warnings: list[Json]) -> Json:
    page: Json = {
        "href": href(request, limit, offset),
        "total": len(found),
        "limit": limit,
        "offset": offset,
    }
    if offset + limit < len(found):
        page["next"] = href(request, limit, offset + limit)
    if offset:
        page["prev"] = href(request, limit, max(0, offset - limit))
    if found[offset : offset + limit]:
        page["itemSummaries"] = found[offset : offset + limit]
    if warnings:
        page["warnings"] = warnings
    return page


def _has_credentials(request: web.Request) -> bool:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return scheme == "Basic" and bool(name and secret)
