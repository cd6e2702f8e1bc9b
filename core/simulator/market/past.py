"""The days before a world begins: sales of every kind, and the orders that are already open."""

import math
from operator import itemgetter
from random import Random
from typing import Final

from core.simulator.market import identifiers
from core.simulator.market.asks import Asks
from core.simulator.market.book import Book, Order
from core.simulator.market.catalogue import draw
from core.simulator.market.scenery import Scenery
from core.simulator.market.settings import WorldSettings
from core.simulator.market.things import Currency, Kind, Mood, Sale, Token, Venue
from core.simulator.market.values import DAY_MS, fair_usd_micros

QUARTER_DAYS: Final = 90
ON_MARKET_SHARE: Final = 0.12
RELISTED_SHARE: Final = 0.04
STRAY_SHARE: Final = 0.02
SALE_SPREAD: Final = 0.06
OPEN_DAYS: Final = 18
SOLD_DAYS: Final = 0.02
OPEN_TRIES: Final = 20
OPEN_MOODS: Final = (
    (Mood.DEAL, 5),
    (Mood.NEAR_DEAL, 4),
    (Mood.TROLL, 3),
    (Mood.HONEYPOT, 2),
    (Mood.WRONG_GRADE, 2),
    (Mood.VARIANT, 2),
    (Mood.UNIT_FLIP, 2),
    (Mood.WASH, 2),
)


def outside_sale(rng: Random, scenery: Scenery, kind: Kind, at_ms: int) -> Sale:
    """A sale at an auction house. Now and then the item came back (RELISTED), or the price is a stray."""
    spread = math.exp(rng.gauss(0, SALE_SPREAD))
    if rng.random() < STRAY_SHARE:
        spread *= rng.choice((0.45, 1.9))
    return Sale(
        id=identifiers.uuid4(rng),
        kind_id=kind.id,
        at_ms=at_ms,
        usd_micros=int(fair_usd_micros(kind, at_ms) * spread) // 10_000 * 10_000,
        house=draw(rng, scenery.catalogue.auction_houses).name,
        is_auction=rng.random() < 0.6,
        skipped_reason="RELISTED" if rng.random() < RELISTED_SHARE else None,
    )


class Past:
    """Tells what happened before `born_ms`. The outside sales follow from the seed and are never stored."""

    def __init__(self, settings: WorldSettings, scenery: Scenery, born_ms: int) -> None:
        self._settings = settings
        self._scenery = scenery
        self._born_ms = born_ms
        self._rng = Random(f"past {settings.seed}")
        self.sales: list[list[Sale]] = [[] for _ in scenery.kinds]
        self._market_sales: list[tuple[int, Kind]] = []
        for kind in scenery.kinds:
            self._tell(kind)

    def _tell(self, kind: Kind) -> None:
        """Sales of a kind, most of them outside the marketplaces."""
        rng, days = self._rng, self._settings.past_days
        expected = kind.sales_a_quarter * days / QUARTER_DAYS
        for at_ms in sorted(
            self._moment(days, latest=SOLD_DAYS) for _ in range(round(rng.gauss(expected, expected**0.5)))
        ):
            if rng.random() < ON_MARKET_SHARE:
                self._market_sales.append((at_ms, kind))
            else:
                self.sales[kind.id].append(outside_sale(rng, self._scenery, kind, at_ms))

    def _moment(self, days: float, *, latest: float) -> int:
        return self._born_ms - int(self._rng.uniform(latest, days) * DAY_MS)

    def write(self, book: Book, asks: Asks) -> None:
        """Enter the marketplaces' own sales and the open orders into a new book."""
        tokens: dict[int, Token] = {token.slab.kind_id: token for token in self._scenery.tokens}
        sold_ms: dict[str, int] = {}
        for at_ms, kind in sorted(self._market_sales, key=itemgetter(0)):
            token = tokens[kind.id]
            self._write_sale(book, asks, token, at_ms)
            sold_ms[token.mint] = at_ms
        for mood, count in OPEN_MOODS:
            for _ in range(count):
                self._open(book, asks, mood, sold_ms)
        while len(book) < min(self._settings.listings, len(self._scenery.tokens) // 2):
            self._open(book, asks, Mood.ORDINARY, sold_ms)
        book.sort_activities()

    def _write_sale(self, book: Book, asks: Asks, token: Token, at_ms: int) -> None:
        """Whoever owns the token then sells it to somebody else."""
        rng = self._rng
        seller = asks.owner(token)
        pair = rng.sample(self._scenery.people, 2)
        buyer = next(person.wallet for person in pair if person.wallet != seller)
        venue = rng.choice(list(Venue))
        currency = rng.choice(list(Currency)) if venue is Venue.ME else Currency.USDC
        fair = fair_usd_micros(self._scenery.kind(token), at_ms)
        paid = int(fair * math.exp(rng.gauss(-0.02, SALE_SPREAD)))
        price = asks.rates.asked_atoms(paid, currency, at_ms)
        book.record_sale(Order(token.mint, seller, venue, currency, price), buyer, at_ms)

    def _open(self, book: Book, asks: Asks, mood: Mood, sold_ms: dict[str, int]) -> None:
        """Open an order of this mood, none for a token that was sold since."""
        for _ in range(OPEN_TRIES):
            at_ms = self._moment(OPEN_DAYS, latest=SOLD_DAYS / 2)
            order = asks.order(mood, at_ms)
            if order is not None and sold_ms.get(order.mint, 0) < at_ms:
                book.open(order, at_ms)
                return
