"""What a vendor's status and headers mean: an error of ours, how long to wait, how long it stays true.

| status | means |
|---|---|
| 401 402 403 407 451 | SourceRefused: never asked again by itself |
| 408 425 5xx, or a web page | SourceUnavailable: worth another try |
| 429 | SourceRateLimited |
| any other but 2xx | SourceChanged: the vendor no longer understands the question |
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import msgspec

from core.domain.listings import SourceName
from core.errors import SourceChanged, SourceError, SourceRateLimited, SourceRefused, SourceUnavailable
from core.sources.http.cache import Fetched
from core.sources.http.transport import Answer, Request

LATER_S_DEFAULT = 60.0
LATER_S_MAX = 3600.0
AGE_S_MAX = 86_400
MAX_AGE_S_MAX = 3600
EPOCH_S_MIN = 10**9
"""What is less is no moment but a number of seconds."""


class VendorHabits(msgspec.Struct, frozen=True):
    """How a vendor differs from the others.

    `lockout_s`: how long a 429 shuts us out that does not say so. `missing_says`: words, in whatever
    case, without which an answer of a `missing` status is no "not found". `hides_base`: the path of its
    address holds a key. `refuses_for_good`: who is refused once is not wanted, and asks no more.
    `failure_in`: finds the failure of the vendor that came as a success.
    """

    lockout_s: float = LATER_S_DEFAULT
    missing_says: str = ""
    hides_base: bool = False
    refuses_for_good: bool = False
    failure_in: Callable[[Fetched], SourceError | None] = lambda _: None


_REFUSED = frozenset({401, 402, 403, 407, 451})
_TEMPORARY = frozenset({408, 425})
_SECONDS = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,9})?")
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?([0-9]{1,9})")
_NOT_STORED = re.compile(r"(?:^|[\s,])no-store\b")
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{0,200}"')
_NOT_KEPT = re.compile(r"(?:^|[\s,])no-(?:store|cache)\b")


class _Hint(msgspec.Struct, rename="camel"):
    retry_after: float | None = None


def error_of(source: SourceName, request: Request, answer: Answer, later_s: float | None) -> SourceError:
    """The error an answer that is of no use stands for; `later_s` is the wait it asks for."""
    said = f"{request}: HTTP {answer.status}"
    if answer.status in _REFUSED:
        return SourceRefused(source, said, status=answer.status)
    if answer.status == 429:
        return SourceRateLimited(source, said, retry_after_s=later_s or LATER_S_DEFAULT)
    if answer.status >= 500 or answer.status in _TEMPORARY:
        return SourceUnavailable(source, said)
    if answer.is_web_page:
        return SourceUnavailable(source, f"{said}, a web page instead of data")
    return SourceChanged(source, f"HTTP {answer.status}", path=str(request))


def later_s(answer: Answer, now: datetime, *, lockout_s: float = LATER_S_DEFAULT) -> float | None:
    """The wait a 429 or 5xx asks for, in seconds; `lockout_s` for a 429 without a hint, None for the rest."""
    if answer.status != 429 and answer.status < 500:
        return None
    hint = _header_hint(answer.headers.get("Retry-After", ""), now)
    if hint is None:
        hint = _body_hint(answer.body)
    if hint is None:
        hint = _reset_hint(answer.headers.get("x-ratelimit-reset", ""), now)
    if hint is None:
        return lockout_s if answer.status == 429 else None
    return max(0.0, min(hint, LATER_S_MAX))


def age_s(headers: Mapping[str, str]) -> int:
    """How old the answer already was when a cache on the way handed it out."""
    text = headers.get("Age", "").strip()
    return min(int(float(text)), AGE_S_MAX) if _SECONDS.fullmatch(text) else 0


def kept_s(headers: Mapping[str, str]) -> int:
    """How long the vendor lets us keep the answer from now on."""
    said = headers.get("Cache-Control", "").lower()
    match = _MAX_AGE.search(said)
    if match is None or _NOT_KEPT.search(said):
        return 0
    return max(0, min(int(match[1]), MAX_AGE_S_MAX) - age_s(headers))


def etag_of(headers: Mapping[str, str]) -> str:
    """The name by which the vendor knows this answer again; empty when it has none, or none may be kept."""
    name = headers.get("ETag", "").strip()
    is_forbidden = _NOT_STORED.search(headers.get("Cache-Control", "").lower()) is not None
    return name if _ETAG.fullmatch(name) and not is_forbidden else ""


def dated(answer: Answer) -> datetime:
    """When what it says was true at the latest: asked for then, or kept on the way since."""
    return answer.asked_at - timedelta(seconds=age_s(answer.headers))


def _header_hint(text: str, now: datetime) -> float | None:
    text = text.strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()


def _reset_hint(text: str, now: datetime) -> float | None:
    """Some say in so many seconds, some at this second since 1970."""
    text = text.strip()
    if not _SECONDS.fullmatch(text):
        return None
    return float(text) - (now.timestamp() if float(text) >= EPOCH_S_MIN else 0)


def _body_hint(body: bytes) -> float | None:
    try:
        return msgspec.json.decode(body, type=_Hint).retry_after
    except (ValueError, RecursionError):
        return None
