"""A line of a history is understood exactly as it is documented, or refused with its reason."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from core.domain.history import (
    LINE_BYTES_MAX,
    RECENT,
    Event,
    Header,
    KindLine,
    Line,
    LineError,
    TokenLine,
    read_line,
)
from core.domain.history_file import HistoryFile, check_header
from core.domain.stays import Stay, Stays
from core.errors import StartError
from core.services.history import FAULTS_MAX
from core.services.past import RATE_HOLDS
from tests.docs import markdown

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DOCUMENT = (Path(__file__).parents[2] / "docs" / "history.md").read_text(encoding="utf-8")
EXAMPLES = {
    title: body.encode().splitlines()
    for title, text in markdown.sections(DOCUMENT, 2)
    for body in markdown.BLOCK.findall(text)
}
[HEADER] = EXAMPLES["header"]
BODY = [line for title, lines in EXAMPLES.items() if title != "header" for line in lines]


def altered(type_: str, **fields: object) -> bytes:
    """The documented line with other fields; None takes one away."""
    row = msgspec.json.decode(EXAMPLES[type_][0]) | fields
    return msgspec.json.encode({name: value for name, value in row.items() if value is not None})


def read_all(*lines: bytes) -> list[Line]:
    file = HistoryFile()
    return [file.read(line, NOW) for line in lines]


def test_every_example_of_the_document_is_read_in_its_order() -> None:
    check_header(HEADER, "demo", NOW)
    lines = read_all(*BODY)
    told = {line.__struct_config__.tag for line in [*lines, read_line(HEADER, NOW)]}
    assert told == set(EXAMPLES) == {kind.__struct_config__.tag for kind in Line.__args__}


def test_the_document_names_every_field_and_every_limit() -> None:
    shown = {name: set(msgspec.json.decode(lines[-1])) for name, lines in EXAMPLES.items()}
    for kind in (Header, KindLine, TokenLine, *Event.__args__):
        fields = set(kind.__struct_fields__) - {"known_at"}
        assert shown[str(kind.__struct_config__.tag)] == {"type", *fields}
    for limit in (f"{LINE_BYTES_MAX} bytes", f"after {FAULTS_MAX} of them", "no older than 24"):
        assert limit in markdown.one_line(DOCUMENT)
    assert (RATE_HOLDS.total_seconds(), RECENT.total_seconds()) == (24 * 3600, 3600)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "truncated"),
        (b"null", "Expected `object`"),
        (b"[" * 5000, "Expected `object`"),
        (b'{"type":"sale","house":' + b"[" * 5000, "missing|nested|recursion|Expected"),
        (b'{"type":"gift"}', "Invalid value"),
        (b"x" * (LINE_BYTES_MAX + 1), "longer than"),
        (b'{"type":"rate","pair":"\xff"}', "utf-8|UTF-8"),
        (altered("sale", usd_micros=0), ">= 1"),
        (altered("sale", usd_micros=-5), ">= 1"),
        (altered("sale", usd_micros=True), "got `bool`"),
        (altered("sale", usd_micros="840"), "got `str`"),
        (altered("sale", usd_micros=840.5), "got `float`"),
        (altered("sale", usd_micros=10**16), "<= 1000000000000000"),
        (altered("sale", usd_micros=10**30), "int|number"),
        (altered("sale", usd_micros=840000000).replace(b"840000000", b"1e999"), "out of range"),
        (altered("sale", usd_micros=840000000).replace(b"840000000", b"NaN"), "malformed"),
        (altered("sale", house="a\x00b"), "matching regex"),
        (altered("sale", house="eBay\n"), "matching regex"),
        (altered("sale", house="eBay").replace(b"eBay", rb"\ud800xxxxxx"), "surrogate"),
        (altered("sale", id="x" * 121), "length <= 120"),
        (altered("sale", at="2026-03-01T12:00:01Z"), "at lies in the future"),
        (altered("sale", at="9999-12-31T23:59:59-14:00"), "at lies in the future"),
        (altered("sale", at="0001-01-01T00:00:00+14:00"), "at lies before 1990"),
        (altered("sale", at="2026-02-02T09:30:00"), "timezone"),
        (altered("sale", at=1767225600), "got `int`"),
        (altered("sale", known_at="2026-02-02T09:29:59Z"), "known_at is before at"),
        (altered("sale", known_at="2027-01-01T00:00:00Z"), "known_at lies in the future"),
        (altered("token", mint="0OIl" * 10), "matching regex"),
        (altered("token", since="2027-01-01T00:00:00Z"), "since lies in the future"),
        (altered("kind", grader="XYZ"), "Invalid enum value"),
        (altered("kind", grade_tenths=101), "<= 100"),
        (altered("listing", unit="eur_micros"), "Invalid enum value"),
        (altered("listing", unit="usd_micros", amount=10**16), "more than a billion"),
        (altered("listing", state="gone"), "Invalid enum value"),
        (altered("listing", seller=None), "missing required field"),
        (altered("rate", pair="SOL/USD\n"), "matching regex"),
        (altered("rate", pair="SOL/EUR"), "matching regex"),
        (altered("valuation", low_usd_micros=870000000), "between its low and its high"),
    ],
)
def test_what_is_not_believed_is_refused_with_its_reason(line: bytes, reason: str) -> None:
    with pytest.raises(LineError, match=reason):
        read_line(line, NOW)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([HEADER], "only in the first line"),
        (EXAMPLES["token"], "kind 1 is not named above"),
        (EXAMPLES["sale"], "kind 1 is not named above"),
        (EXAMPLES["listing"], "is not named above"),
        (EXAMPLES["kind"] * 2, "kind 1 is named twice"),
        ([*EXAMPLES["kind"], *EXAMPLES["token"] * 2], "is named twice"),
        ([*EXAMPLES["kind"], *EXAMPLES["sale"], *EXAMPLES["rate"]], "before the line above it"),
    ],
)
def test_a_line_out_of_its_place_is_refused(lines: list[bytes], reason: str) -> None:
    with pytest.raises(LineError, match=reason):
        read_all(*lines)


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (b"", "The file is no history"),
        (EXAMPLES["rate"][0], "its first line is no header"),
        (altered("header", version=2), "reads version 1"),
        (altered("header", world="real"), "'real' market, and this database holds a demo one"),
        (altered("header", world="x" * 5000), "'xxxxxxxxxxxxxxxxxxxx' market"),
    ],
)
def test_a_file_that_is_not_of_this_world_is_not_begun(first: bytes, reason: str) -> None:
    with pytest.raises(StartError, match=reason):
        check_header(first, "demo", NOW)


def stays_of(*events: tuple[str, int]) -> tuple[list[Stay], int]:
    """The stays that (state, amount) of one listing, an hour apart, make; and how many are still open."""
    stays, ended = Stays(), []
    for hour, (state, amount) in enumerate(events):
        line = read_line(
            altered("listing", state=state, amount=amount, at=f"2026-02-01T{hour:02}:00:00Z"), NOW
        )
        stay = stays.take(line)  # type: ignore[arg-type]  # altered from a listing line
        ended += [] if stay is None else [stay]
    return ended, len(stays)


def test_a_stay_has_a_price_for_each_change_and_ends_once() -> None:
    [first, second], still_open = stays_of(
        ("listed", 5),
        ("listed", 5),
        ("listed", 4),
        ("sold", 4),
        ("listed", 9),
        ("delisted", 9),
        ("listed", 8),
    )
    assert [ask.amount for ask in first.asks] == [5, 4]
    assert (first.end.state, second.end.state, still_open) == ("sold", "delisted", 1)


def test_a_sale_without_a_listing_is_a_stay_without_asks() -> None:
    assert [(stay.asks, stay.end.amount) for stay in stays_of(("sold", 4))[0]] == [((), 4)]
