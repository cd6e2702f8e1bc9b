"""Limits that no header announces and that answer with a code of their own: 20028, 30046 and 40003."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Final

from .errors import Code, ThrottledError
from .limits import CHANNEL_WRITES, OLD_EDITS, PRIVATE_OPENINGS
from .ratelimits import Bucket

_BUCKETS_KEPT: Final = 5000


class Throttles:
    """How often a channel is written to, old messages are edited and private channels are opened.

    generosity multiplies the limits, as it does those of the buckets.
    """

    def __init__(self, now: Callable[[], datetime], generosity: int) -> None:
        self._now = now
        self._generosity = generosity
        self._buckets: OrderedDict[tuple[Code, int], Bucket] = OrderedDict()

    def written(self, channel_id: int, *, by_person: bool) -> None:
        """Somebody writes. Everybody counts, the bot alone is refused. Raises 20028."""
        wait_s = self._bucket(Code.CHANNEL_WRITES, channel_id, CHANNEL_WRITES).take(self._now())
        if wait_s and not by_person:
            raise ThrottledError(Code.CHANNEL_WRITES, wait_s)

    def old_edited(self, channel_id: int) -> None:
        """A message older than an hour is edited. Raises 30046."""
        self._take(Code.OLD_EDITS, channel_id, OLD_EDITS)

    def private_opened(self) -> None:
        """A private channel is opened that was not there. Raises 40003."""
        self._take(Code.OPENING_DMS_TOO_FAST, 0, PRIVATE_OPENINGS)

    def _take(self, code: Code, place: int, limit: tuple[int, float]) -> None:
        wait_s = self._bucket(code, place, limit).take(self._now())
        if wait_s:
            raise ThrottledError(code, wait_s)

    def _bucket(self, code: Code, place: int, limit: tuple[int, float]) -> Bucket:
        key = (code, place)
        if key not in self._buckets:
            self._buckets[key] = Bucket(limit[0] * self._generosity, limit[1])
            while len(self._buckets) > _BUCKETS_KEPT:
                self._buckets.popitem(last=False)
        return self._buckets[key]
