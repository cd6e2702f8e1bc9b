"""The control API of the market: what the demo page and the tests move the world with."""

from collections.abc import Awaitable, Callable
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias

import msgspec
from aiohttp import web

from core.simulator.market.book import AlreadyListedError, NotListedError
from core.simulator.market.history import export_history
from core.simulator.market.things import Currency, Listing, Mood, Venue
from core.simulator.vendors.desk import Desk, Json, iso, json_response

NEWEST: Final = 20
PRICE_USD_MAX: Final = Decimal(10_000_000)

Command: TypeAlias = Callable[[Json], Json]


class Mint(msgspec.Struct):
    """Which token."""

    mint: str


class Reprice(msgspec.Struct):
    """Which token, and its new price in dollars as text."""

    mint: str
    price_usd: str


class Pace(msgspec.Struct):
    """How many events a minute."""

    events_per_minute: float


class NewListing(msgspec.Struct):
    """What to put on sale. Without a discount the kind decides the price."""

    discount_bps: int | None = None
    venue: Venue | None = None
    currency: Currency = Currency.USDC
    kind: Mood = Mood.DEAL


class Control:
    """The routes under /sim that concern the market and the supervising process."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._world = desk.world
        self.restarts_requested = 0

    def add_routes(self, app: web.Application) -> None:
        """Serve under /sim."""
        app.router.add_get("/sim/market", self.summary)
        app.router.add_get("/sim/market/history.jsonl", self.history)
        app.router.add_post("/sim/market/pace", self._command(self._set_pace))
        app.router.add_post("/sim/market/list", self._command(self._list))
        app.router.add_post("/sim/market/sell", self._command(self._sell))
        app.router.add_post("/sim/market/delist", self._command(self._delist))
        app.router.add_post("/sim/market/reprice", self._command(self._reprice))
        app.router.add_post("/sim/restart-bot", self.restart_bot)
        app.router.add_get("/sim/supervisor", self.supervisor)

    def _command(self, command: Command) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            body = await request.read()
            try:
                return json_response(command(msgspec.json.decode(body or b"{}")))
            except NotListedError as error:
                return json_response({"error": f"not on sale: {error}"}, status=404)
            except AlreadyListedError as error:
                return json_response({"error": f"on sale already: {error}"}, status=409)
            except (msgspec.MsgspecError, ValueError) as error:
                return json_response({"error": str(error)}, status=400)

        return handle

    async def summary(self, _: web.Request) -> web.Response:
        """GET /sim/market: counts, pace and the newest open orders."""
        world = self._world
        newest = sorted(world.book.open_orders(), key=lambda order: (-order.created_ms, order.mint))
        counts = {
            "cards": len(world.scenery.cards),
            "tokens": len(world.scenery.tokens),
            "people": len(world.scenery.people),
            "listed": len(world.book),
            "activities": len(world.book.activities),
        }
        return json_response(
            {
                "counts": counts,
                "events_per_minute": world.pace,
                "insured_noise": world.settings.insured_noise.value,
                "newest": [self._listed(order) for order in newest[:NEWEST]],
            }
        )

    async def history(self, _: web.Request) -> web.Response:
        """GET /sim/market/history.jsonl: the past of the world as lines of JSON."""
        body = export_history(self._world, self._desk.now())
        return web.Response(body=body, content_type="application/x-ndjson")

    async def restart_bot(self, _: web.Request) -> web.Response:
        """POST /sim/restart-bot: the supervising process polls for it."""
        self.restarts_requested += 1
        return json_response({"restart_requested": self.restarts_requested})

    async def supervisor(self, _: web.Request) -> web.Response:
        """GET /sim/supervisor: how many restarts were asked for."""
        return json_response({"restart_requested": self.restarts_requested})

    def _set_pace(self, body: Json) -> Json:
        pace = msgspec.convert(body, Pace, strict=False)
        self._world.set_pace(pace.events_per_minute, self._desk.now())
        return {"events_per_minute": self._world.pace}

    def _list(self, body: Json) -> Json:
        wanted = msgspec.convert(body, NewListing)
        offered = self._world.list_deal(
            self._desk.now(),
            discount_bps=wanted.discount_bps,
            venue=wanted.venue,
            currency=wanted.currency,
            mood=wanted.kind,
        )
        return msgspec.to_builtins(offered)

    def _sell(self, body: Json) -> Json:
        sale = self._world.sell(msgspec.convert(body, Mint).mint, self._desk.now())
        return {"mint": sale.mint, "seller": sale.seller, "buyer": sale.buyer, "signature": sale.signature}

    def _delist(self, body: Json) -> Json:
        activity = self._world.delist(msgspec.convert(body, Mint).mint, self._desk.now())
        return {"mint": activity.mint, "seller": activity.seller, "signature": activity.signature}

    def _reprice(self, body: Json) -> Json:
        wanted = msgspec.convert(body, Reprice)
        listing = self._world.reprice(wanted.mint, _usd_micros(wanted.price_usd), self._desk.now())
        return msgspec.to_builtins(self._world.offered(listing, self._desk.now()))

    def _listed(self, order: Listing) -> Json:
        offered = msgspec.to_builtins(self._world.offered(order, self._desk.now()))
        return offered | {
            "venue": order.venue.value,
            "currency": order.currency.value,
            "kind": order.mood.value,
            "listed_at": iso(order.created_ms),
        }


def _usd_micros(text: str) -> int:
    """Dollars as text, in millionths. Raises ValueError."""
    try:
        price = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"not a price: {text!r}") from error
    if not price.is_finite() or not 0 < price <= PRICE_USD_MAX:
        raise ValueError(f"not a price: {text!r}")
    return int(price * 1_000_000)
