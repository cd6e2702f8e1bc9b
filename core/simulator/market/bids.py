"""What people offer for tokens: pure functions of seed, token and week, below the fair value."""

from random import Random
from typing import Final

import msgspec

from core.simulator.market import identifiers
from core.simulator.market.scenery import Scenery
from core.simulator.market.things import Asset, Good
from core.simulator.market.values import DAY_MS, fair_usd_micros

LASTS_MS: Final = 7 * DAY_MS
COUNTS: Final = (0, 0, 0, 1, 1, 2, 3)
BID_BPS: Final = (4000, 9300)


class Bid(msgspec.Struct, frozen=True):
    """One live offer for a token."""

    id: str
    buyer: str
    address: str
    usd_micros: int
    made_ms: int


def live_bids(scenery: Scenery, seed: int, asset: Asset, at_ms: int) -> list[Bid]:
    """The offers open now, newest last; nobody bids for what is not graded."""
    if isinstance(asset, Good):
        return []
    week = at_ms // LASTS_MS
    rng = Random(f"bids {seed} {asset.mint} {week}")
    fair = fair_usd_micros(scenery.kind(asset), week * LASTS_MS)
    bids = [
        Bid(
            id=identifiers.uuid4(rng),
            buyer=rng.choice(scenery.people).wallet,
            address=identifiers.address(rng),
            usd_micros=max(1_000_000, fair * rng.randint(*BID_BPS) // 10_000 // 1_000_000 * 1_000_000),
            made_ms=week * LASTS_MS + rng.randrange(LASTS_MS),
        )
        for _ in range(rng.choice(COUNTS))
    ]
    return sorted((bid for bid in bids if bid.made_ms <= at_ms), key=lambda bid: (bid.made_ms, bid.id))
