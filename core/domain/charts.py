"""What a chart of a kind shows: what was paid, what it was thought to be worth, what is asked."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from core.domain.valuation import Sale

SALES_MAX = 365
VALUES_MAX = 120
"""More steps than a phone can tell apart."""
DRAWN_FROM = 2
"""Fewer moments than this say nothing that the text above does not."""


class Worth(msgspec.Struct, frozen=True):
    """What the kind was thought to be worth from a moment on, and between what."""

    at: datetime
    usd_micros: int
    low_usd_micros: int
    high_usd_micros: int


class Series(msgspec.Struct, frozen=True):
    """The lines and points of one chart, oldest first. `until` is its right edge."""

    until: datetime
    sales: tuple[Sale, ...] = ()
    values: tuple[Worth, ...] = ()
    ask_usd_micros: int | None = None

    @property
    def moments(self) -> tuple[datetime, ...]:
        """When something was paid or thought."""
        return (*(sale.at for sale in self.sales), *(value.at for value in self.values))

    @property
    def is_telling(self) -> bool:
        """Whether there is something to draw: prices of at least two moments."""
        return len(set(self.moments)) >= DRAWN_FROM


def series(
    sales: Sequence[Sale], values: Sequence[Worth], *, ask_usd_micros: int | None, until: datetime
) -> Series:
    """Everything until then that can be drawn, in order: the newest sales, the values in so many steps."""
    paid = sorted((sale for sale in sales if sale.usd_micros > 0 and sale.at <= until), key=lambda s: s.at)
    thought = sorted((v for v in values if v.usd_micros > 0 and v.at <= until), key=lambda v: v.at)
    return Series(until, tuple(paid[-SALES_MAX:]), tuple(_thinned(thought)), ask_usd_micros)


def _thinned(values: Sequence[Worth]) -> list[Worth]:
    """The last value of each slot when there are too many; the newest always stays."""
    if len(values) <= VALUES_MAX:
        return list(values)
    begun, span = values[0].at, values[-1].at - values[0].at
    last_of = {int((value.at - begun) / span * (VALUES_MAX - 1)) if span else 0: value for value in values}
    return list(last_of.values())
