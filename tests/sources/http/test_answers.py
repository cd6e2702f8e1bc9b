"""Waits, ages and lifetimes that vendors write into headers and bodies."""

import pytest

from core.domain.listings import SourceName
from core.sources.http.answers import age_s, kept_s, later_s
from core.sources.http.transport import Answer
from tests.sources.conftest import START


def limited(header: str | None = None, body: bytes = b"", status: int = 429) -> float | None:
    return later_s(Answer(status, {"Retry-After": header} if header else {}, body, START), START)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("0", 0),
        ("7", 7),
        (" 2.5 ", 2.5),
        ("86400", 3600),
        ("-5", 60),
        ("soon", 60),
        ("1e999", 60),
        ("Thu, 01 Oct 2026 12:01:30 GMT", 90),
        ("Thu, 01 Oct 2026 12:01:30 -0000", 90),
        ("Thu, 01 Oct 2026 11:00:00 GMT", 0),
        ("Thu, 99 Oct 2026 11:00:00 GMT", 60),
    ],
)
def test_a_header_says_how_long_to_wait(header: str, expected: float) -> None:
    assert limited(header) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"statusCode": 429, "retryAfter": 12}', 12),
        (b'{"retryAfter": 1e9}', 3600),
        (b'{"retryAfter": -3}', 0),
        (b'{"retryAfter": "12"}', 60),
        (b'{"status": {"error_code": 429}}', 60),
        (b"[1]", 60),
        (b"Too Many Requests", 60),
        (b"[" * 100_000, 60),
        (b"\xff", 60),
        (b"", 60),
    ],
)
def test_a_body_may_say_it_too(body: bytes, expected: float) -> None:
    assert limited(body=body) == expected


@pytest.mark.parametrize(
    ("reset", "expected"),
    [
        ("30", 30),
        (str(START.timestamp() + 45), 45),
        (f"{START.timestamp() - 5:.0f}", 0),
        ("never", 60),
        ("", 60),
    ],
)
def test_a_header_may_tell_when_the_vendor_counts_anew(reset: str, expected: float) -> None:
    assert later_s(Answer(429, {"x-ratelimit-reset": reset}, b"", START), START) == expected
    told = {"x-ratelimit-reset": reset, "Retry-After": "7"}
    assert later_s(Answer(429, told, b"", START), START) == 7


def test_only_an_overloaded_or_broken_vendor_asks_for_a_wait() -> None:
    assert limited("5", status=503) == 5
    assert limited(status=503) is None
    assert limited("5", status=404) is None


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 0),
        ({"Cache-Control": "public, s-maxage=60, max-age=30"}, 30),
        ({"Cache-Control": "s-maxage=60"}, 0),
        ({"Cache-Control": 'Max-Age="30"', "Age": "10"}, 20),
        ({"Cache-Control": "max-age=30", "Age": "40"}, 0),
        ({"Cache-Control": "max-age=30, no-store"}, 0),
        ({"Cache-Control": "no-cache,max-age=30"}, 0),
        ({"Cache-Control": "max-age=-1"}, 0),
        ({"Cache-Control": "max-age=999999999"}, 3600),
    ],
)
def test_a_vendor_says_how_long_an_answer_may_be_kept(headers: dict[str, str], expected: int) -> None:
    assert kept_s(headers) == expected


@pytest.mark.parametrize(("age", "expected"), [("7", 7), ("", 0), ("-7", 0), ("x", 0), ("999999999", 86_400)])
def test_an_age_is_a_number_of_seconds(age: str, expected: int) -> None:
    assert age_s({"Age": age}) == expected


def test_every_source_has_a_name_of_its_own() -> None:
    assert len(set(SourceName)) == len(SourceName)
