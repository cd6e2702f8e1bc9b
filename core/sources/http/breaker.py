"""A vendor's circuit breaker: after five failures in a row it is left alone, then tried once a minute."""

from datetime import datetime

import structlog

from core.clock import Clock
from core.domain.listings import SourceName
from core.errors import SourceUnavailable
from core.sources.base import Breaker, VendorMemory

FAILURES_MAX = 5
OPEN_S = 60.0

log = structlog.get_logger(__name__)


class CircuitBreaker:
    """Logs one line when the vendor goes down and one when it is back; tells the memory the same."""

    def __init__(self, source: SourceName, *, clock: Clock, memory: VendorMemory | None = None) -> None:
        self._source = source
        self._clock = clock
        self._memory = memory
        self._failures = 0
        self._reason = ""
        self._since: datetime | None = None
        self._probe_at = 0.0

    @property
    def is_open(self) -> bool:
        return self._since is not None

    def admit(self) -> None:
        """Let a call through: any while closed, one a minute while open. Raises SourceUnavailable.

        A probe that never reports back (cancelled, told "later") needs no clearing up: the next one
        goes a minute after it.
        """
        if self._since is None:
            return
        if self._clock.monotonic() < self._probe_at:
            raise SourceUnavailable(self._source, f"down since {self._since:%H:%M:%S} UTC ({self._reason})")
        self._probe_at = self._clock.monotonic() + OPEN_S

    def failed(self, reason: str) -> None:
        self._failures += 1
        self._reason = reason
        if self._since is None and self._failures >= FAILURES_MAX:
            self._since = self._clock.now()
            self._probe_at = self._clock.monotonic() + OPEN_S
            log.warning("source down", source=self._source, reason=reason)
            self._tell()

    def answered(self) -> None:
        self._failures = 0
        since, self._since = self._since, None
        if since is not None:
            down_s = round((self._clock.now() - since).total_seconds())
            log.info("source up", source=self._source, down_s=down_s)
            self._tell()

    def _tell(self) -> None:
        if self._memory is not None:
            state = Breaker(self.is_open, self._failures, self._since, self._reason if self.is_open else "")
            self._memory.record(self._source, state, at=self._clock.now())
