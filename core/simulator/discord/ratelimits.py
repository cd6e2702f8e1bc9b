"""Rate limits: a bucket for each route and major parameter, and one for everything together."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from aiohttp import web

from .errors import REFUSALS, Code
from .wire import answer

_BUCKETS_KEPT: Final = 5000
_DEFAULT: Final = (50, 1.0)
_ROUTES: Final[dict[str, tuple[int, float]]] = {
    "POST /channels/{channel_id}/messages": (5, 5.0),
    "PATCH /channels/{channel_id}/messages/{message_id}": (5, 5.0),
    "DELETE /channels/{channel_id}/messages/{message_id}": (5, 1.0),
    "GET /channels/{channel_id}/messages": (5, 5.0),
    "POST /webhooks/{application_id}/{token}": (5, 2.0),
    "POST /users/@me/channels": (10, 10.0),
}
GLOBAL: Final = (50, 1.0)


@dataclass(slots=True)
class Bucket:
    """A window of requests. limit requests are allowed until ends_at; seconds is the length of a window."""

    limit: int
    seconds: float
    used: int = 0
    ends_at: datetime | None = None

    def take(self, now: datetime) -> float:
        """Use one. 0 when allowed, else the seconds until the next window."""
        if self.ends_at is None or now >= self.ends_at:
            self.used, self.ends_at = 0, now + timedelta(seconds=self.seconds)
        if self.used >= self.limit:
            return (self.ends_at - now).total_seconds()
        self.used += 1
        return 0.0


class RateLimits:
    """The buckets. generosity multiplies every limit: 1 is Discord's own strictness."""

    def __init__(self, now: Callable[[], datetime], generosity: int) -> None:
        self._now = now
        self._generosity = generosity
        self._buckets: OrderedDict[tuple[str, str], Bucket] = OrderedDict()
        self._global = Bucket(GLOBAL[0] * generosity, GLOBAL[1])

    def take(self, route: str, major: str, *, is_global: bool) -> tuple[Bucket, web.Response | None]:
        """Count a request. The response is the refusal, None when the request may go on.

        is_global: whether it also counts towards everything together.
        """
        now = self._now()
        bucket = self._bucket(route, major)
        wait_s = self._global.take(now) if is_global else 0.0
        if wait_s:
            return bucket, refusal(wait_s, is_global=True)
        wait_s = bucket.take(now)
        return bucket, refusal(wait_s) if wait_s else None

    def headers(self, route: str, bucket: Bucket) -> dict[str, str]:
        """What every limited answer says of its bucket."""
        now = self._now()
        ends_at = bucket.ends_at or now
        name = hashlib.sha256(route.encode()).hexdigest()[:32]
        return {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(bucket.limit - bucket.used),
            "X-RateLimit-Reset": f"{ends_at.timestamp():.3f}",
            "X-RateLimit-Reset-After": f"{max(0.0, (ends_at - now).total_seconds()):.3f}",
            "X-RateLimit-Bucket": name,
        }

    def _bucket(self, route: str, major: str) -> Bucket:
        key = (route, major)
        if key not in self._buckets:
            limit, seconds = _ROUTES.get(route, _DEFAULT)
            self._buckets[key] = Bucket(limit * self._generosity, seconds)
            while len(self._buckets) > _BUCKETS_KEPT:
                self._buckets.popitem(last=False)
        return self._buckets[key]


def refusal(seconds: float, *, is_global: bool = False, code: Code = Code.GENERAL) -> web.Response:
    """Discord's 429. A code other than 0 brings its own words; 20028 is shared by everybody in a channel."""
    body = {
        "message": REFUSALS[code][1] if code else "You are being rate limited.",
        "retry_after": round(seconds, 3),
        "global": is_global,
        "code": int(code),
    }
    scope = "shared" if code is Code.CHANNEL_WRITES else "user"
    headers = {
        "Retry-After": str(max(1, ceil(seconds))),
        "X-RateLimit-Scope": "global" if is_global else scope,
    }
    if is_global:
        headers["X-RateLimit-Global"] = "true"
    return answer(body, status=429, headers=headers)
