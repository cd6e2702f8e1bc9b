"""Askers: how often one person may ask, so that nobody uses up what vendors allow all of us."""

from collections import defaultdict
from math import ceil

from core.clock import Clock
from core.errors import LimitReached

ASKS_MAX = 10
WITHIN_S = 60.0


class Askers:
    """Who asked when, in this process, within the last minute."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._asked: defaultdict[int, list[float]] = defaultdict(list)

    def take(self, person_id: int) -> None:
        """This person asks now. Raises LimitReached after ten times within a minute."""
        now = self.clock.monotonic()
        for person, times in list(self._asked.items()):
            self._asked[person] = [at for at in times if now - at < WITHIN_S]
            if not self._asked[person]:
                del self._asked[person]
        asked = self._asked[person_id]
        if len(asked) >= ASKS_MAX:
            left_s = ceil(asked[0] + WITHIN_S - now)
            raise LimitReached(
                f"Those were {ASKS_MAX} looks within a minute, and vendors answer all of us only so often. "
                f"Try again in {left_s} s; `/deals why` asks nobody and is always there."
            )
        asked.append(now)
