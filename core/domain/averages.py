"""What the sales of a kind tell: their mean, the Cartel average, and how far either may be off."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from math import exp, log
from statistics import fmean, median

from core.domain.confidence import SALES_WINDOW, sales_confidence
from core.domain.valuation import Evidence, EvidenceKind, Sale

LAST = 4
AVERAGED_MIN = 2
OUTLIER_DEVIATIONS = 4
POPULATION_LARGE = 3_000
DAILY_WINDOW = timedelta(days=15)

SALE_SCATTER = 0.08
"""How far one sale typically lies off its kind's value, believed as much as SCATTER_SALES sales that tell."""
SCATTER_SALES = 3
MARKET_MOVES = 0.06
MARKET_MOVES_IN = timedelta(days=30)
"""How far values move in that time; further back it is much the same."""


def sales_evidence(sales: Sequence[Sale], now: datetime) -> Evidence | None:
    """The mean of the sales within 90 days, the later the weightier; None when there are none."""
    recent = within(sales, SALES_WINDOW, now)
    if not recent:
        return None
    believed = without_outliers(recent)
    prices = [sale.usd_micros for sale in believed]
    weights = [1 / (SALE_SCATTER**2 + _moved(now - sale.at)) for sale in believed]
    return Evidence(
        EvidenceKind.SALES,
        value_usd_micros=round(exp(fmean([log(price) for price in prices], weights))),
        confidence=_confidence(recent, now),
        low_usd_micros=min(prices),
        high_usd_micros=max(prices),
        sales=len(recent),
        spread=_spread(believed, weights, now),
    )


def average_evidence(
    sales: Sequence[Sale], population: int | None, now: datetime, *, vendor: str | None = None
) -> Evidence | None:
    """The Cartel average of the sales within 90 days, as sure as they are; None with fewer than two.

    vendor: who told some of them, None when all are our own.
    """
    recent = within(sales, SALES_WINDOW, now)
    average = cartel_average(recent, population, now)
    if average is None:
        return None
    last = without_outliers(recent)[-LAST:]
    prices = [sale.usd_micros for sale in last]
    return Evidence(
        EvidenceKind.AVERAGE,
        value_usd_micros=average,
        confidence=_confidence(recent, now),
        low_usd_micros=min(prices),
        high_usd_micros=max(prices),
        sales=len(recent),
        spread=_spread(last, [1.0] * len(last), now),
        vendor=vendor,
    )


def cartel_average(sales: Sequence[Sale], population: int | None, now: datetime) -> int | None:
    """In micro-dollars; None with fewer than two sales that are not outliers.

    `population` is that of the grade, None when unknown. Of more than 3,000 copies it is the mean of the
    daily means of the last 15 days, if anything was sold in them; otherwise the mean of the last four.
    """
    believed = without_outliers(sales)
    if len(believed) < AVERAGED_MIN:
        return None
    recent = within(believed, DAILY_WINDOW, now)
    if population is not None and population > POPULATION_LARGE and recent:
        return round(fmean(_daily_means(recent)))
    return round(fmean(sale.usd_micros for sale in sorted(believed, key=_when)[-LAST:]))


def without_outliers(sales: Sequence[Sale]) -> list[Sale]:
    """Those within four median absolute deviations of the median."""
    if not sales:
        return []
    middle = median(sale.usd_micros for sale in sales)
    deviation = median(abs(sale.usd_micros - middle) for sale in sales)
    return [sale for sale in sales if abs(sale.usd_micros - middle) <= OUTLIER_DEVIATIONS * deviation]


def within(sales: Sequence[Sale], window: timedelta, now: datetime) -> list[Sale]:
    """Oldest first."""
    return sorted((sale for sale in sales if now - window <= sale.at <= now), key=_when)


def _confidence(recent: Sequence[Sale], now: datetime) -> int:
    last = [sale.usd_micros for sale in recent[-LAST:]]
    return sales_confidence(len(recent), last, now - recent[-1].at)


def _spread(sales: Sequence[Sale], weights: Sequence[float], now: datetime) -> float:
    """How far off their mean is: by the scatter of these sales, and by what the market moved since."""
    logs, total = [log(sale.usd_micros) for sale in sales], sum(weights)
    mean = fmean(logs, weights)
    squares = sum((price - mean) ** 2 for price in logs)
    variance = (SCATTER_SALES * SALE_SCATTER**2 + squares) / (SCATTER_SALES + len(sales) - 1)
    age = sum(
        ((now - sale.at) * (weight / total) for sale, weight in zip(sales, weights, strict=True)), timedelta()
    )
    return float((variance * sum((weight / total) ** 2 for weight in weights) + _moved(age)) ** 0.5)


def _moved(age: timedelta) -> float:
    """The variance (of the logarithm) of what values move in that time."""
    return float(MARKET_MOVES**2 * min(1.0, age / MARKET_MOVES_IN))


def _when(sale: Sale) -> datetime:
    return sale.at


def _daily_means(sales: Sequence[Sale]) -> list[float]:
    days: dict[date, list[int]] = {}
    for sale in sales:
        days.setdefault(sale.at.date(), []).append(sale.usd_micros)
    return [fmean(prices) for prices in days.values()]
