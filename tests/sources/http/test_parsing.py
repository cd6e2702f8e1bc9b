"""From bytes to typed values, and what goes wrong on the way."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import msgspec
import pytest

from core.domain.listings import SourceName
from core.errors import SourceChanged, SourceUnavailable
from core.sources.http import Fetched, address_of, decode, parsing, utc
from tests.sources.conftest import START


class Row(msgspec.Struct):
    price: Decimal


class Page(msgspec.Struct):
    rows: list[Row]


def fetched(body: bytes) -> Fetched:
    return Fetched(SourceName.ALT, body, START)


def test_a_number_keeps_the_digits_it_was_written_with() -> None:
    page = decode(fetched(b'{"rows": [{"price": 0.1}, {"price": "85.320"}], "more": null}'), Page)
    assert [str(row.price) for row in page.rows] == ["0.1", "85.320"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b'{"rows": [{"price": 1}, {"price": [1]}]}', "$.rows[1].price"),
        (b'{"rows": [{}]}', "$.rows[0]"),
        (b'{"rows": {}}', "$.rows"),
        (b"[]", "$"),
        (b"null", "$"),
        (b'{"rows": [], "deep": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "$"),
    ],
)
def test_another_shape_is_a_change_that_names_the_field(body: bytes, path: str) -> None:
    with pytest.raises(SourceChanged) as caught:
        decode(fetched(body), Page)
    assert caught.value.path == path


@pytest.mark.parametrize(
    "body", [b"", b'{"rows": [', b"Too Many Requests", b'{"rows": [{"price": "\xff"}]}', b'"\\ud800"']
)
def test_half_an_answer_is_no_answer(body: bytes) -> None:
    with pytest.raises(SourceUnavailable, match="not whole JSON"):
        decode(fetched(body), Page)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb"\u0000", " "),
        (rb"a\u0000\u0000b", "a  b"),
        (rb"\n\u0000\"", '\n "'),
        (rb"\\u0000", "\\u0000"),
        (rb"\\\u0000", "\\ "),
        (rb"\\\\u0000", "\\\\u0000"),
        (rb"u0000\u00001", "u0000 1"),
    ],
)
def test_a_nul_is_read_as_a_space_and_nothing_else_is(written: bytes, read: str) -> None:
    assert decode(fetched(b'["' + written + b'"]'), list[str]) == [read]


def test_a_nul_as_it_is_makes_no_whole_answer() -> None:
    with pytest.raises(SourceUnavailable):
        decode(fetched(b'["\x00"]'), list[str])


def test_a_value_that_makes_no_sense_is_a_change() -> None:
    with (
        pytest.raises(SourceChanged, match=r"alt: no price at \$\.price"),
        parsing(SourceName.ALT, "$.price"),
    ):
        raise ValueError("no price")
    with pytest.raises(SourceChanged), parsing(SourceName.ALT, "$.at"):
        utc(datetime.min.replace(tzinfo=timezone(timedelta(hours=23))))


def test_a_time_without_a_zone_is_in_utc() -> None:
    assert utc(datetime(2026, 1, 1, 12)) == datetime(2026, 1, 1, 12, tzinfo=UTC)  # noqa: DTZ001
    assert utc(datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=2)))).hour == 10


@pytest.mark.parametrize("text", [None, "", "a/b", "../x", "a b", "x" * 65, "ä", "a\n"])
def test_what_cannot_be_in_a_link_is_no_address(text: str | None) -> None:
    assert address_of(text) is None
