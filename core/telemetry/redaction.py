"""Takes secrets out of what is about to be shown: the configured ones, and whatever looks like one."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import TypeVar
from urllib.parse import quote, quote_plus

T = TypeVar("T")
Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]
"""What a log line may hold once nothing in it can render itself any more."""

HIDDEN = "[redacted]"
SECRET_CHARACTERS_MIN = 4
"""Shorter texts appear in too many words to be taken out of them."""
TEXT_CHARACTERS_MAX = 20_000
ITEMS_MAX = 100
DEPTH_MAX = 6

# A token by itself is a thing one can buy, so only a token *of* something is a secret.
_NAMES = (
    r"(?:access|refresh|id|auth|bot|discord|operator|interaction|session)[_-]?token|secret|passwd|password"
    r"|authorization|api[_-]?key|cookie"
)
_SENSITIVE_KEY = re.compile(rf"(?:^|[_.-])(?:{_NAMES})(?:$|[_.-])", re.IGNORECASE)
_PARAMETERS = rf"{_NAMES}|key|t|token|sig|signature|code"
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    # The password of a database may hold slashes, so all up to the last @ goes.
    (re.compile(r"(\bpostgres(?:ql)?(?:\+\w{1,20})?://)[^\s\"']+@", re.IGNORECASE), rf"\1{HIDDEN}@"),
    (re.compile(r"(\b[a-z][a-z\d+.-]{0,20}://)[^\s/?#@\"']+@", re.IGNORECASE), rf"\1{HIDDEN}@"),
    # name=value, name: value, "name": "value", Name: Bearer value
    (
        re.compile(
            rf"\b([\w-]{{0,30}}(?:{_NAMES})[\"']?\s*[:=]\s*[\"']?)(?:(?:Bearer|Bot|Basic)\s+)?[^\s\"',;&)\]}}]+",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    # A word of letters alone is prose ("Bot disconnected unexpectedly").
    (re.compile(r"\b(Bearer|Bot|Basic)\s+(?=[A-Za-z]*[\d._~+/=-])[\w.~+/=-]{12,}"), rf"\1 {HIDDEN}"),
    (re.compile(rf"([?&;](?:{_PARAMETERS})=)[^&\s\"'<>#;]+", re.IGNORECASE), rf"\1{HIDDEN}"),
    (re.compile(r"(/(?:webhooks|interactions)/\d+/)[\w.%-]{16,}"), rf"\1{HIDDEN}"),
    (re.compile(r"\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"), HIDDEN),
)
# A line of ours is one line: text from outside may not begin another, nor steer the terminal.
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if code not in b"\t\n"}


class Redactor:
    """Knows this program's secrets; `text` and `plain` return what may be shown."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {
            form for secret in secrets if len(secret) >= SECRET_CHARACTERS_MIN for form in _forms(secret)
        }
        longest_first = sorted(forms, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def text(self, text: str) -> str:
        """One line without secrets, without control characters, and of bounded length."""
        return self.lines(text).replace("\n", "\\n")

    def lines(self, text: str) -> str:
        """The same of a text that has lines of its own, such as a traceback."""
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        for shape, replacement in _SHAPES:
            text = shape.sub(replacement, text)
        return text[:TEXT_CHARACTERS_MAX].translate(_CONTROLS)

    def plain(self, value: object, *, depth: int = DEPTH_MAX) -> Plain:
        """The value made of plain parts only, every text in it redacted."""
        if value is None or isinstance(value, bool | float):
            return value
        if isinstance(value, int):
            return int(value)
        if isinstance(value, str):
            return self.text(str(value))
        if isinstance(value, datetime):
            return value.isoformat()
        if depth and isinstance(value, Mapping):
            return {
                self.text(str(key)): self._field(str(key), item, depth) for key, item in _first(value.items())
            }
        if depth and isinstance(value, list | tuple | set | frozenset):
            return [self.plain(item, depth=depth - 1) for item in _first(value)]
        return self.text(repr(value))

    def _field(self, key: str, value: object, depth: int) -> Plain:
        if value is not None and _SENSITIVE_KEY.search(key):
            return HIDDEN
        return self.plain(value, depth=depth - 1)


def _forms(secret: str) -> set[str]:
    """The secret as it is, and as it looks within an address, a repr or JSON."""
    return {secret, quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1], json.dumps(secret)[1:-1]}


def _first(items: Iterable[T]) -> list[T]:
    return list(islice(items, ITEMS_MAX))
