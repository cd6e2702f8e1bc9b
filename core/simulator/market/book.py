"""What changes in a world: open orders, owners, what happened. Only records; decides nothing."""

from collections import deque
from random import Random
from typing import Final

import msgspec

from core.simulator.market import identifiers
from core.simulator.market.things import Activity, Currency, Deed, Listing, Mood, Sale, Venue

ACTIVITIES_MAX: Final = 6000
SALES_MAX: Final = 20_000
DELISTED_MAX: Final = 60
_SLOT_ZERO: Final = 451_000_000
_SLOT_ZERO_MS: Final = 1_790_000_000_000
_SLOT_MS: Final = 400


class NotListedError(LookupError):
    """The token is not on sale."""


class AlreadyListedError(ValueError):
    """The token is on sale already."""


class BookState(msgspec.Struct):
    """A book as it is written down."""

    listings: list[Listing]
    owners: dict[str, str]
    activities: list[Activity]
    sales: list[Sale]
    delisted: list[str]


class Order(msgspec.Struct, frozen=True):
    """What a seller wants: this token, there, at this price."""

    mint: str
    seller: str
    venue: Venue
    currency: Currency
    price_atoms: int
    mood: Mood = Mood.ORDINARY


class Book:
    """Open orders by mint, owners that changed, recent activities (oldest first) and recent outside sales."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._listings: dict[str, Listing] = {}
        self._places: list[str] = []
        self._place_of: dict[str, int] = {}
        self.owners: dict[str, str] = {}
        self.activities: deque[Activity] = deque(maxlen=ACTIVITIES_MAX)
        self.sales: deque[Sale] = deque(maxlen=SALES_MAX)
        self.delisted: deque[str] = deque(maxlen=DELISTED_MAX)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, mint: object) -> bool:
        return mint in self._listings

    def get(self, mint: str) -> Listing | None:
        """The open order of a token, None when it is not on sale."""
        return self._listings.get(mint)

    def open_orders(self) -> list[Listing]:
        """Every open order, in no particular but a reproducible order."""
        return [self._listings[mint] for mint in self._places]

    def some_orders(self, count: int) -> list[Listing]:
        """So many open orders by chance, the same one perhaps twice; none when there is none."""
        if not self._places:
            return []
        return [self._listings[mint] for mint in self._rng.choices(self._places, k=count)]

    def open(self, order: Order, at_ms: int) -> Listing:
        """Open an order. Raises AlreadyListedError."""
        if order.mint in self._listings:
            raise AlreadyListedError(order.mint)
        listing = Listing(
            id=identifiers.uuid4(self._rng),
            mint=order.mint,
            seller=order.seller,
            venue=order.venue,
            currency=order.currency,
            price_atoms=order.price_atoms,
            created_ms=at_ms,
            updated_ms=at_ms,
            receipt=identifiers.receipt(self._rng),
            address=identifiers.address(self._rng),
            slot=slot_of(at_ms),
            mood=order.mood,
        )
        self._add(listing)
        self._record(listing, Deed.LIST, None, at_ms)
        return listing

    def reprice(self, mint: str, price_atoms: int, at_ms: int, mood: Mood | None = None) -> Listing:
        """Change the price of an open order. Raises NotListedError."""
        old = self._get(mint)
        listing = msgspec.structs.replace(
            old, price_atoms=price_atoms, updated_ms=at_ms, slot=slot_of(at_ms), mood=mood or old.mood
        )
        self._listings[mint] = listing
        self._record(listing, Deed.REPRICE, None, at_ms)
        return listing

    def sell(self, mint: str, buyer: str, at_ms: int) -> Activity:
        """Close an order by a sale; the token changes hands. Raises NotListedError."""
        listing = self._get(mint)
        self._remove(mint)
        self.owners[mint] = buyer
        return self._record(listing, Deed.SALE, buyer, at_ms)

    def delist(self, mint: str, at_ms: int) -> Activity:
        """Close an order without a sale. Raises NotListedError."""
        listing = self._get(mint)
        self._remove(mint)
        self.delisted.append(mint)
        return self._record(listing, Deed.DELIST, None, at_ms)

    def record_sale(self, order: Order, buyer: str, at_ms: int) -> None:
        """A sale without an order, or one of old whose order nobody remembers; the token changes hands."""
        self.owners[order.mint] = buyer
        self._append(order, Deed.SALE, buyer, at_ms)

    def sort_activities(self) -> None:
        """Bring activities that were recorded out of order into the order of time."""
        self.activities = deque(sorted(self.activities, key=lambda act: act.at_ms), maxlen=ACTIVITIES_MAX)

    def state(self) -> BookState:
        """Everything, to be written down."""
        return BookState(
            self.open_orders(), dict(self.owners), [*self.activities], [*self.sales], [*self.delisted]
        )

    def restore(self, state: BookState) -> None:
        """Take over what was written down, forgetting what is here."""
        self._listings, self._places, self._place_of = {}, [], {}
        for listing in state.listings:
            self._add(listing)
        self.owners = dict(state.owners)
        self.activities = deque(state.activities, maxlen=ACTIVITIES_MAX)
        self.sales = deque(state.sales, maxlen=SALES_MAX)
        self.delisted = deque(state.delisted, maxlen=DELISTED_MAX)

    def _get(self, mint: str) -> Listing:
        listing = self._listings.get(mint)
        if listing is None:
            raise NotListedError(mint)
        return listing

    def _add(self, listing: Listing) -> None:
        self._listings[listing.mint] = listing
        self._place_of[listing.mint] = len(self._places)
        self._places.append(listing.mint)

    def _remove(self, mint: str) -> None:
        """Take a mint out in constant time: the last one moves into its place."""
        del self._listings[mint]
        place, last = self._place_of.pop(mint), self._places.pop()
        if last != mint:
            self._places[place] = last
            self._place_of[last] = place

    def _record(self, listing: Listing, deed: Deed, buyer: str | None, at_ms: int) -> Activity:
        order = Order(
            listing.mint, listing.seller, listing.venue, listing.currency, listing.price_atoms, listing.mood
        )
        return self._append(order, deed, buyer, at_ms)

    def _append(self, order: Order, deed: Deed, buyer: str | None, at_ms: int) -> Activity:
        activity = Activity(
            signature=identifiers.signature(self._rng),
            deed=deed,
            venue=order.venue,
            mint=order.mint,
            seller=order.seller,
            buyer=buyer,
            currency=order.currency,
            price_atoms=order.price_atoms,
            at_ms=at_ms,
            slot=slot_of(at_ms),
        )
        self.activities.append(activity)
        return activity


def slot_of(at_ms: int) -> int:
    """The Solana slot of a moment, at 400 ms a slot."""
    return _SLOT_ZERO + (at_ms - _SLOT_ZERO_MS) // _SLOT_MS
