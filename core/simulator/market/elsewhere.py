"""Offers on marketplaces that the life of the world does not touch: pure functions of seed and time."""

from random import Random
from typing import Final

import msgspec

from core.simulator.market import identifiers
from core.simulator.market.scenery import Scenery
from core.simulator.market.things import Kind
from core.simulator.market.values import DAY_MS, fair_usd_micros

ROUNDS_MAX: Final = 1000
SHORTEST_DAYS: Final = 2.0
LONGEST_DAYS: Final = 12.0
EMPTY_SHARE: Final = 0.25
AUCTION_SHARE: Final = 0.3
ASK_BPS: Final = (8800, 14_500)
BID_BPS: Final = (1500, 9500)
SHIPPING_CENTS: Final = (0, 0, 399, 499)


class Offer(msgspec.Struct, frozen=True):
    """A graded copy offered somewhere. `usd_micros` is the price asked, or the highest bid so far."""

    number: int
    kind_id: int
    certificate: str
    address: str
    seller: str
    usd_micros: int
    opened_ms: int
    closes_ms: int
    is_auction: bool
    bids: int
    shipping_cents: int


class Elsewhere:
    """One marketplace with so many places; in every place one offer follows the other, with gaps."""

    def __init__(
        self, scenery: Scenery, seed: int, name: str, places: int, *, has_auctions: bool = False
    ) -> None:
        self._scenery = scenery
        self._prefix = f"{name} {seed}"
        self._has_auctions = has_auctions
        self._lengths = [self._length_ms(place) for place in range(places)]
        self._known: dict[int, tuple[int, Offer | None]] = {}

    def offers(self, at_ms: int) -> list[Offer]:
        """What is on offer at this moment, in the order of places."""
        found = (self._offer(place, at_ms) for place in range(len(self._lengths)))
        return [offer for offer in found if offer is not None]

    def _length_ms(self, place: int) -> int:
        days = Random(f"{self._prefix} {place}").uniform(SHORTEST_DAYS, LONGEST_DAYS)
        return int(days * DAY_MS)

    def _offer(self, place: int, at_ms: int) -> Offer | None:
        turn = at_ms // self._lengths[place]
        known = self._known.get(place)
        if known is None or known[0] != turn:
            known = self._known[place] = (turn, self._draw(place, turn))
        return known[1]

    def _draw(self, place: int, turn: int) -> Offer | None:
        rng = Random(f"{self._prefix} {place} {turn}")
        if rng.random() < EMPTY_SHARE:
            return None
        kind: Kind = rng.choice(self._scenery.kinds)
        opened_ms = turn * self._lengths[place]
        is_auction = self._has_auctions and rng.random() < AUCTION_SHARE
        bps = rng.randint(*(BID_BPS if is_auction else ASK_BPS))
        return Offer(
            number=place * ROUNDS_MAX + turn % ROUNDS_MAX,
            kind_id=kind.id,
            certificate=identifiers.digits(rng, self._scenery.grader(kind).certificate_digits),
            address=identifiers.address(rng),
            seller=rng.choice(self._scenery.people).wallet,
            usd_micros=fair_usd_micros(kind, opened_ms) * bps // 10_000 // 10_000 * 10_000,
            opened_ms=opened_ms,
            closes_ms=opened_ms + self._lengths[place],
            is_auction=is_auction,
            bids=rng.randint(1, 30) if is_auction else 0,
            shipping_cents=rng.choice(SHIPPING_CENTS),
        )
