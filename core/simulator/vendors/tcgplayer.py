"""A stand-in for https://api.tcgplayer.com: a partner's token, catalogue and prices of ungraded cards."""

from typing import Final

from aiohttp import web

from core.simulator.market.things import Card
from core.simulator.vendors.desk import Answer, Desk, Json, json_response, whole_number
from core.simulator.vendors.limits import Window, limited
from core.simulator.vendors.tcgplayer_rows import Rows, envelope, http_date

ROOT: Final = "/vendors/tcgplayer"
TOKEN_S: Final = 1_209_599
TOKEN_BEGIN: Final = "partner-"  # noqa: S105 - how every token begins
A_SECOND_MAX: Final = 10
IDS_MAX: Final = 250


def failed(status: int, message: str) -> web.Response:
    """A failure has the form of every answer; nothing found is a 404 too."""
    return json_response({"success": False, "errors": [message], "results": []}, status=status)


def rate_limited(_: float) -> web.Response:
    """More than ten a second costs the key; the form is a guess."""
    return failed(429, "API calls quota exceeded.")


class Tcgplayer:
    """The routes. Any client may have a token, which lasts two weeks."""

    def __init__(self, desk: Desk, *, has_limits: bool = True) -> None:
        self._desk = desk
        self._rows = Rows(desk.world.scenery)
        self._window = Window(A_SECOND_MAX, 1000) if has_limits else None

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/tcgplayer."""
        app.router.add_post(f"{ROOT}/token", self.token)
        routes: tuple[tuple[str, str, Answer], ...] = (
            ("/catalog/categories", "categories", self.categories),
            ("/catalog/groups", "groups", self.groups),
            ("/catalog/groups/{ids}", "groups", self.group_details),
            ("/catalog/products", "products", self.products),
            ("/catalog/products/{ids}", "products", self.product_details),
            ("/pricing/product/{ids}", "prices", self.prices),
        )
        for path, name, answer in routes:
            bounded = limited(self._known(answer), self._window, lambda: self._desk.now_ms, rate_limited)
            self._desk.add_get(app, ROOT + path, f"vendor:tcgplayer:{name}", bounded, rate_limited)

    async def token(self, request: web.Request) -> web.StreamResponse:
        """POST /token with the keys in a form."""
        form = await request.post()

        async def effect() -> web.StreamResponse:
            if form.get("grant_type") != "client_credentials" or not form.get("client_secret"):
                return json_response({"error": "invalid_client"}, status=400)
            return json_response(self._token(str(form.get("client_id"))))

        return await self._desk.faults.guard(
            "vendor:tcgplayer:token", request, effect, rate_limited=rate_limited
        )

    def _token(self, client: str) -> Json:
        now_ms = self._desk.now_ms
        until_ms = now_ms + TOKEN_S * 1000
        return {
            "access_token": f"{TOKEN_BEGIN}{until_ms}",
            "token_type": "bearer",
            "expires_in": TOKEN_S,
            "userName": client,
            ".issued": http_date(now_ms),
            ".expires": http_date(until_ms),
        }

    def _known(self, answer: Answer) -> Answer:
        def handle(request: web.Request) -> web.Response:
            scheme, _, text = request.headers.get("Authorization", "").partition(" ")
            until = text.removeprefix(TOKEN_BEGIN)
            is_valid = scheme.lower() == "bearer" and until.isdecimal() and int(until) > self._desk.now_ms
            return answer(request) if is_valid else failed(401, "Missing or invalid bearer token.")

        return handle

    def categories(self, _: web.Request) -> web.Response:
        """GET /catalog/categories."""
        rows = self._rows.categories()
        return json_response(envelope(rows, total=len(rows)))

    def groups(self, request: web.Request) -> web.Response:
        """GET /catalog/groups?categoryId=."""
        return _paged(request, self._rows.groups(_number(request, "categoryId")), "No groups were found.")

    def products(self, request: web.Request) -> web.Response:
        """GET /catalog/products?categoryId=&groupId=&productName=."""
        category, group = _number(request, "categoryId"), _number(request, "groupId")
        cards = self._rows.find(category, group, request.query.get("productName", ""))
        return _paged(request, self._products(request, cards), "No products were found.")

    def product_details(self, request: web.Request) -> web.Response:
        """GET /catalog/products/{id,id}."""
        rows = self._products(request, self._rows.cards_of(_ids(request)))
        return json_response(envelope(rows)) if rows else failed(404, "No products were found.")

    def group_details(self, request: web.Request) -> web.Response:
        """GET /catalog/groups/{id,id}."""
        wanted = _ids(request)
        rows = [row for row in self._rows.all_groups() if row["groupId"] in wanted]
        return json_response(envelope(rows)) if rows else failed(404, "No groups were found.")

    def _products(self, request: web.Request, cards: list[Card]) -> list[Json]:
        """Number and rarity only for those who ask."""
        rows = [self._rows.product(card, *self._rows.place(card)) for card in cards]
        if request.query.get("getExtendedFields") == "true":
            return rows
        return [{key: row[key] for key in row if key != "extendedData"} for row in rows]

    def prices(self, request: web.Request) -> web.Response:
        """GET /pricing/product/{id,id}: at most 250."""
        ids = _ids(request)
        if not 1 <= len(ids) <= IDS_MAX:
            return failed(400, "Too many or no ids.")
        cards = self._rows.cards_of(ids)
        rows = [row for card in cards for row in self._rows.prices(card, self._desk.now_ms)]
        return json_response(envelope(rows)) if rows else failed(404, "No products were found.")


def _ids(request: web.Request) -> list[int]:
    return [int(text) for text in request.match_info["ids"].split(",") if text.isdecimal()]


def _number(request: web.Request, name: str) -> int:
    return whole_number(request.query.get(name), 0, 0, 10**9) or 0


def _paged(request: web.Request, rows: list[Json], nothing: str) -> web.Response:
    limit = whole_number(request.query.get("limit"), 10, 1, 100)
    offset = whole_number(request.query.get("offset"), 0, 0, 10**9)
    if limit is None or offset is None:
        return failed(400, "limit is 1 to 100, offset from 0.")
    page = rows[offset : offset + limit]
    return json_response(envelope(page, total=len(rows))) if page else failed(404, nothing)
