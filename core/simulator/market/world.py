"""The market world: lives from one seed, obeys commands, and can be written down and taken up again."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from random import Random
from typing import Any, Final

import msgspec

from core.simulator.market.asks import Asks
from core.simulator.market.book import AlreadyListedError, Book, BookState, NotListedError, Order
from core.simulator.market.goods import Goods
from core.simulator.market.labels import Label
from core.simulator.market.life import Life
from core.simulator.market.past import Past
from core.simulator.market.rates import Rates
from core.simulator.market.scenery import Scenery
from core.simulator.market.settings import WorldSettings
from core.simulator.market.things import (
    Activity,
    Asset,
    Currency,
    Good,
    Listing,
    Mood,
    Sale,
    Token,
    Venue,
    ms_of,
    time_of,
)
from core.simulator.market.values import fair_usd_micros

LONGEST_GAP_MS: Final = 3_600_000
PACE_MAX: Final = 6000
DEAL_BPS: Final = 3500


class WorldState(msgspec.Struct):
    """A world as it is written down. `fingerprint` tells whether the seed still makes the same cards."""

    settings: WorldSettings
    fingerprint: str
    born_ms: int
    pace: float
    next_event_ms: float
    others_since_deal: int
    book: BookState
    random: list[Any]


class Offered(msgspec.Struct, frozen=True):
    """What was put on sale by a command."""

    mint: str
    seller: str
    price_usd_micros: int
    fair_usd_micros: int
    certificate: str
    name: str


class World:
    """Cards, owners, orders and sales. The same settings, birth and calls give the same world.

    pace: events a minute; 0 stands still. Commands raise NotListedError, AlreadyListedError or ValueError.
    """

    def __init__(self, settings: WorldSettings, born: datetime, *, pace: float = 12) -> None:
        self.settings = settings
        self.born_ms = ms_of(born)
        self._rng = Random(f"life {settings.seed}")
        self.scenery = Scenery(settings, self.born_ms)
        self.book = Book(self._rng)
        self.goods = Goods(settings, self.scenery, self.born_ms)
        self.rates = Rates(settings.seed)
        self.asks = Asks(self._rng, self.scenery, self.book, self.rates)
        self._life = Life(self._rng, self.scenery, self.book, self.asks, settings.listings)
        self._past = Past(settings, self.scenery, self.born_ms)
        self._past.write(self.book, self.asks)
        self.pace = 0.0
        self._next_event_ms = 0.0
        self.set_pace(pace, born)

    def set_pace(self, events_a_minute: float, now: datetime) -> None:
        """Change how much happens. Raises ValueError outside 0..6000."""
        if not 0 <= events_a_minute <= PACE_MAX:
            raise ValueError(f"the pace is 0 to {PACE_MAX} events a minute")
        self.pace = float(events_a_minute)
        self._next_event_ms = ms_of(now) + self._pause_ms()

    def live(self, now: datetime) -> int:
        """Let happen what is due and say how many events that were.

        A gap of more than an hour (a machine that slept) passes without events.
        """
        now_ms = ms_of(now)
        if self.pace == 0:
            return 0
        if now_ms - self._next_event_ms > LONGEST_GAP_MS:
            self._next_event_ms = now_ms + self._pause_ms()
        events = 0
        while self._next_event_ms <= now_ms:
            self._life.happen(int(self._next_event_ms))
            self._next_event_ms += self._pause_ms()
            events += 1
        return events

    def _pause_ms(self) -> float:
        return self._rng.uniform(0.7, 1.3) * 60_000 / self.pace if self.pace else 0.0

    def list_deal(
        self,
        now: datetime,
        *,
        discount_bps: int | None = DEAL_BPS,
        venue: Venue | None = None,
        currency: Currency = Currency.USDC,
        mood: Mood = Mood.DEAL,
    ) -> Offered:
        """Put a suitable token on sale now, so far below its fair value (None: as the mood likes)."""
        at_ms = ms_of(now)
        place = Venue.ME if venue is None and currency is Currency.SOL else venue
        _check_currency(place, currency)
        order = self.asks.order(mood, at_ms, discount_bps=discount_bps, venue=place, currency=currency)
        if order is None:
            raise NotListedError("every suitable card is on sale already")
        return self.offered(self.book.open(order, at_ms), now)

    def put_on_sale(
        self, mint: str, price_usd_micros: int, now: datetime, *, venue: Venue, currency: Currency
    ) -> Offered:
        """Put this token on sale at about this price; exact in USDC."""
        token = self.token(mint)
        _check_currency(venue, currency)
        at_ms = ms_of(now)
        price = self._exact_atoms(price_usd_micros, currency, at_ms)
        order = Order(token.mint, self.asks.owner(token), venue, currency, price)
        return self.offered(self.book.open(order, at_ms), now)

    def sell(self, mint: str, now: datetime) -> Activity:
        """Somebody buys it."""
        seller = self.listing(mint).seller
        buyer = next(person.wallet for person in self.scenery.people if person.wallet != seller)
        return self.book.sell(mint, buyer, ms_of(now))

    def delist(self, mint: str, now: datetime) -> Activity:
        """The seller takes it back."""
        return self.book.delist(mint, ms_of(now))

    def reprice(self, mint: str, price_usd_micros: int, now: datetime) -> Listing:
        """The seller asks another price, exact in USDC."""
        currency = self.listing(mint).currency
        at_ms = ms_of(now)
        price = self._exact_atoms(price_usd_micros, currency, at_ms)
        if price <= 0:
            raise ValueError("a price is above zero")
        return self.book.reprice(mint, price, at_ms)

    def _exact_atoms(self, price_usd_micros: int, currency: Currency, at_ms: int) -> int:
        if currency is Currency.USDC:
            return price_usd_micros
        return self.rates.asked_atoms(price_usd_micros, currency, at_ms)

    def listing(self, mint: str) -> Listing:
        """The open order of a token. Raises NotListedError."""
        listing = self.book.get(mint)
        if listing is None:
            raise NotListedError(mint)
        return listing

    def token(self, mint: str) -> Token:
        """The token of a mint. Raises NotListedError."""
        token = self.scenery.token(mint)
        if token is None:
            raise NotListedError(mint)
        return token

    def assets(self) -> Iterator[Asset]:
        """Everything that can lie in a wallet: slabs first."""
        return chain(self.scenery.tokens, self.goods.all)

    def asset(self, mint_or_cc_id: str) -> Asset | None:
        """The slab, raw card or sealed product with this mint or Collector Crypt id, None for no such."""
        return self.scenery.token(mint_or_cc_id) or self.goods.good(mint_or_cc_id)

    def held_by(self, wallet: str) -> list[Asset]:
        """What lies in a wallet; what is on sale stays with its seller."""
        return [asset for asset in self.assets() if self.asks.owner(asset) == wallet]

    def order_of(self, asset: Asset) -> Listing | None:
        """The open order of an asset, None when it is not on sale."""
        return self.goods.listing(asset.mint) if isinstance(asset, Good) else self.book.get(asset.mint)

    def label(self, asset: Asset) -> Label:
        """The words for an asset."""
        return asset.label if isinstance(asset, Good) else self.scenery.label(asset)

    def offered(self, listing: Listing, now: datetime) -> Offered:
        """An open order as the control API tells it."""
        token, at_ms = self.token(listing.mint), ms_of(now)
        return Offered(
            mint=listing.mint,
            seller=listing.seller,
            price_usd_micros=self.rates.dollars(listing.price_atoms, listing.currency, at_ms),
            fair_usd_micros=self.asks.fair(token, at_ms),
            certificate=token.slab.certificate,
            name=self.scenery.title(token),
        )

    def outside_sales(self, kind_id: int) -> list[Sale]:
        """Sales of a kind outside the marketplaces, past and since, in no order to rely on."""
        return self._past.sales[kind_id] + [sale for sale in self.book.sales if sale.kind_id == kind_id]

    def all_outside_sales(self) -> Iterator[Sale]:
        """Sales of every kind outside the marketplaces, past and since, in no order to rely on."""
        return chain(*self._past.sales, self.book.sales)

    def fair_usd_micros(self, kind_id: int, now: datetime) -> int:
        """What a copy of this kind is really worth."""
        return fair_usd_micros(self.scenery.kinds[kind_id], ms_of(now))

    def snapshot(self) -> bytes:
        """The world as JSON."""
        version, numbers, gauss = self._rng.getstate()
        state = WorldState(
            self.settings,
            self._fingerprint(),
            self.born_ms,
            self.pace,
            self._next_event_ms,
            self._life.others_since_deal,
            self.book.state(),
            [version, list(numbers), gauss],
        )
        return msgspec.json.encode(state)

    def digest(self) -> str:
        """A hash of everything: equal for equal worlds."""
        return hashlib.sha256(self.snapshot()).hexdigest()

    def _fingerprint(self) -> str:
        mints = "".join(token.mint for token in self.scenery.tokens)
        return hashlib.sha256(mints.encode()).hexdigest()

    def _take_up(self, state: WorldState) -> None:
        self.book.restore(state.book)
        version, numbers, gauss = state.random
        self._rng.setstate((version, tuple(numbers), gauss))
        self.pace, self._next_event_ms = state.pace, state.next_event_ms
        self._life.others_since_deal = state.others_since_deal


def _check_currency(venue: Venue | None, currency: Currency) -> None:
    if venue is Venue.CC and currency is Currency.SOL:
        raise ValueError("Collector Crypt sells for USDC only")


def world_from(snapshot: bytes, settings: WorldSettings) -> World | None:
    """Take up a world again; None when it was made with other settings or other cards.

    Raises msgspec.DecodeError when this is no snapshot. Set the pace next: it says when life goes on.
    """
    state = msgspec.json.decode(snapshot, type=WorldState)
    if state.settings != settings:
        return None
    world = World(settings, time_of(state.born_ms), pace=0)
    if world._fingerprint() != state.fingerprint:
        return None
    world._take_up(state)
    return world


__all__ = ["AlreadyListedError", "NotListedError", "Offered", "World", "WorldState", "world_from"]
