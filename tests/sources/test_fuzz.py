"""Mutated answers: only SourceError escapes a parser, and no price that is not one gets through."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.listings import SourceName
from core.domain.money import AMOUNT_MAX, Amount
from core.domain.prices import Rate
from core.domain.rates import RATE_MAX
from core.domain.valuation import Evidence
from core.errors import SourceError
from core.sources import alt, coingecko, collectorcrypt, magiceden
from core.sources.base import LiveListing, Page
from core.sources.http import Fetched
from tests.sources.conftest import START
from tests.sources.payloads import (
    MINT,
    SELLER,
    Json,
    alt_asset,
    alt_cert,
    cc_card,
    cc_market,
    cc_page,
    cc_row,
    cc_sale,
    me_activity,
    me_listing,
    me_token,
    sol_price,
    spl,
)
from tests.sources.questions.marketplaces import SLAB

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Parser:
    """One parse_* with an answer it understands."""

    name: str
    parse: Callable[[Fetched], object]
    answer: Json

    def __str__(self) -> str:
        return self.name


PARSERS = (
    Parser("cc listings", lambda f: collectorcrypt.parse_listings(f)[0], cc_page(cc_row(), cc_row())),
    Parser("cc live", lambda f: collectorcrypt.parse_live(f, MINT), cc_market()),
    Parser("cc ending", lambda f: collectorcrypt.parse_ending(f, MINT, SELLER, START), [cc_sale()]),
    Parser("cc slab", lambda f: collectorcrypt.parse_slab(f, MINT), cc_card()),
    Parser("me activities", magiceden.parse_activities, [me_activity(), me_activity(priceInfo=spl("1"))]),
    Parser("me live", lambda f: magiceden.parse_live(f, MINT), [me_listing()]),
    Parser("me ending", lambda f: magiceden.parse_ending(f, MINT, SELLER, START), [me_activity("buyNow")]),
    Parser("me slab", magiceden.parse_slab, me_token()),
    Parser("alt asset id", lambda f: alt.parse_asset_id(f, SLAB), alt_cert()),
    Parser("alt value", lambda f: alt.parse_value(f, SLAB), alt_asset()),
    Parser("coingecko", lambda f: coingecko.parse_rate(f, "SOL/USD", "solana"), sol_price()),
)
EVERY_PARSER = pytest.mark.parametrize("parser", PARSERS, ids=str)
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


def places(value: Json) -> list[tuple[Json, str | int]]:
    """Everywhere something stands, as (container, key)."""
    pairs = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    below = [place for _, item in pairs if isinstance(item, dict | list) for place in places(item)]
    return [(value, key) for key, _ in pairs] + below


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


def assert_sound(result: object) -> None:
    """No amount in it is negative, not finite or too large to be kept."""
    if isinstance(result, Page):
        amounts = [amount for report in result.reports for amount in (report.ask, report.paid)]
        assert all(amount is None or is_sound(amount) for amount in amounts)
        assert all(len(report.event_id) <= 200 for report in result.reports)
    if isinstance(result, LiveListing):
        assert is_sound(result.ask)
    if isinstance(result, Rate):
        assert result.usd.is_finite()
        assert 0 < result.usd < RATE_MAX
        assert result.at <= START
    if isinstance(result, Evidence):
        assert 0 <= result.value_usd_micros <= AMOUNT_MAX
        assert 0 <= result.confidence <= 100
        bounds = (result.low_usd_micros, result.high_usd_micros)
        assert all(bound is None or 0 <= bound <= AMOUNT_MAX for bound in bounds)


def is_sound(amount: Amount) -> bool:
    return 0 < amount.value <= AMOUNT_MAX


def try_parse(parser: Parser, body: bytes) -> None:
    try:
        result = parser.parse(Fetched(SourceName.ALT, body, START))
    except SourceError:
        return
    assert_sound(result)


@EVERY_PARSER
def test_the_answer_itself_is_understood(parser: Parser) -> None:
    assert_sound(parser.parse(Fetched(SourceName.ALT, msgspec.json.encode(parser.answer), START)))


@EVERY_PARSER
@FUZZ
@given(choice=st.data())
def test_a_mutated_answer_is_a_sound_value_or_a_source_error(parser: Parser, choice: st.DataObject) -> None:
    try_parse(parser, choice.draw(mutations(parser.answer)))


@EVERY_PARSER
@FUZZ
@given(choice=st.data())
def test_a_spoiled_answer_is_a_sound_value_or_a_source_error(parser: Parser, choice: st.DataObject) -> None:
    body = bytearray(msgspec.json.encode(parser.answer))
    at = choice.draw(st.integers(0, len(body) - 1))
    body[at : at + choice.draw(st.integers(0, 9))] = choice.draw(st.binary(max_size=4))
    try_parse(parser, bytes(body))
