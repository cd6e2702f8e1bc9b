"""What a vendor allows us, and what is left of it: even spacing, a burst, a number a day."""

from datetime import UTC, datetime, timedelta

import msgspec

AHEAD_MAX = timedelta(hours=2)
"""Longer than any pause: a turn further ahead was put there by a clock that was wrong."""


class Pace(msgspec.Struct, frozen=True):
    """How fast one request's kind may use the allowance.

    Turns come back every `interval_s`; up to `slack_s` worth of them may be taken ahead. At most
    `per_day` in a day (UTC), None where the vendor counts no days.
    """

    interval_s: float
    slack_s: float = 0.0
    per_day: int | None = None


class Allowance(msgspec.Struct, frozen=True):
    """`next_at`: when a turn is due by even spacing alone. `used`: turns taken on the day of `day_at`."""

    next_at: datetime
    day_at: datetime
    used: int = 0


def untouched(now: datetime) -> Allowance:
    """A vendor that was never asked."""
    return Allowance(next_at=now, day_at=now)


def take(left: Allowance, pace: Pace, now: datetime) -> tuple[Allowance, float]:
    """One turn: what is left then, and 0; or nothing taken, and the seconds until there is one."""
    next_at = now if left.next_at - now > AHEAD_MAX else left.next_at
    used = used_today(left, now)
    if pace.per_day is not None and used >= pace.per_day:
        return left, (_day(now) + timedelta(days=1) - now).total_seconds()
    wait_s = (next_at - now).total_seconds() - pace.slack_s
    if wait_s > 0:
        return left, wait_s
    return Allowance(max(next_at, now) + timedelta(seconds=pace.interval_s), now, used + 1), 0.0


def pause(left: Allowance, now: datetime, seconds: float) -> Allowance:
    """Nothing before that."""
    until = now + min(timedelta(seconds=seconds), AHEAD_MAX)
    return msgspec.structs.replace(left, next_at=max(left.next_at, until))


def used_today(left: Allowance, now: datetime) -> int:
    """How many turns of the day are taken."""
    return left.used if _day(left.day_at) == _day(now) else 0


def left_today(left: Allowance, per_day: int, now: datetime) -> int:
    """How many turns of the day are left."""
    return per_day - used_today(left, now)


def _day(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
