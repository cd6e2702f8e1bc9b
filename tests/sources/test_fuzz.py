"""Mutated answers: only SourceError escapes, and nothing unsound comes out."""

from collections.abc import Callable
from copy import deepcopy

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.listings import SourceName
from core.errors import SourceError
from core.sources.http import Fetched
from tests.sources.conftest import START
from tests.sources.parsers.every import CHECKED, PARSERS
from tests.sources.parsers.parser import Parser, places
from tests.sources.payloads import Json

pytestmark = pytest.mark.slow

Check = Callable[[object], None]
EVERY_PARSER = pytest.mark.parametrize(("parser", "check"), CHECKED, ids=map(str, PARSERS))
FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)

ODD_TEXTS = st.sampled_from(
    ["", "NaN", "sNaN", "-Infinity", "1e999999", "-1", "1e-999999999", "0", "PSA 10", "\x00", "9" * 5000,
     "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-10-01T10:00:00", "٣", "\U0001f525"]
)  # fmt: skip
ODD_NUMBERS = st.sampled_from([0, -1, 1e308, -1e-308, 10**40, -(10**40), 2**63, 253402300800, 0.1 + 0.2])
ODD = st.one_of(
    ODD_TEXTS,
    ODD_NUMBERS,
    st.none(),
    st.booleans(),
    st.text(max_size=20).filter(lambda text: text.isprintable()),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(),
    st.just([]),
    st.just({}),
)


@st.composite
def mutations(draw: st.DrawFn, answer: Json) -> bytes:
    """The answer with a few things put in the place of others, or taken away."""
    mutated = deepcopy(answer)
    for _ in range(draw(st.integers(1, 3))):
        here = places(mutated)
        if not here:
            break
        container, key = here[draw(st.integers(0, len(here) - 1))]
        if draw(st.booleans()):
            container[key] = draw(ODD)
        else:
            del container[key]
    return msgspec.json.encode(mutated)


def try_parse(parser: Parser, check: Check, body: bytes) -> None:
    try:
        result = parser.parse(Fetched(SourceName.ALT, body, START))
    except SourceError:
        return
    check(result)


@EVERY_PARSER
def test_the_answer_itself_is_understood(parser: Parser, check: Check) -> None:
    result = parser.parse(Fetched(SourceName.ALT, msgspec.json.encode(parser.answer), START))
    assert result
    check(result)


@EVERY_PARSER
@FUZZ
@given(choice=st.data())
def test_a_mutated_answer_is_a_sound_value_or_a_source_error(
    parser: Parser, check: Check, choice: st.DataObject
) -> None:
    try_parse(parser, check, choice.draw(mutations(parser.answer)))


@EVERY_PARSER
@FUZZ
@given(choice=st.data())
def test_a_spoiled_answer_is_a_sound_value_or_a_source_error(
    parser: Parser, check: Check, choice: st.DataObject
) -> None:
    body = bytearray(msgspec.json.encode(parser.answer))
    at = choice.draw(st.integers(0, len(body) - 1))
    body[at : at + choice.draw(st.integers(0, 9))] = choice.draw(st.binary(max_size=4))
    try_parse(parser, check, bytes(body))
