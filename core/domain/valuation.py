"""Evidence about one slab becomes one valuation with a confidence that is ours.

| evidence | confidence |
|---|---|
| a manual override | as entered |
| ALT | ALT's own |
| PriceCharting | 70 |
| sales of the kind in 90 days: 10 / 3 / 2 / 1 or more | 75 / 60 / 50 / 40; 50 at most if they scatter |
| insured value alone | 40 at most |
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

import msgspec

SALES_WINDOW = timedelta(days=90)
SALES_MIN_FOR_CONFIDENCE = 3
INSURED_CONFIDENCE_MAX = 40
_SALES_CONFIDENCE = ((10, 75), (3, 60), (2, 50), (1, 40))
_SCATTER_LIMIT = 4  # the dearest of the last sales against the cheapest: beyond it they are inconsistent


class EvidenceKind(StrEnum):
    """Where a value comes from."""

    OVERRIDE = "override"
    ALT = "alt"
    PRICECHARTING = "pricecharting"
    SALES = "sales"
    INSURED = "insured"


VENDOR_VALUES = frozenset({EvidenceKind.ALT, EvidenceKind.PRICECHARTING, EvidenceKind.OVERRIDE})


class Sale(msgspec.Struct, frozen=True):
    """One sale of the kind."""

    at: datetime
    usd_micros: int


class Evidence(msgspec.Struct, frozen=True):
    """One source's value. `confidence` 0–100; `asset_name` when the vendor names what it valued;
    `said_at` when a vendor was asked."""

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


class Valuation(msgspec.Struct, frozen=True):
    """What a slab is thought to be worth, and on what that rests (best evidence first)."""

    value_usd_micros: int
    low_usd_micros: int
    high_usd_micros: int
    confidence: int
    evidence: tuple[Evidence, ...]

    @property
    def kinds(self) -> frozenset[EvidenceKind]:
        return frozenset(item.kind for item in self.evidence)

    @property
    def sales(self) -> int:
        """Sales of the same kind within the window."""
        return max((item.sales for item in self.evidence), default=0)

    @property
    def is_thin(self) -> bool:
        """Neither a vendor's valuation nor an override, and fewer than three sales."""
        return not self.kinds & VENDOR_VALUES and self.sales < SALES_MIN_FOR_CONFIDENCE


def sales_evidence(sales: Sequence[Sale], now: datetime) -> Evidence | None:
    """The middle of the last four recent sales, or None when there are none."""
    recent = sorted((s for s in sales if now - SALES_WINDOW <= s.at <= now), key=lambda s: s.at)
    if not recent:
        return None
    prices = sorted(s.usd_micros for s in recent[-4:])
    value = int(median(prices))
    confidence = next(level for least, level in _SALES_CONFIDENCE if len(recent) >= least)
    if prices[-1] > prices[0] * _SCATTER_LIMIT:
        confidence = min(confidence, 50)
    return Evidence(EvidenceKind.SALES, value, confidence, prices[0], prices[-1], sales=len(recent))


def insured_evidence(insured_usd_micros: int | None) -> Evidence | None:
    """The vault's insured value: a hint, never more than 40."""
    if not insured_usd_micros:
        return None
    return Evidence(EvidenceKind.INSURED, insured_usd_micros, INSURED_CONFIDENCE_MAX)


def combine(evidence: Sequence[Evidence]) -> Valuation | None:
    """One valuation: the most trusted evidence speaks, the others stand beside it."""
    order = list(EvidenceKind)
    ranked = sorted(
        (item for item in evidence if item.value_usd_micros > 0),
        key=lambda item: (-item.confidence, order.index(item.kind)),
    )
    if not ranked:
        return None
    best = ranked[0]
    return Valuation(
        value_usd_micros=best.value_usd_micros,
        low_usd_micros=best.low_usd_micros or best.value_usd_micros,
        high_usd_micros=best.high_usd_micros or best.value_usd_micros,
        confidence=max(0, min(100, best.confidence)),
        evidence=tuple(ranked),
    )
