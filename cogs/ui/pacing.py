"""What Discord lets through: a few messages a channel, a few dozen of everything. Kept here, not found out.

A request that Discord holds back waits inside discord.py, and holds one of our few slots for as long.
"""

from collections import Counter, deque

from core.domain.posts import Resting

EVERYTHING_A_SECOND = 40
"""Discord grants 50 to the whole bot: the rest is for what people do."""
SENDS_MAX = EDITS_MAX = 5
WINDOW_S = 5.0
_SECOND_S = 1.0


class Pacing:
    """Counts what was sent and says who has to rest. Times are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._sent: deque[tuple[float, int, bool]] = deque()
        self._told_to_wait: dict[tuple[int, bool], float] = {}

    def sent(self, channel_id: int, now_s: float, *, is_edit: bool) -> None:
        self._sent.append((now_s, channel_id, is_edit))

    def wait(self, channel_id: int, until_s: float, *, is_edit: bool) -> None:
        """Discord said itself how long to leave a channel, or its old messages, alone."""
        self._told_to_wait[channel_id, is_edit] = until_s

    def resting(self, now_s: float) -> Resting:
        """The channels that had as much as Discord grants."""
        self._forget(now_s)
        return Resting(self._at_rest(SENDS_MAX, is_edit=False), self._at_rest(EDITS_MAX, is_edit=True))

    def _at_rest(self, most: int, *, is_edit: bool) -> frozenset[int]:
        had = Counter(channel for _, channel, was_edit in self._sent if was_edit is is_edit)
        told = {channel for channel, of_edits in self._told_to_wait if of_edits is is_edit}
        return frozenset(told | {channel for channel, count in had.items() if count >= most})

    def room(self, now_s: float) -> int:
        """How many more messages may go out at this moment."""
        recent = sum(1 for at, _, _ in self._sent if at > now_s - _SECOND_S)
        return max(0, EVERYTHING_A_SECOND - recent)

    def pause_s(self, now_s: float) -> float:
        """How long until there is room again; 0 while there is some."""
        if self.room(now_s):
            return 0.0
        return self._sent[-EVERYTHING_A_SECOND][0] + _SECOND_S - now_s

    def _forget(self, now_s: float) -> None:
        while self._sent and self._sent[0][0] <= now_s - WINDOW_S:
            self._sent.popleft()
        self._told_to_wait = {one: until for one, until in self._told_to_wait.items() if until > now_s}
