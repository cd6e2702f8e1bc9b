"""Askers: how often one person (or server) may ask, so that nobody uses up what is there for all of us."""

from math import ceil

from core.clock import Clock
from core.errors import LimitReached

ASKS_MAX = 10
WITHIN_S = 60.0


class Askers:
    """Who asked when, in this process, within the last `within_s` seconds."""

    def __init__(
        self, clock: Clock, refusal: str, *, most: int = ASKS_MAX, within_s: float = WITHIN_S
    ) -> None:
        """`refusal` is told to who asks too often; it has a place for `{most}` and for `{left}`, the wait."""
        self.clock = clock
        self.refusal = refusal
        self.most = most
        self.within_s = within_s
        self._asked: dict[int, list[float]] = {}
        self._swept_at = clock.monotonic()

    def take(self, asker_id: int) -> None:
        """This one asks now. Raises LimitReached after so many times within that time."""
        now = self.clock.monotonic()
        self._sweep(now)
        asked = self._recent(self._asked.get(asker_id, []), now)
        if len(asked) >= self.most:
            left = _wait(asked[0] + self.within_s - now)
            raise LimitReached(self.refusal.format(most=self.most, left=left))
        self._asked[asker_id] = [*asked, now]

    @property
    def known(self) -> frozenset[int]:
        """Those whose questions are remembered."""
        return frozenset(self._asked)

    def _sweep(self, now: float) -> None:
        """Forget those who are long gone, now and then: not at each question, for there may be many."""
        if now - self._swept_at >= self.within_s:
            left = ((asker_id, self._recent(times, now)) for asker_id, times in self._asked.items())
            self._asked = {asker_id: times for asker_id, times in left if times}
            self._swept_at = now

    def _recent(self, times: list[float], now: float) -> list[float]:
        return [at for at in times if now - at < self.within_s]


def _wait(seconds: float) -> str:
    whole_s = ceil(seconds)
    return f"{whole_s} s" if whole_s <= WITHIN_S else f"{ceil(whole_s / 60)} min"
