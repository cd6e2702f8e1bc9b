"""Which of several sources' rates is believed, when one is enough, and whether USDC is a dollar."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median

import msgspec

from core.domain.prices import RATE_AGE_MAX_S, Rate

SOL_USD = "SOL/USD"
USDC_USD = "USDC/USD"
ETH_USD = "ETH/USD"
POL_USD = "POL/USD"

RATE_MAX = Decimal(10) ** 9
RATE_AGE_MAX = timedelta(seconds=RATE_AGE_MAX_S)
RATE_AHEAD_MAX = timedelta(minutes=1)
"""As far as clocks differ; a rate from further in the future would be the newest one for as long."""
OFF_MAX = Decimal("0.05")
"""A source further off the others than this share is ignored."""
PEG_MAX = Decimal("0.005")
"""USDC counts as a dollar while it is no further off than this."""

CONFIRMED_AFTER = timedelta(minutes=10)
"""A lone rate that jumped is believed once it has been said for so long."""
DRIFT_PER = timedelta(minutes=15)
"""In four times this a coin may move twice OFF_MAX, in nine times this three times as far, and so on."""

_DOLLAR = Decimal(1)


class Jump(msgspec.Struct, frozen=True):
    """A lone rate too far from the last good one, and since when one source says about this."""

    rate: Rate
    since: datetime


class Choice(msgspec.Struct, frozen=True):
    """The rate that is believed, None when none is, and the fresh ones that are not.

    `jump` is the lone one that is kept apart until it is confirmed.
    """

    rate: Rate | None
    ignored: tuple[Rate, ...] = ()
    jump: Jump | None = None


def rate_of(pair: str, usd: Decimal, source: str, at: datetime) -> Rate:
    """Raises ValueError for what cannot be dollars per whole coin."""
    if not usd.is_finite() or not 0 < usd < RATE_MAX:
        raise ValueError("not a rate")
    return Rate(pair, usd, source, at)


def choose(answers: Sequence[Rate], last: Rate | None, now: datetime, *, jump: Jump | None = None) -> Choice:
    """The first that agrees with the others; `answers` to one pair, in order of preference.

    Three or more are measured against their middle. Two that differ are not believed, unless the last
    good rate takes the side of one. A lone one that is further from the last good rate than a coin moves
    in that time is kept apart, until it was said for a while: `jump` is what was kept apart last. A rate
    too old to decide has no say.
    """
    fresh = [answer for answer in answers if is_fresh(answer, now)]
    if len(fresh) == 1 and last is not None and has_jumped(fresh[0], last):
        return _alone(fresh[0], now, jump)
    believed = _agreeing(fresh)
    if not believed and last is not None and is_fresh(last, now):
        believed = _agreeing([answer for answer in fresh if is_near(answer, last.usd)])
    ignored = tuple(answer for answer in fresh if answer not in believed)
    return Choice(believed[0] if believed else None, ignored)


def has_jumped(rate: Rate, last: Rate) -> bool:
    """Whether it is further from an earlier one than the coin moves in the time between.

    Never for USDC: when it is said to have left its dollar, waiting is the safe side.
    """
    if rate.pair == USDC_USD:
        return False
    times = Decimal(max(rate.at - last.at, DRIFT_PER) / DRIFT_PER).sqrt()
    low, high = sorted((rate.usd, last.usd))
    return high - low > OFF_MAX * times * low


def _alone(rate: Rate, now: datetime, jump: Jump | None) -> Choice:
    goes_on = jump is not None and is_near(rate, jump.rate.usd) and now - jump.rate.at <= 2 * RATE_AGE_MAX
    since = jump.since if jump is not None and goes_on else now
    if now - since >= CONFIRMED_AFTER:
        return Choice(rate)
    return Choice(None, (rate,), Jump(rate, since))


def is_enough_alone(first: Rate, last: Rate | None, now: datetime) -> bool:
    """Whether the first source may stand without the others: it goes on from a last good rate."""
    both_fresh = last is not None and is_fresh(last, now) and is_fresh(first, now)
    return both_fresh and last is not None and is_near(first, last.usd)


def is_pegged(rate: Rate) -> bool:
    """Whether a coin that promises a dollar is worth one."""
    return abs(rate.usd - _DOLLAR) <= PEG_MAX


def is_fresh(rate: Rate, now: datetime) -> bool:
    """Whether it may decide anything."""
    return -RATE_AHEAD_MAX <= now - rate.at <= RATE_AGE_MAX


def is_near(rate: Rate, usd: Decimal) -> bool:
    """Whether it is as good as that many dollars; a coin that promises a dollar is held to it closely."""
    share = PEG_MAX if rate.pair == USDC_USD else OFF_MAX
    return abs(rate.usd - usd) <= share * usd


def _agreeing(rates: Sequence[Rate]) -> list[Rate]:
    if len(rates) == 2 and not is_near(max(rates, key=_usd), min(_dollars(rates))):
        return []
    middle = median(_dollars(rates)) if rates else _DOLLAR
    return [rate for rate in rates if is_near(rate, middle)]


def _dollars(rates: Iterable[Rate]) -> list[Decimal]:
    return [rate.usd for rate in rates]


def _usd(rate: Rate) -> Decimal:
    return rate.usd
