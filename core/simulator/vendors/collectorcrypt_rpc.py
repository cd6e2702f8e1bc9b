"""Collector Crypt's POST endpoints that only read: live offers for a card, and how its listing stands."""

from collections.abc import Callable
from typing import Final, TypeAlias

import msgspec
from aiohttp import web

from core.simulator.market.bids import Bid, live_bids
from core.simulator.market.things import Asset
from core.simulator.vendors.collectorcrypt import ROOT, rate_limited, refused
from core.simulator.vendors.collectorcrypt_rows import Rows, marketplace
from core.simulator.vendors.desk import Desk, Json, dollars, iso, json_response
from core.simulator.vendors.limits import Window

A_MINUTE_MAX: Final = 300
MINUTE_MS: Final = 60_000

Method: TypeAlias = Callable[[web.Request, "Call"], web.Response]


class Call(msgspec.Struct):
    """The body: a method's name and its parameters, and nothing that is not asked for."""

    method: str
    params: dict[str, str | bool] = {}


class CollectorCryptRpc:
    """The routes. Every method has its own limit."""

    def __init__(self, desk: Desk, *, has_limits: bool = True) -> None:
        self._desk = desk
        self._windows = {
            name: Window(A_MINUTE_MAX, MINUTE_MS) if has_limits else None
            for name in ("getCardOffers", "checkListingStatus")
        }

    def add_routes(self, app: web.Application) -> None:
        """Serve POST on /vendors/collectorcrypt and its /v2."""
        old: dict[str, Method] = {"getCardOffers": self.offers}
        new: dict[str, Method] = {"checkListingStatus": self.status}
        for path in (ROOT, f"{ROOT}/"):
            app.router.add_post(path, self._handler(old))
        app.router.add_post(f"{ROOT}/v2", self._handler(new))

    def _handler(self, methods: dict[str, Method]) -> Callable[[web.Request], Json]:
        async def handle(request: web.Request) -> web.StreamResponse:
            call = _read(await request.read())

            async def effect() -> web.StreamResponse:
                return self._answer(request, call, methods)

            target = f"vendor:collectorcrypt:{call.method if call else 'unknown'}"
            return await self._desk.faults.guard(target, request, effect, rate_limited=rate_limited)

        return handle

    def _answer(self, request: web.Request, call: Call | None, methods: dict[str, Method]) -> web.Response:
        if not request.headers.get("User-Agent"):
            return web.Response(status=403, text="<html>403 Forbidden</html>", content_type="text/html")
        if call is None:
            return refused(400, ["method must be a string"], "Bad Request")
        method, window = methods.get(call.method), self._windows.get(call.method)
        if method is None:
            return refused(400, "Method not found", "Bad Request")
        if window is not None and window.wait_ms(self._desk.now_ms):
            return rate_limited(0)
        return method(request, call)

    def offers(self, _: web.Request, call: Call) -> web.Response:
        """getCardOffers: `useV2` is accepted and ignored, any other key is refused."""
        strangers = sorted(set(call.params) - {"nftAddress", "useV2"})
        if strangers:
            return refused(400, [f"property {name} should not exist" for name in strangers], "Bad Request")
        asset = self._asset(call)
        if asset is None:
            return refused(404, "Card not found", "Not Found")
        world = self._desk.world
        bids = live_bids(world.scenery, world.settings.seed, asset, self._desk.now_ms)
        return json_response([self._row(asset, bid) for bid in bids])

    def status(self, request: web.Request, call: Call) -> web.Response:
        """checkListingStatus: whether a wallet's card is on sale, and where."""
        strangers = sorted(set(call.params) - {"nftAddress", "wallet"})
        if strangers:
            return refused(400, [f"property {name} should not exist" for name in strangers], "Bad Request")
        asset = self._asset(call)
        listing = None if asset is None else Rows(self._desk.world, request).shown_listing(asset)
        if listing is None or listing.seller != call.params.get("wallet"):
            return json_response({"exists": False, "marketplace": None, "listing": None})
        row = {"price": dollars(listing.price_atoms), "currency": listing.currency.value}
        return json_response({"exists": True, "marketplace": marketplace(listing.venue), "listing": row})

    def _asset(self, call: Call) -> Asset | None:
        return self._desk.world.asset(str(call.params.get("nftAddress")))

    def _row(self, asset: Asset, bid: Bid) -> Json:
        person = self._desk.world.scenery.person(bid.buyer)
        return {
            "id": bid.id,
            "buyerId": person.user_id if person else bid.buyer,
            "buyer": {"wallet": bid.buyer},
            "price": dollars(bid.usd_micros),
            "currency": "USDC",
            "status": "Active",
            "createdAt": iso(bid.made_ms),
            "card": {"id": asset.cc_id, "nftAddress": asset.mint},
            "source": "CC",
        }


def _read(body: bytes) -> Call | None:
    try:
        return msgspec.json.decode(body, type=Call)
    except msgspec.DecodeError:
        return None
