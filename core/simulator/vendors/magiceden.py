"""A stand-in for https://api-mainnet.magiceden.dev/v2: one collection, its listings, activities, tokens."""

from collections.abc import Callable
from typing import Final

import msgspec
from aiohttp import web

from core.simulator.market.rates import LAMPORTS_A_SOL
from core.simulator.market.things import Asset, Currency, Deed, Listing, Venue
from core.simulator.market.values import DAY_MS
from core.simulator.vendors.desk import RETRY_S, USDC_MINT, Answer, Desk, Json, json_response, whole_number
from core.simulator.vendors.limits import Window, limited
from core.simulator.vendors.magiceden_rows import SYMBOL, TYPES, Rows, orders_on_magiceden

ROOT: Final = "/vendors/magiceden/v2"
OFFSET_MAX: Final = 2000
SOL_MAX: Final = "1e9"
WINDOWS_DAYS: Final = {"24h": 1, "7d": 7, "30d": 30, "all": 3650}


def rate_limited(seconds: float) -> web.Response:
    """Magic Eden's 429: plain text with Retry-After."""
    headers = {"Retry-After": str(max(1, round(seconds or RETRY_S)))}
    return web.Response(status=429, text="Too Many Requests", headers=headers)


def too_many(_: float) -> web.Response:
    """Whoever asks too often is told to wait a minute, though a second would do."""
    return rate_limited(RETRY_S)


def refused(status: int, reason: str) -> web.Response:
    """An error; the spec promises no body worth reading."""
    return web.Response(status=status, text=reason)


class MagicEden:
    """The routes. `limiter` None lifts the rate limits."""

    def __init__(self, desk: Desk, *, limiter: Window | None) -> None:
        self._desk = desk
        self._world = desk.world
        self._limiter = limiter

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/magiceden/v2."""
        routes: tuple[tuple[str, str, Answer], ...] = (
            ("/collections/{symbol}/activities", "activities", self.collection_activities),
            ("/collections/{symbol}/listings", "listings", self.collection_listings),
            ("/collections/{symbol}/stats", "stats", self.stats),
            ("/tokens/{mint}", "token", self.token),
            ("/tokens/{mint}/listings", "token-listings", self.token_listings),
            ("/tokens/{mint}/activities", "token-activities", self.token_activities),
            ("/wallets/{wallet}/activities", "wallet-activities", self.wallet_activities),
        )
        for path, name, answer in routes:
            bounded = limited(answer, self._limiter, lambda: self._desk.now_ms, too_many)
            self._desk.add_get(app, ROOT + path, f"vendor:magiceden:{name}", bounded, rate_limited)

    def _rows(self, request: web.Request) -> Rows:
        return Rows(self._world, request, self._desk.now_ms)

    def collection_listings(self, request: web.Request) -> web.Response:
        """Open orders; only those in native SOL unless `paymentMints` asks for more."""
        query = request.query
        offset = whole_number(query.get("offset"), 0, 0, 100_000)
        limit = whole_number(query.get("limit"), 20, 1, 100)
        if offset is None or limit is None or request.match_info["symbol"] != SYMBOL:
            return refused(
                400, "Invalid symbol" if offset is not None and limit is not None else "Invalid limit"
            )
        try:
            wanted = self._listing_filter(request)
        except (ValueError, OverflowError, msgspec.MsgspecError):
            return refused(400, "Invalid filter")
        found = [listing for listing in orders_on_magiceden(self._world) if wanted(listing)]
        is_by_time = query.get("sort") == "updatedAt"
        found.sort(
            key=lambda order: (order.updated_ms if is_by_time else self._lamports(order), order.mint),
            reverse=query.get("sort_direction", "desc" if is_by_time else "asc") == "desc",
        )
        page = [] if offset > OFFSET_MAX else found[offset : offset + limit]
        rows = self._rows(request)
        return json_response([rows.listing(listing, of_collection=True) for listing in page])

    def _listing_filter(self, request: web.Request) -> Callable[[Listing], bool]:
        """Raises ValueError, OverflowError or MsgspecError for a filter that cannot be read."""
        query = request.query
        mints = {mint for text in query.getall("paymentMints", []) for mint in text.strip("[]").split(",")}
        has_usdc = bool(mints & {"ALL", USDC_MINT, f'"{USDC_MINT}"', '"ALL"'})
        lowest = round(float(query.get("min_price", "0")) * LAMPORTS_A_SOL)
        highest = round(float(query.get("max_price", SOL_MAX)) * LAMPORTS_A_SOL)
        groups = msgspec.json.decode(query.get("attributes", "[]"), type=list[list[dict[str, str]]])

        def wanted(listing: Listing) -> bool:
            is_shown = has_usdc or listing.currency is Currency.SOL
            return (
                is_shown
                and lowest <= self._lamports(listing) <= highest
                and self._has_traits(listing, groups)
            )

        return wanted

    def _has_traits(self, listing: Listing, groups: list[list[dict[str, str]]]) -> bool:
        """Outer lists are joined by "and", inner ones by "or"."""
        if not groups:
            return True
        scenery = self._world.scenery
        token = self._world.token(listing.mint)
        kind = scenery.kinds[token.me_kind_id]
        have = {
            "Category": scenery.category(scenery.card(kind)),
            "Grading Company": scenery.grader(kind).company,
            "The Grade": scenery.grade(kind).text,
            "Grading ID": token.slab.certificate,
        }
        return all(
            any(have.get(one.get("traitType", "")) == one.get("value") for one in group) for group in groups
        )

    def _lamports(self, listing: Listing) -> int:
        return self._world.rates.lamports(listing.price_atoms, listing.currency, self._desk.now_ms)

    def collection_activities(self, request: web.Request) -> web.Response:
        """What happened in the collection, newest first; `type` picks one kind."""
        if request.match_info["symbol"] != SYMBOL:
            return refused(400, "Invalid symbol")
        return self._activities(request, limit_max=1000, of_collection=True, wanted=lambda *_: True)

    def token_activities(self, request: web.Request) -> web.Response:
        """What happened to a token."""
        asset = self._asset(request)
        if asset is None:
            return refused(400, "Token not found")
        mint = asset.mint
        return self._activities(
            request, limit_max=500, of_collection=False, wanted=lambda act_mint, *_: act_mint == mint
        )

    def wallet_activities(self, request: web.Request) -> web.Response:
        """What a wallet did."""
        wallet = request.match_info["wallet"]
        return self._activities(
            request, limit_max=500, of_collection=False, wanted=lambda _, *people: wallet in people
        )

    def _activities(
        self,
        request: web.Request,
        *,
        limit_max: int,
        of_collection: bool,
        wanted: Callable[[str, str, str | None], bool],
    ) -> web.Response:
        offset = whole_number(request.query.get("offset"), 0, 0, 100_000)
        limit = whole_number(request.query.get("limit"), 100, 1, limit_max)
        if offset is None or limit is None:
            return refused(400, "Invalid limit")
        kind = request.query.get("type")
        found = [
            act
            for act in reversed(self._world.book.activities)
            if act.venue is Venue.ME
            and kind in (None, TYPES[act.deed])
            and wanted(act.mint, act.seller, act.buyer)
        ]
        rows = self._rows(request)
        page = found[offset : offset + limit]
        return json_response([rows.activity(act, of_collection=of_collection) for act in page])

    def stats(self, request: web.Request) -> web.Response:
        """Floor and volume, in lamports."""
        if request.match_info["symbol"] != SYMBOL:
            return refused(404, "Collection not found")
        days = WINDOWS_DAYS.get(request.query.get("timeWindow", "24h"), 1)
        open_now = [self._lamports(listing) for listing in orders_on_magiceden(self._world)]
        sales = self._sale_lamports(self._desk.now_ms - days * DAY_MS)
        body: Json = {
            "symbol": SYMBOL,
            "floorPrice": min(open_now, default=0),
            "listedCount": len(open_now),
            "avgPrice24hr": sum(sales) / len(sales) if sales else 0.0,
            "volumeAll": sum(self._sale_lamports(0)),
        }
        return json_response(body)

    def _sale_lamports(self, since_ms: int) -> list[int]:
        return [
            self._world.rates.lamports(act.price_atoms, act.currency, act.at_ms)
            for act in self._world.book.activities
            if act.venue is Venue.ME and act.deed is Deed.SALE and act.at_ms >= since_ms
        ]

    def token(self, request: web.Request) -> web.Response:
        """What a token is."""
        asset = self._asset(request)
        if asset is None:
            return refused(400, "Token not found")
        return json_response(self._rows(request).token(asset))

    def token_listings(self, request: web.Request) -> web.Response:
        """The open order of a token: one row or none."""
        asset = self._asset(request)
        if asset is None:
            return refused(400, "Token not found")
        listing = self._world.order_of(asset)
        is_here = listing is not None and listing.venue is Venue.ME
        rows = self._rows(request)
        return json_response(
            [rows.listing(listing, of_collection=False)] if listing is not None and is_here else []
        )

    def _asset(self, request: web.Request) -> Asset | None:
        asset = self._world.asset(request.match_info["mint"])
        return asset if asset is not None and asset.mint == request.match_info["mint"] else None
