"""A stand-in for https://api.collectorcrypt.com: marketplace, catalogue, wallets, activity. In USDC."""

from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Final, TypeAlias

from aiohttp import web

from core.simulator.market.things import Asset, Venue
from core.simulator.vendors.collectorcrypt_query import BadQueryError, Card, Finder, make_cursor, parse_query
from core.simulator.vendors.collectorcrypt_rows import ACTIONS, Rows
from core.simulator.vendors.desk import Answer, Desk, Json, json_response, whole_number

ROOT: Final = "/vendors/collectorcrypt"
CACHED_MAX: Final = 256
ACTIVITIES_MAX: Final = 200
DAYS_MAX: Final = 3650
DAY_MS: Final = 86_400_000

Wanted: TypeAlias = Callable[[str, str, str | None], bool]


def rate_limited(seconds: float) -> web.Response:
    """Collector Crypt's 429: the time to wait is in the body, there is no Retry-After header."""
    wait = max(1, round(seconds))
    message = f"Too many requests — calls to marketplace. Retry in {wait}s."
    return json_response({"statusCode": 429, "message": message, "retryAfter": wait}, status=429)


def refused(status: int, message: str | list[str], error: str) -> web.Response:
    """An error as its framework writes it."""
    return json_response({"statusCode": status, "message": message, "error": error}, status=status)


class CollectorCrypt:
    """The routes. `cache_s`: how long the edge gives the same answer again (30 in life, 0 never)."""

    def __init__(self, desk: Desk, *, cache_s: int) -> None:
        self._desk = desk
        self._world = desk.world
        self._cache_s = cache_s
        self._cached: OrderedDict[str, tuple[int, bytes]] = OrderedDict()

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/collectorcrypt."""
        routes: tuple[tuple[str, str, Answer], ...] = (
            ("/marketplace", "marketplace", self.marketplace),
            ("/cards/publicNft/{id}", "card", self.card),
            ("/cards/publicNft/{id}/market", "market", self.market),
            ("/cards/{wallet}/", "wallet", self.wallet),
            ("/card-activity/{nft}", "activity", self.card_activity),
            ("/card-activity", "activity", self.wallet_activity),
        )
        for path, name, answer in routes:
            target = f"vendor:collectorcrypt:{name}"
            self._desk.add_get(app, ROOT + path, target, self._edge(answer), rate_limited)

    def _edge(self, answer: Answer) -> Answer:
        """What stands before the vendor: it refuses callers without a name and remembers good answers."""

        def handle(request: web.Request) -> web.Response:
            if not request.headers.get("User-Agent"):
                return web.Response(status=403, text="<html>403 Forbidden</html>", content_type="text/html")
            remembered = self._remembered(request)
            if remembered is not None:
                return remembered
            response = answer(request)
            if response.status == 200:
                self._remember(request, response)
            return response

        return handle

    def _remembered(self, request: web.Request) -> web.Response | None:
        until_ms, body = self._cached.get(request.path_qs, (0, b""))
        if until_ms <= self._desk.now_ms:
            return None
        response = web.Response(body=body, content_type="application/json", charset="utf-8")
        response.headers["Cache-Control"] = self._cache_control()
        return response

    def _remember(self, request: web.Request, response: web.Response) -> None:
        response.headers["Cache-Control"] = self._cache_control()
        if self._cache_s and isinstance(response.body, bytes):
            self._cached[request.path_qs] = (self._desk.now_ms + self._cache_s * 1000, response.body)
            while len(self._cached) > CACHED_MAX:
                self._cached.popitem(last=False)

    def _cache_control(self) -> str:
        return f"public, s-maxage={self._cache_s}, max-age={self._cache_s}"

    def marketplace(self, request: web.Request) -> web.Response:
        """GET /marketplace: one page of tokens, listed or not."""
        try:
            query = parse_query(dict(request.query))
        except BadQueryError as bad:
            return refused(400, bad.reasons, "Bad Request")
        rows = Rows(self._world, request)
        cards: list[Card] = [(asset, rows.shown_listing(asset)) for asset in self._world.assets()]
        finder = Finder(self._world, query)
        found = finder.find(cards)
        page = finder.page(found)
        is_last = not page or page[-1][0] is found[-1][0]
        return json_response(
            {
                "filterNFtCard": [rows.market_row(asset) for asset, _ in page],
                "nextCursor": None if is_last else make_cursor(query.order, finder.key(page[-1])),
                "total": len(cards),
                "findTotal": len(found),
                "totalPages": -(-len(found) // query.step),
                "cardsQtyByCategory": self._quantities([asset for asset, _ in found]),
            }
        )

    def card(self, request: web.Request) -> web.Response:
        """GET /cards/publicNft/{mint or id}."""
        asset = self._asset(request)
        if asset is None:
            return refused(404, "Card not found", "Not Found")
        return json_response(Rows(self._world, request).static_row(asset))

    def market(self, request: web.Request) -> web.Response:
        """GET /cards/publicNft/{mint or id}/market."""
        asset = self._asset(request)
        if asset is None:
            return refused(404, "Card not found", "Not Found")
        return json_response(Rows(self._world, request).market_state(asset))

    def wallet(self, request: web.Request) -> web.Response:
        """GET /cards/{wallet}/: what a wallet holds; listed tokens stay with their seller."""
        wallet = request.match_info["wallet"]
        held = self._world.held_by(wallet)
        if not held and self._world.scenery.person(wallet) is None:
            return refused(404, "User not found", "Not Found")
        step = whole_number(request.query.get("step"), 100, 1, 1000)
        page = whole_number(request.query.get("page"), 1, 1, 100_000)
        if step is None or page is None:
            return refused(400, ["step must be an integer number"], "Bad Request")
        held.sort(key=lambda asset: asset.minted_ms, reverse=True)
        rows = Rows(self._world, request)
        insured = str(sum(asset.insured_usd for asset in held))
        return json_response(
            {
                "totalCards": len(held),
                "total": len(held),
                "findTotal": len(held),
                "totalPages": -(-len(held) // step),
                "insuredValueSum": insured,
                "cardsQtyByCategory": self._quantities(held),
                "totalCardsCoast": insured,
                "filterNFtCard": [rows.wallet_row(asset) for asset in held[(page - 1) * step : page * step]],
            }
        )

    def card_activity(self, request: web.Request) -> web.Response:
        """GET /card-activity/{nft}: what happened to a token on Collector Crypt, newest first."""
        days = whole_number(request.query.get("day"), 60, 1, DAYS_MAX)
        if days is None:
            return refused(400, ["day must be a number string"], "Bad Request")
        nft = request.match_info["nft"]
        return self._activities(request, days, lambda mint, _seller, _buyer: mint == nft)

    def wallet_activity(self, request: web.Request) -> web.Response:
        """GET /card-activity?wallet=: what a wallet did on Collector Crypt, newest first."""
        wallet = request.query.get("wallet")
        if not wallet:
            return refused(400, ["wallet should not be empty"], "Bad Request")
        return self._activities(request, DAYS_MAX, lambda _mint, seller, buyer: wallet in (seller, buyer))

    def _activities(self, request: web.Request, days: int, wanted: Wanted) -> web.Response:
        since_ms = self._desk.now_ms - days * DAY_MS
        rows = Rows(self._world, request)
        found = [
            rows.activity(act)
            for act in reversed(self._world.book.activities)
            if act.deed in ACTIONS
            and act.venue is Venue.CC
            and act.at_ms >= since_ms
            and wanted(act.mint, act.seller, act.buyer)
        ]
        return json_response(found[:ACTIVITIES_MAX])

    def _asset(self, request: web.Request) -> Asset | None:
        return self._world.asset(request.match_info["id"])

    def _quantities(self, assets: list[Asset]) -> Json:
        return dict(Counter(self._world.label(asset).category for asset in assets))
