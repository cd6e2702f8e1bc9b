"""Every place of every answer holds every odd value once: an error of ours, or a result that is sound."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from core.domain.listings import SourceName
from core.domain.money import AMOUNT_MAX, Amount
from core.errors import SourceError
from core.sources.http import Fetched
from tests.sources.conftest import START
from tests.sources.parsers.every import PARSERS
from tests.sources.parsers.parser import Parser, places
from tests.sources.payloads import Json

pytestmark = pytest.mark.slow

ODD: tuple[Json, ...] = (
    None,
    True,
    "",
    " ",
    [],
    {},
    0,
    -1,
    1.5,
    2**63,
    10**30,
    -0.0,
    1e-30,
    "-0",
    "0.00",
    "-1",
    "NaN",
    "-Infinity",
    "1e999",
    "1e-999",
    "1,234.56",
    "1.234,56",
    "$5",
    "0x10",
    "javascript:alert(1)",
    "../../etc",
    "2026-10-01",
    "9999-12-31T23:59:59-23:59",
    "text\n\r\t\x00\x1b[31m\x85 with control characters",
    "9" * 400,
)
LENGTH_MAX = 2000


def parts_of(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    """The value and whatever it holds, each with the name of its field."""
    yield name, value
    if isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from parts_of(getattr(value, field), field)
    elif isinstance(value, tuple | list | set | frozenset):
        for item in value:
            yield from parts_of(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from parts_of(item, str(key))


def is_sound(name: str, part: object) -> bool:
    """Money is positive and finite, times are in UTC, texts are one line, links lead into the web."""
    match part:
        case Amount(value=value):
            return 0 < value <= AMOUNT_MAX
        case Decimal():
            return part.is_finite() and part > 0
        case datetime():
            return part.utcoffset() == timedelta(0)
        case str():
            is_link = not name.endswith("url") or not part or part.startswith(("https://", "http://"))
            is_line = not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in part)
            return is_link and is_line and len(part) <= LENGTH_MAX
        case float():
            return False
    return True


def variants(answer: Json) -> Iterator[bytes]:
    for number in range(len(places(answer))):
        for odd in ODD:
            changed = deepcopy(answer)
            container, key = places(changed)[number]
            container[key] = odd
            yield msgspec.json.encode(changed)


@pytest.mark.parametrize("parser", PARSERS, ids=str)
def test_an_odd_value_makes_an_error_or_nothing_unsound(parser: Parser) -> None:
    for body in (msgspec.json.encode(parser.answer), *variants(parser.answer)):
        try:
            result = parser.parse(Fetched(SourceName.ALT, body, START))
        except SourceError:
            continue
        unsound = [(name, part) for name, part in parts_of(result) if not is_sound(name, part)]
        assert unsound == [], body
