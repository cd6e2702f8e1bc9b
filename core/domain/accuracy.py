"""How far off evidence typically is, learnt from past valuations with something better beside it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import log
from statistics import median

import msgspec

from core.domain.confidence import INSURED_CONFIDENCE_MAX
from core.domain.valuation import SPREADS, VENDOR_VALUES, Evidence, EvidenceKind, spread_of

COMPARED_MIN = 40
SPREAD_MIN, SPREAD_MAX = 0.05, 2.0
CLEARLY = 2.0
"""Sales must lie this much further (in squares) from vendors' values than both explain, to be doubted."""
_NORMAL = 1.4826  # a median absolute deviation times this is a standard deviation
_BETTER = SPREADS.keys() - {EvidenceKind.INSURED}


class _Pair(msgspec.Struct, frozen=True):
    """How far apart (in logarithms) two values lay, and how far off each was thought to be."""

    apart: float
    spread: float
    other_spread: float


def learnt_spreads(past: Sequence[Sequence[Evidence]]) -> Mapping[EvidenceKind, float]:
    """What past valuations (each with its best evidence first) tell of insured values and of sales.

    Of an insured value how far off it is, held against the best evidence beside it. Of sales how much further
    off they are than their scatter shows, held against a vendor's value: what sells where we look may be the
    bargains.
    """
    found = {}
    insured = _pairs(past, EvidenceKind.INSURED, _BETTER)
    if len(insured) >= COMPARED_MIN:
        beyond = _apart(insured) - median(pair.other_spread for pair in insured) ** 2
        found[EvidenceKind.INSURED] = min(max(beyond, SPREAD_MIN**2) ** 0.5, SPREAD_MAX)
    for kind in (EvidenceKind.SALES, EvidenceKind.AVERAGE):
        sales = _pairs(past, kind, VENDOR_VALUES & SPREADS.keys())
        if len(sales) >= COMPARED_MIN:
            explained = median(pair.spread**2 + pair.other_spread**2 for pair in sales)
            beyond = _apart(sales) - explained
            if beyond > (CLEARLY - 1) * explained:
                found[kind] = min(beyond**0.5, SPREAD_MAX)
    return found


def _apart(pairs: Sequence[_Pair]) -> float:
    """The variance."""
    return float((_NORMAL * median(abs(pair.apart) for pair in pairs)) ** 2)


def _pairs(
    past: Iterable[Sequence[Evidence]], kind: EvidenceKind, others: Collection[EvidenceKind]
) -> list[_Pair]:
    """The kind's values beside the best of the others."""
    pairs = []
    for evidence in past:
        one = next((item for item in evidence if item.kind is kind), None)
        other = next((item for item in evidence if item.kind in others), None)
        if one is not None and other is not None and other.confidence > INSURED_CONFIDENCE_MAX:
            apart = log(one.value_usd_micros / other.value_usd_micros)
            pairs.append(_Pair(apart, spread_of(one), spread_of(other)))
    return pairs
