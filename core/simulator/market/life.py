"""What happens next: lists, reprices, sells, delists and relists in a sane mix, one event at a time."""

from collections.abc import Callable
from random import Random
from typing import Final

from core.simulator.market.asks import Asks
from core.simulator.market.book import Book
from core.simulator.market.past import outside_sale
from core.simulator.market.scenery import Scenery
from core.simulator.market.things import Listing, Mood

# How often each happens, at the usual number of open orders; deals come at least every third time.
MIX: Final = {
    "list_deal": 8,
    "list_near_deal": 3,
    "list": 5,
    "list_trap": 3,
    "wash": 2,
    "relist": 3,
    "reprice": 8,
    "sell": 60,
    "delist": 8,
    "sell_outside": 2,
}
CROWDED_MIX: Final = MIX | {"list_near_deal": 1, "list": 2, "relist": 1, "sell": 70, "delist": 24}
EMPTY_MIX: Final = MIX | {"list": 60, "relist": 10, "sell": 30, "delist": 4}
TRAPS: Final = (Mood.HONEYPOT, Mood.WRONG_GRADE, Mood.VARIANT, Mood.TROLL, Mood.UNIT_FLIP)
SOUND: Final = (Mood.ORDINARY, Mood.DEAL, Mood.NEAR_DEAL)
LOOKED_AT: Final = 12
OTHERS_BETWEEN_DEALS_MAX: Final = 2
ORDER_LIVES_MS: Final = 120_000
BUYABLE_BPS: Final = 11_500
BARGAIN_REPRICE_SHARE: Final = 0.2


class Life:
    """Lets one thing happen at a time."""

    def __init__(self, rng: Random, scenery: Scenery, book: Book, asks: Asks, usual_listings: int) -> None:
        self._rng = rng
        self._scenery = scenery
        self._book = book
        self._asks = asks
        self._usual_listings = usual_listings
        self.others_since_deal = 0
        self._deeds: dict[str, Callable[[int], None]] = {
            "list_deal": self._list_deal,
            "list_near_deal": self._list_near_deal,
            "list": self._list_ordinary,
            "list_trap": self._list_trap,
            "wash": self._wash,
            "relist": self._relist,
            "reprice": self._reprice,
            "sell": self._sell,
            "delist": self._delist,
            "sell_outside": self._sell_outside,
        }

    def happen(self, at_ms: int) -> None:
        """Let one event happen at this moment."""
        deed = self._next_deed()
        self.others_since_deal = 0 if deed == "list_deal" else self.others_since_deal + 1
        self._deeds[deed](at_ms)

    def _next_deed(self) -> str:
        if self.others_since_deal >= OTHERS_BETWEEN_DEALS_MAX:
            return "list_deal"
        mix = self._mix()
        return self._rng.choices(list(mix), list(mix.values()))[0]

    def _mix(self) -> dict[str, int]:
        if len(self._book) > self._usual_listings * 5 // 4:
            return CROWDED_MIX
        return EMPTY_MIX if len(self._book) < self._usual_listings * 15 // 16 else MIX

    def _list_deal(self, at_ms: int) -> None:
        self._list(Mood.DEAL, at_ms)

    def _list_near_deal(self, at_ms: int) -> None:
        self._list(Mood.NEAR_DEAL, at_ms)

    def _list_ordinary(self, at_ms: int) -> None:
        self._list(Mood.ORDINARY, at_ms)

    def _list_trap(self, at_ms: int) -> None:
        self._list(self._rng.choice(TRAPS), at_ms)

    def _list(self, mood: Mood, at_ms: int) -> None:
        order = self._asks.order(mood, at_ms)
        if order is not None:
            self._book.open(order, at_ms)

    def _relist(self, at_ms: int) -> None:
        """Somebody thinks better of taking a card off sale."""
        if not self._book.delisted:
            return
        token = self._scenery.token(self._book.delisted.popleft())
        if token is None or token.mint in self._book:
            return
        order = self._asks.order(Mood.ORDINARY, at_ms, token=token)
        if order is not None:
            self._book.open(order, at_ms)

    def _wash(self, at_ms: int) -> None:
        """Somebody sells to himself, far above the fair value, or prepares to."""
        seen = self._book.some_orders(2 * LOOKED_AT)
        ripe = [order for order in seen if order.mood is Mood.WASH and _is_seen(order, at_ms)]
        partner = self._scenery.partner(ripe[0].seller) if ripe else None
        if ripe and partner is not None and partner != ripe[0].seller:
            self._book.sell(ripe[0].mint, partner, at_ms)
        else:
            self._list(Mood.WASH, at_ms)

    def _reprice(self, at_ms: int) -> None:
        listing = next(iter(self._book.some_orders(1)), None)
        if listing is None or listing.mood not in SOUND:
            return
        bargain = self._asks.bargain_atoms(listing, at_ms)
        if bargain is not None and self._rng.random() < BARGAIN_REPRICE_SHARE:
            self._book.reprice(listing.mint, bargain, at_ms, Mood.DEAL)
            return
        change_bps = self._rng.randint(*self._scenery.habit(listing.seller).reprice_bps)
        price = self._asks.changed_atoms(listing, change_bps, at_ms)
        if price != listing.price_atoms:
            self._book.reprice(listing.mint, price, at_ms)

    def _sell(self, at_ms: int) -> None:
        """Buyers look at a few orders and take the best that has been there long enough to be seen."""
        sound = [order for order in self._book.some_orders(LOOKED_AT) if order.mood in SOUND]
        prices = [
            (self._asks.price_bps(order, at_ms), order.mint) for order in sound if _is_seen(order, at_ms)
        ]
        best_bps, mint = min(prices, default=(BUYABLE_BPS + 1, ""))
        if best_bps <= BUYABLE_BPS:
            self._book.sell(mint, self._buyer(mint), at_ms)

    def _buyer(self, mint: str) -> str:
        order = self._book.get(mint)
        while True:
            person = self._rng.choice(self._scenery.people)
            if order is None or person.wallet != order.seller:
                return person.wallet

    def _delist(self, at_ms: int) -> None:
        """Sellers think better of it; nobody buys a trap, so those are withdrawn first."""
        old = [order for order in self._book.some_orders(LOOKED_AT) if _is_seen(order, at_ms)]
        if old:
            self._book.delist(max(old, key=lambda order: order.mood in TRAPS).mint, at_ms)

    def _sell_outside(self, at_ms: int) -> None:
        kind = self._rng.choice(self._scenery.kinds)
        self._book.sales.append(outside_sale(self._rng, self._scenery, kind, at_ms))


def _is_seen(order: Listing, at_ms: int) -> bool:
    """Nothing vanishes before anyone could see it."""
    return at_ms - order.updated_ms >= ORDER_LIVES_MS
