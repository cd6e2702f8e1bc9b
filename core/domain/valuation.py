"""Evidence about one slab becomes one valuation with a confidence that is ours.

docs/values.md says which evidence gives which confidence, and how the rest was measured.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from math import hypot
from types import MappingProxyType

import msgspec

from core.domain.confidence import (
    CONTRADICTS_FROM,
    INSURED_CONFIDENCE_MAX,
    SALES_MIN_FOR_CONFIDENCE,
    agree,
    lowered,
    range_around,
)
from core.domain.consensus import Voice, consensus, merged


class EvidenceKind(StrEnum):
    """Where a value comes from."""

    OVERRIDE = "override"
    ALT = "alt"
    PRICECHARTING = "pricecharting"
    SALES = "sales"
    AVERAGE = "average"
    INSURED = "insured"


VENDOR_VALUES = frozenset({EvidenceKind.ALT, EvidenceKind.PRICECHARTING, EvidenceKind.OVERRIDE})

SPREADS: dict[EvidenceKind, float] = {
    EvidenceKind.ALT: 0.033,
    EvidenceKind.PRICECHARTING: 0.055,
    EvidenceKind.SALES: 0.1,
    EvidenceKind.AVERAGE: 0.08,
    EvidenceKind.INSURED: 0.45,
}
"""How far off a value typically is (standard deviation of its logarithm), where it does not say itself."""
DOUBTS: dict[EvidenceKind, float] = {
    EvidenceKind.ALT: 0.04,
    EvidenceKind.PRICECHARTING: 0.03,
    EvidenceKind.SALES: 0.05,
    EvidenceKind.AVERAGE: 0.02,
    EvidenceKind.INSURED: 0.2,
}
"""How often a value is about another card. ALT's certificates confuse variants more often."""
HEARD_SPREAD_MAX = 0.3
"""What is typically further off than this is not heard where anything better is known."""
NOTHING_LEARNT: Mapping[EvidenceKind, float] = MappingProxyType({})


class Sale(msgspec.Struct, frozen=True):
    """One sale of the kind."""

    at: datetime
    usd_micros: int


class Evidence(msgspec.Struct, frozen=True):
    """One source's value. `confidence` 0–100; `asset_name` when the vendor names what it valued;
    `said_at` when a vendor was asked; `spread` as in SPREADS, where the evidence itself tells; `vendor`:
    whose word for which card this is an average rests on, None when it is our own."""

    kind: EvidenceKind
    value_usd_micros: int
    confidence: int
    low_usd_micros: int | None = None
    high_usd_micros: int | None = None
    asset_name: str = ""
    asset_id: str = ""
    population: int | None = None
    sales: int = 0
    said_at: datetime | None = None
    spread: float | None = None
    vendor: str | None = None


class Valuation(msgspec.Struct, frozen=True):
    """What a slab is thought to be worth, and on what that rests (best evidence first).

    The true value lies between low and high with a probability of `confidence` percent. `silent` are
    sources that were asked and gave no answer.
    """

    value_usd_micros: int
    low_usd_micros: int
    high_usd_micros: int
    confidence: int
    evidence: tuple[Evidence, ...]
    silent: tuple[str, ...] = ()

    @property
    def kinds(self) -> frozenset[EvidenceKind]:
        return frozenset(item.kind for item in self.evidence)

    @property
    def alt_asset_id(self) -> str:
        """ALT's own name for the card; empty when ALT has no part in this."""
        told = (item.asset_id for item in self.evidence if item.kind is EvidenceKind.ALT and item.asset_id)
        return next(told, "")

    @property
    def sales(self) -> int:
        """Sales of the same kind within the window."""
        return max((item.sales for item in self.evidence), default=0)

    @property
    def is_thin(self) -> bool:
        """Neither a vendor's valuation nor an override, and fewer than three sales."""
        return not self.kinds & VENDOR_VALUES and self.sales < SALES_MIN_FOR_CONFIDENCE


def insured_evidence(insured_usd_micros: int | None) -> Evidence | None:
    """The vault's insured value: a hint, never more than 40. None when there is none."""
    if not insured_usd_micros:
        return None
    return Evidence(EvidenceKind.INSURED, insured_usd_micros, INSURED_CONFIDENCE_MAX)


def combine(
    evidence: Sequence[Evidence],
    learnt: Mapping[EvidenceKind, float] = NOTHING_LEARNT,
    *,
    silent: Sequence[str] = (),
) -> Valuation | None:
    """One valuation of all evidence; None when there is none. What was set by hand decides alone.

    learnt: how far off insured values are, and how much further than they show sales are (see accuracy).
    """
    order = list(EvidenceKind)
    ranked = sorted(
        (item for item in evidence if item.value_usd_micros > 0),
        key=lambda item: (item.kind is not EvidenceKind.OVERRIDE, -item.confidence, order.index(item.kind)),
    )
    if not ranked:
        return None
    as_learnt = [msgspec.structs.replace(item, spread=_spread(item, learnt)) for item in ranked]
    is_by_hand = ranked[0].kind is EvidenceKind.OVERRIDE
    valuation = _as_entered(ranked[0]) if is_by_hand else _agreed(as_learnt)
    return msgspec.structs.replace(valuation, evidence=tuple(ranked), silent=tuple(silent))


def _as_entered(by_hand: Evidence) -> Valuation:
    value = by_hand.value_usd_micros
    low, high = by_hand.low_usd_micros or value, by_hand.high_usd_micros or value
    return Valuation(value, low, high, _percent(by_hand.confidence), ())


def _agreed(ranked: Sequence[Evidence]) -> Valuation:
    heard = _heard(_once(ranked))
    counting = [item.value_usd_micros for item in heard if item.confidence >= CONTRADICTS_FROM]
    confidence = lowered(_percent(ranked[0].confidence), counting)
    found = consensus(_voices(heard))
    low, high = range_around(found.usd_micros, found.spread, confidence, probability=found.probability)
    return Valuation(found.usd_micros, low, high, confidence, ())


def _once(ranked: Sequence[Evidence]) -> list[Evidence]:
    """The same sales speak once: by their mean, and with a vendor's by the average of all.

    Our own count apart where the vendor's made the average another one.
    """
    average = next((item for item in ranked if item.kind is EvidenceKind.AVERAGE), None)
    ours = next((item for item in ranked if item.kind is EvidenceKind.SALES), None)
    if average is None or ours is None:
        return list(ranked)
    if average.vendor is None:
        return [item for item in ranked if item is not average]
    if agree([average.value_usd_micros, ours.value_usd_micros]):
        return [item for item in ranked if item is not ours]
    return list(ranked)


def _heard(once: Sequence[Evidence]) -> list[Evidence]:
    """Who has a say: wild guesses have none beside better evidence."""
    return [item for item in once if spread_of(item) <= HEARD_SPREAD_MAX] or list(once)


def _voices(heard: Sequence[Evidence]) -> list[Voice]:
    """A vendor's value and an average of the sales it told are right or wrong about the card together."""
    by_party: dict[str, Voice] = {}
    for item in heard:
        voice = Voice(item.value_usd_micros, spread_of(item), DOUBTS[item.kind])
        party = item.vendor or item.kind.value
        by_party[party] = merged(by_party[party], voice) if party in by_party else voice
    return list(by_party.values())


def spread_of(evidence: Evidence) -> float:
    """How far off its value typically is; never zero."""
    return SPREADS[evidence.kind] if evidence.spread is None else evidence.spread


def _spread(item: Evidence, learnt: Mapping[EvidenceKind, float]) -> float | None:
    if item.kind not in learnt:
        return item.spread
    return (
        learnt[item.kind] if item.kind is EvidenceKind.INSURED else hypot(spread_of(item), learnt[item.kind])
    )


def _percent(confidence: int) -> int:
    return max(0, min(100, confidence))
