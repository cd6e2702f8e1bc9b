"""Axes: how dollars and moments become pixels, and where an axis says what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import ceil, floor, log10

LOG_FROM = 30
"""When the highest price is so many times the lowest, a straight axis would show only the highest."""
PADDING = 0.08
SPREAD_MIN = 0.2
"""A chart of nearly equal prices must not look like one of wild ones."""
DOLLAR_TICKS_MAX = 5
TIME_TICKS_MAX = 5
CENTS_BELOW = 100
"""Dollars; of more than that nobody asks for the cents."""
MICROS = 1_000_000
_LOG_DIGITS = ((1, 2, 5), (1, 3), (1,))
_STEPS = tuple(
    timedelta(minutes=minutes)
    for minutes in (15, 30, 60, 180, 360, 720, 1_440, 2_880, 10_080, 20_160, 30_240, 43_200)
)
_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_YEAR_FROM = timedelta(days=300)


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high` lies between the pixels `start` and `end`; what is beyond lies on the edge."""

    low: float
    high: float
    start: float
    end: float
    is_log: bool = False

    def at(self, value: float) -> float:
        """The pixel of a value, to a tenth."""
        value = min(max(value, self.low), self.high)
        if self.is_log:
            part = log10(value / self.low) / log10(self.high / self.low)
        else:
            part = (value - self.low) / (self.high - self.low)
        return round(self.start + part * (self.end - self.start), 1)


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis and what stands beside it."""

    at: float
    label: str


def dollar_axis(prices: Sequence[int], *, start: float, end: float) -> Axis:
    """An axis for prices in micro-dollars (all > 0, at least one)."""
    low, high = min(prices), max(prices)
    if high >= low * LOG_FROM:
        room = (high / low) ** PADDING
        return Axis(low / room, high * room, start, end, is_log=True)
    middle, spread = (low + high) / 2, max(high - low, (low + high) / 2 * SPREAD_MIN)
    reach = spread * (0.5 + PADDING)
    return Axis(max(0.0, middle - reach), middle + reach, start, end)


def dollar_ticks(axis: Axis) -> list[Tick]:
    """Round prices, at most five."""
    values = _log_ticks(axis) if axis.is_log else _straight_ticks(axis)
    step = min((b - a for a, b in pairwise(values)), default=axis.high)
    return [Tick(axis.at(value), dollars(value, step)) for value in values]


def dollars(micros: float, step: float = 0) -> str:
    """`$80`, `$12.50`, `$1,250`, `$12.5k`, `$3M`. `step`: how far the next tick is, where there is one."""
    amount = micros / MICROS
    if amount >= 1_000_000:
        return f"${_short(amount / 1_000_000)}M"
    if amount >= 10_000:
        return f"${_short(amount / 1_000)}k"
    may_have_cents = step % MICROS != 0 if step else amount < CENTS_BELOW
    return f"${amount:,.2f}" if may_have_cents and round(amount * 100) % 100 else f"${amount:,.0f}"


def time_axis(since: datetime, until: datetime, *, start: float, end: float) -> Axis:
    return Axis(since.timestamp(), until.timestamp(), start, end)


def time_ticks(axis: Axis) -> list[Tick]:
    """Round days, or hours (UTC) of one that lasts only some; at most five."""
    since, span = _EPOCH + timedelta(seconds=axis.low), timedelta(seconds=axis.high - axis.low)
    step = next((step for step in _STEPS if span / step < TIME_TICKS_MAX), None)
    step = step or ceil(span / TIME_TICKS_MAX / _DAY) * _DAY
    first = ceil((since - _EPOCH) / step)
    last = floor((since + span - _EPOCH) / step)
    moments = [_EPOCH + n * step for n in range(first, last + 1)]
    return [Tick(axis.at(moment.timestamp()), _moment(moment, step, span)) for moment in moments]


def _moment(moment: datetime, step: timedelta, span: timedelta) -> str:
    if step < _DAY and (moment.hour or moment.minute):
        return f"{moment:%H:%M}"
    month = _MONTHS[moment.month - 1]
    return f"{month} {moment.year}" if span >= _YEAR_FROM else f"{moment.day} {month}"


def _straight_ticks(axis: Axis) -> list[float]:
    """The multiples of the smallest round step of which there are not too many."""
    decade = 10.0 ** floor(log10((axis.high - axis.low) / DOLLAR_TICKS_MAX))
    for step in (decade * digit for digit in (1, 2, 2.5, 5, 10)):
        first, last = ceil(axis.low / step), floor(axis.high / step)
        if last - first < DOLLAR_TICKS_MAX:
            break
    return [n * step for n in range(first, last + 1)]


def _log_ticks(axis: Axis) -> list[float]:
    exponents = range(floor(log10(axis.low)), ceil(log10(axis.high)) + 1)
    for digits in _LOG_DIGITS:
        values = [digit * 10.0**exponent for exponent in exponents for digit in digits]
        shown = [value for value in values if axis.low <= value <= axis.high]
        if len(shown) <= DOLLAR_TICKS_MAX:
            return shown
    return shown[:: ceil(len(shown) / DOLLAR_TICKS_MAX)]


def _short(number: float) -> str:
    """Three digits that count: `1.25`, `12.5`, `125`."""
    digits = max(0, 2 - floor(log10(number)))
    text = f"{number:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
