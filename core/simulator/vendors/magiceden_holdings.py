"""Magic Eden's word on wallets and offers: what a wallet holds, what is offered for a token."""

from typing import Final

from aiohttp import web

from core.simulator.market.bids import Bid, live_bids
from core.simulator.market.rates import LAMPORTS_A_SOL
from core.simulator.market.things import Asset, Currency, Venue
from core.simulator.vendors.desk import Desk, Json, json_response, whole_number
from core.simulator.vendors.limits import Window, limited
from core.simulator.vendors.magiceden import ROOT, rate_limited, refused, too_many
from core.simulator.vendors.magiceden_rows import AUTHORITY, SYMBOL, Rows

STATUSES: Final = {"listed": (True,), "unlisted": (False,), "both": (True, False)}
WALLET_LENGTHS: Final = range(32, 45)


class MagicEdenHoldings:
    """The routes. They share the limit of all the others."""

    def __init__(self, desk: Desk, *, limiter: Window | None) -> None:
        self._desk = desk
        self._limiter = limiter

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/magiceden/v2."""
        for path, name, answer in (
            ("/wallets/{wallet}/tokens", "wallet-tokens", self.tokens),
            ("/tokens/{mint}/offers_received", "offers", self.offers),
        ):
            bounded = limited(answer, self._limiter, lambda: self._desk.now_ms, too_many)
            self._desk.add_get(app, ROOT + path, f"vendor:magiceden:{name}", bounded, rate_limited)

    def tokens(self, request: web.Request) -> web.Response:
        """GET /wallets/{addr}/tokens: `listStatus` picks, `collection_symbol` must be ours."""
        query, wallet = request.query, request.match_info["wallet"]
        offset = whole_number(query.get("offset"), 0, 0, 100_000)
        limit = whole_number(query.get("limit"), 100, 1, 500)
        states = STATUSES.get(query.get("listStatus", "both"))
        if offset is None or limit is None or states is None or len(wallet) not in WALLET_LENGTHS:
            return refused(400, "Invalid parameters")
        world = self._desk.world
        held = [asset for asset in world.held_by(wallet) if self._is_listed(asset) in states]
        if query.get("collection_symbol", SYMBOL) != SYMBOL:
            held = []
        rows = Rows(world, request, self._desk.now_ms)
        return json_response([self._held(rows, asset) for asset in held[offset : offset + limit]])

    def offers(self, request: web.Request) -> web.Response:
        """GET /tokens/{mint}/offers_received: bids in SOL."""
        world = self._desk.world
        asset = world.asset(request.match_info["mint"])
        if asset is None:
            return refused(400, "Token not found")
        bids = live_bids(world.scenery, world.settings.seed, asset, self._desk.now_ms)
        return json_response([self._offer(asset, bid) for bid in bids])

    def _is_listed(self, asset: Asset) -> bool:
        listing = self._desk.world.order_of(asset)
        return listing is not None and listing.venue is Venue.ME

    def _held(self, rows: Rows, asset: Asset) -> Json:
        row: Json = rows.token(asset)
        row["properties"]["creators"] = [{"address": AUTHORITY, "verified": True, "share": 100}]
        return row | {"listStatus": "listed" if self._is_listed(asset) else "unlisted"}

    def _offer(self, asset: Asset, bid: Bid) -> Json:
        price = self._desk.world.rates.lamports(bid.usd_micros, Currency.USDC, bid.made_ms)
        return {
            "pdaAddress": bid.address,
            "tokenMint": asset.mint,
            "auctionHouse": "",
            "buyer": bid.buyer,
            "buyerReferral": "",
            "tokenSize": 1,
            "price": price / LAMPORTS_A_SOL,
            "expiry": 0,
        }
