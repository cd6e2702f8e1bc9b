"""Whether a read of everything that is on sale can be believed about what it does not show."""

from datetime import datetime, timedelta

import msgspec

SHORT_PCT_MAX = 1
"""Listings come, move and go while the pages are read, so the count is never quite the vendor's."""
SHORT_ROWS_MAX = 2
GONE_PCT_MAX = 50
GONE_FEW = 3
"""So few may be gone at once however small the market is."""
DOUBTED_FOR_MAX = timedelta(hours=24)
"""What every read has said for so long is no accident: the market has changed, or we were away."""


class WholeRead(msgspec.Struct, frozen=True):
    """What a read of all pages came to.

    `rows` counts each listing once, those that are none of ours too; `total` is the most that any page
    said there are, None when none did.
    """

    rows: int
    total: int | None


def shortfall(read: WholeRead) -> str | None:
    """Why a read is not whole, as half a sentence; None when it is."""
    if read.total is None:
        return "no page said how many listings there are"
    if read.rows + max(SHORT_ROWS_MAX, read.total * SHORT_PCT_MAX // 100) < read.total:
        return f"only {read.rows:,} of {read.total:,} listings were on its pages"
    return None


def disbelief(known: int, missed: int, *, doubted_at: datetime | None, now: datetime) -> str | None:
    """Why a whole read that misses so many of the known listings is not believed; None when it is.

    `doubted_at`: since when no read was believed, None when the last one was.
    """
    if missed <= max(GONE_FEW, known * GONE_PCT_MAX // 100):
        return None
    if doubted_at is not None and now - doubted_at >= DOUBTED_FOR_MAX:
        return None
    return f"{missed:,} of {known:,} listings would be gone at once"
