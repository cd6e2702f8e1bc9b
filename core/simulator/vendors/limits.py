"""Counts requests as vendors do: so many in a span of time, and a lockout for whoever asks for more."""

from collections import deque
from collections.abc import Callable
from typing import TypeAlias

from aiohttp import web

from core.simulator.vendors.desk import Answer

Refusal: TypeAlias = Callable[[float], web.Response]


class Window:
    """At most `most` requests in any `span_ms`. All callers share one address, so one limit.

    lockout_ms: after one request too many everything is refused for so long; 0 refuses only what is too much.
    """

    def __init__(self, most: int, span_ms: int, *, lockout_ms: int = 0) -> None:
        self._span_ms = span_ms
        self._lockout_ms = lockout_ms
        self._locked_until_ms = 0
        self._recent: deque[int] = deque(maxlen=most)

    @property
    def left(self) -> int:
        """How many requests the last answer left in the window."""
        return (self._recent.maxlen or 0) - len(self._recent)

    def wait_ms(self, now_ms: int) -> int:
        """Count a request: 0 when it is admitted, else how long to wait. Refused ones do not count."""
        while self._recent and self._recent[0] <= now_ms - self._span_ms:
            self._recent.popleft()
        if now_ms < self._locked_until_ms:
            return self._locked_until_ms - now_ms
        if len(self._recent) == self._recent.maxlen:
            self._locked_until_ms = now_ms + self._lockout_ms
            return self._lockout_ms or self._recent[0] + self._span_ms - now_ms
        self._recent.append(now_ms)
        return 0


def limited(answer: Answer, window: Window | None, now_ms: Callable[[], int], refuse: Refusal) -> Answer:
    """The answer, or the vendor's 429 when the window is full. No window: no limit."""

    def handle(request: web.Request) -> web.Response:
        wait_ms = 0 if window is None else window.wait_ms(now_ms())
        return refuse(wait_ms / 1000) if wait_ms else answer(request)

    return handle
