"""What people type into forms, as the numbers and words they mean."""

import re
from decimal import Decimal

from cogs.ui.text import code
from core.domain.money import USD_MICROS
from core.errors import InvalidInput

_WHOLE = re.compile(r"([0-9]{1,12})()")
_PERCENT = re.compile(r"([0-9]{1,12})(?:[.,]([0-9]{1,2}))? ?%?")
_DOLLARS = re.compile(
    r"(?:\$ ?)?([0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3}(?![0-9,])|[0-9]{1,3}(?: [0-9]{3}){1,3})"
    r"(?:[.,]([0-9]{1,2}))?(?: ?\$)?"
)
"""A comma before three digits parts thousands, before one or two it is a point of half the world."""
_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))? ?(am|pm)?")
_NOON = 12


def percent(text: str, name: str) -> int:
    """`30`, `12.5 %` or `12,5%` in basis points. Raises InvalidInput."""
    return int(_number(_PERCENT, text, name, "a percentage such as 30 or 12.5") * 100)


def dollars(text: str, name: str) -> int:
    """`$1,234.50` or `2,50` in millionths of a dollar. Raises InvalidInput."""
    return int(_number(_DOLLARS, text, name, "dollars such as 25 or 1,250.50") * USD_MICROS)


def whole(text: str, name: str) -> int:
    """Raises InvalidInput."""
    return int(_number(_WHOLE, text, name, "a whole number"))


def minute(text: str, name: str) -> int:
    """`22:00`, `7` or `10:30 pm` as a minute of the day. Raises InvalidInput."""
    match = _CLOCK.fullmatch(text.strip().casefold())
    hour, minutes = (int(match[1]), int(match[2] or 0)) if match else (99, 0)
    if match and match[3]:
        hour = hour % _NOON + (_NOON if match[3] == "pm" else 0) if 1 <= hour <= _NOON else 99
    if not (0 <= hour <= 23 and 0 <= minutes <= 59):
        raise InvalidInput(_unread(text, name, "a time such as 22:00 or 7 am"))
    return hour * 60 + minutes


def words(text: str) -> tuple[str, ...]:
    """What stands between line breaks and commas."""
    found = (" ".join(part.split()) for part in re.split(r"[\n,]", text))
    return tuple(word for word in found if word)


def _number(written: re.Pattern[str], text: str, name: str, wanted: str) -> Decimal:
    match = written.fullmatch(" ".join(text.split()))
    if match is None:
        raise InvalidInput(_unread(text, name, wanted))
    return Decimal(f"{re.sub('[ ,]', '', match[1])}.{match[2] or 0}")


def _unread(text: str, name: str, wanted: str) -> str:
    return f"{name}: {code(text, 40)} is not {wanted}. Nothing was changed."
