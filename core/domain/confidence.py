"""How sure evidence makes us, from 0 to 100, and how wide the range is that belongs to being so sure.

A range is calibrated: among many valuations of confidence 60, about 60 % of the true values lie inside.
"""

from collections.abc import Sequence
from datetime import timedelta
from math import exp
from statistics import NormalDist

SALES_WINDOW = timedelta(days=90)
SALES_MIN_FOR_CONFIDENCE = 3
SALES_CONFIDENCE = ((10, 75), (8, 70), (5, 65), (3, 60), (2, 50), (1, 40))
"""What so many sales of one kind give at least. Most first."""
SCATTER_LIMIT = 4
"""The dearest of the last sales against the cheapest: beyond it they are inconsistent."""
SCATTERED_MAX = 50
OLD_AFTER = timedelta(days=45)
OLD_COSTS = 10
INSURED_CONFIDENCE_MAX = 40
CONTRADICTS_FROM = 50
"""Evidence that is less sure than this lowers no confidence by what it says."""
APART_COSTS = ((2.0, 30), (1.5, 20), (1.25, 10))
"""The dearest value against the cheapest, and what that much costs. Worst first."""

_SHARE_MAX = 0.99  # nothing is inside for certain: a range for 100 would have no end


def sales_confidence(count: int, last_usd_micros: Sequence[int], newest_age: timedelta) -> int:
    """Of this many sales of the kind within the window (at least one), judged by the last of them."""
    confidence = next(level for least, level in SALES_CONFIDENCE if count >= least)
    if max(last_usd_micros) > min(last_usd_micros) * SCATTER_LIMIT:
        confidence = min(confidence, SCATTERED_MAX)
    return confidence - OLD_COSTS if newest_age > OLD_AFTER else confidence


def lowered(confidence: int, values_usd_micros: Sequence[int]) -> int:
    """What is left of a confidence when values that count lie as far apart as these."""
    return max(0, confidence - _cost(values_usd_micros))


def agree(values_usd_micros: Sequence[int]) -> bool:
    """Whether they lie so near to each other that it costs no confidence."""
    return _cost(values_usd_micros) == 0


def _cost(values_usd_micros: Sequence[int]) -> int:
    if not values_usd_micros:
        return 0
    lowest, highest = min(values_usd_micros), max(values_usd_micros)
    return next((cost for ratio, cost in APART_COSTS if highest > lowest * ratio), 0)


def range_around(
    value_usd_micros: int, spread: float, confidence: int, *, probability: float = 1.0
) -> tuple[int, int]:
    """Low and high, between which the true value lies with that confidence.

    spread: the standard deviation of the value's logarithm, if it is the right one of several that
    evidence speaks for; `probability` is how likely that is.
    """
    share = min(confidence / 100 / probability, _SHARE_MAX)
    factor = exp(NormalDist().inv_cdf((1 + share) / 2) * spread)
    return round(value_usd_micros / factor), round(value_usd_micros * factor)
