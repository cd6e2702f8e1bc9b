"""A fresh look at a token or a certificate: what it is, where it is on sale, and what it is worth."""

from datetime import datetime

import msgspec

from core.domain.catalog import SlabFacts
from core.domain.deals import Deal, DealPolicy, Rejection
from core.domain.listings import Mint, SourceName, Venue
from core.domain.money import Amount
from core.domain.valuation import Valuation


class LastSeen(msgspec.Struct, frozen=True):
    """An offer as our rows have it, for when its market place does not answer; `is_held`: in quarantine."""

    venue: Venue
    seller: str
    ask: Amount
    seen_at: datetime
    is_held: bool = False


class Offer(msgspec.Struct, frozen=True):
    """An offer as its market place says it is now; `result` is None when it cannot be judged."""

    venue: Venue
    seller: str
    ask: Amount
    ask_usd_micros: int | None
    checked_at: datetime
    told_by: SourceName | None = None
    result: Deal | Rejection | None = None


class Unanswered(msgspec.Struct, frozen=True):
    """A vendor that was asked and gave no answer, and why."""

    source: str
    reason: str


class Inspection(msgspec.Struct, frozen=True):
    """Everything that was found, by the policy of the server that asks.

    `slab` is None when nobody knows what it is. `last_seen` are offers of market places that gave no answer.
    `absent` are vendors that could tell more and are not configured. `alike`: how many slabs are meant.
    `alt_asset_id` is ALT's name for the card, empty when nobody ever told.
    """

    policy: DealPolicy
    at: datetime
    mint: Mint | None = None
    slab: SlabFacts | None = None
    offers: tuple[Offer, ...] = ()
    last_seen: tuple[LastSeen, ...] = ()
    valuation: Valuation | None = None
    unanswered: tuple[Unanswered, ...] = ()
    absent: tuple[SourceName, ...] = ()
    alike: int = 1
    alt_asset_id: str = ""
