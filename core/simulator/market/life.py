"""What happens next: lists, reprices, sells, delists and relists in a sane mix, one event at a time."""

from collections.abc import Callable
from random import Random
from typing import Final

from core.simulator.market.asks import Asks
from core.simulator.market.book import Book
from core.simulator.market.past import outside_sale
from core.simulator.market.scenery import Scenery
from core.simulator.market.things import Listing, Mood

# How often each happens, at the usual number of open orders. Most sales are near the fair value: offers that
# are accepted and fair asks. Bargains are sold in minutes, so each one listed is soon one among the sales.
MIX: Final = {
    "list_deal": 6,
    "list_near_deal": 2,
    "list": 13,
    "list_trap": 3,
    "wash": 2,
    "relist": 3,
    "reprice": 10,
    "sell": 24,
    "accept_offer": 28,
    "delist": 7,
    "sell_outside": 2,
}
CROWDED_MIX: Final = MIX | {"list_near_deal": 1, "list": 2, "relist": 1, "sell": 30, "delist": 20}
EMPTY_MIX: Final = MIX | {"list": 45, "relist": 10, "sell": 12, "delist": 3}
TRAPS: Final = (Mood.HONEYPOT, Mood.WRONG_GRADE, Mood.VARIANT, Mood.TROLL, Mood.UNIT_FLIP)
SOUND: Final = (Mood.ORDINARY, Mood.DEAL, Mood.NEAR_DEAL)
LOOKED_AT: Final = 12
BUYERS_LOOK_AT: Final = 20
# A newcomer sees deals within seconds: for so long after the birth, at most so many others between two deals.
OTHERS_BETWEEN_DEALS_MAX: Final = ((30_000, 0), (600_000, 2))
OTHERS_LATER_MAX: Final = 20
ORDER_LIVES_MS: Final = 120_000
BARGAIN_BPS: Final = 8500  # of the fair value: who sees it takes it
PAID_BPS: Final = (10_350, 350)  # the most that buyers pay for what is no bargain: middle and spread
LOWEST_ASK_BPS: Final = 9700  # nobody lowers an ask that is fair already
BARGAIN_REPRICE_SHARE: Final = 0.08


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
            "accept_offer": self._accept_offer,
            "delist": self._delist,
            "sell_outside": self._sell_outside,
        }

    def happen(self, at_ms: int) -> None:
        """Let one event happen at this moment."""
        deed = self._next_deed(at_ms)
        self.others_since_deal = 0 if deed == "list_deal" else self.others_since_deal + 1
        self._deeds[deed](at_ms)

    def _next_deed(self, at_ms: int) -> str:
        if self.others_since_deal >= self._others_max(at_ms):
            return "list_deal"
        mix = self._mix()
        return self._rng.choices(list(mix), list(mix.values()))[0]

    def _others_max(self, at_ms: int) -> int:
        age_ms = at_ms - self._scenery.born_ms
        return next((most for until, most in OTHERS_BETWEEN_DEALS_MAX if age_ms < until), OTHERS_LATER_MAX)

    def _mix(self) -> dict[str, int]:
        if len(self._book) > self._usual_listings * 9 // 8:
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
        if change_bps < 0 and self._asks.price_bps(listing, at_ms) + change_bps < LOWEST_ASK_BPS:
            return
        price = self._asks.changed_atoms(listing, change_bps, at_ms)
        if price != listing.price_atoms:
            self._book.reprice(listing.mint, price, at_ms)

    def _sell(self, at_ms: int) -> None:
        """A buyer looks at orders that have been there long enough to be seen; a bargain goes first."""
        prices = {
            order.mint: self._asks.price_bps(order, at_ms)
            for order in self._book.some_orders(BUYERS_LOOK_AT)
            if order.mood in SOUND and _is_seen(order, at_ms)
        }
        most_bps = self._rng.gauss(*PAID_BPS)
        wanted = [mint for mint, bps in prices.items() if bps <= most_bps]
        if wanted:
            cheapest = min(wanted, key=prices.__getitem__)
            mint = cheapest if prices[cheapest] <= BARGAIN_BPS else self._rng.choice(wanted)
            self._book.sell(mint, self._buyer(mint), at_ms)

    def _accept_offer(self, at_ms: int) -> None:
        """The owner of a card that is not on sale takes what somebody offers for it."""
        order = self._asks.accepted_offer(at_ms)
        if order is not None:
            self._book.record_sale(order, self._buyer(order.mint), at_ms)

    def _buyer(self, mint: str) -> str:
        """Anybody but its owner."""
        token = self._scenery.token(mint)
        while True:
            person = self._rng.choice(self._scenery.people)
            if token is None or person.wallet != self._asks.owner(token):
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
