"""Mutated answers about rates and the chain: only SourceError escapes a parser, and nothing unsound."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.listings import SourceName
from core.domain.prices import Candle
from core.domain.rates import RATE_MAX
from core.domain.wallets import Holding, HoldingPage
from core.errors import SourceError
from core.sources import coinbase, coingecko, helius, jupiter, pyth, solana
from core.sources.http import Fetched
from tests.sources.conftest import START
from tests.sources.payloads import MINT, SELLER
from tests.sources.payloads_rates import (
    CORE,
    SOL,
    account_info,
    candle_rows,
    coinbase_spot,
    das_asset,
    das_page,
    jupiter_price,
    largest_accounts,
    pyth_price,
    rpc,
    token_account,
    token_accounts,
)
from tests.sources.test_fuzz import FUZZ, Parser, assert_sound, mutations

pytestmark = pytest.mark.slow

PAIR, HALF_HOUR = "SOL/USD", timedelta(minutes=30)
PARSERS = (
    Parser("coinbase", lambda f: coinbase.parse_rate(f, PAIR), coinbase_spot()),
    Parser("jupiter", lambda f: jupiter.parse_rate(f, PAIR, SOL), jupiter_price()),
    Parser("pyth", lambda f: pyth.parse_rate(f, PAIR, pyth.FEEDS[PAIR]), pyth_price()),
    Parser("candles", lambda f: coingecko.parse_candles(f, PAIR, HALF_HOUR), candle_rows()),
    Parser("helius holdings", lambda f: helius.parse_holdings(f, SELLER, CORE)[0], das_page(das_asset())),
    Parser("helius owner", lambda f: helius.parse_owner(f, MINT), rpc(das_asset())),
    Parser("solana", lambda f: solana.parse_holdings(f, SELLER), token_accounts(token_account())),
    Parser("solana account", solana.parse_account, largest_accounts()),
    Parser("solana owner", lambda f: solana.parse_owner(f, MINT), account_info(token_account()["account"])),
)
EVERY_PARSER = pytest.mark.parametrize("parser", PARSERS, ids=str)


def try_parse(parser: Parser, body: bytes) -> None:
    try:
        result = parser.parse(Fetched(SourceName.HELIUS, body, START))
    except SourceError:
        return
    assert_sound(result)
    for part in result if isinstance(result, tuple) else [result]:
        assert_part_is_sound(part)


def assert_part_is_sound(part: object) -> None:
    """A candle holds together; a holding is a token that can be named in a link."""
    if isinstance(part, Candle):
        assert 0 < part.low <= min(part.open, part.close)
        assert max(part.open, part.close) <= part.high < RATE_MAX
    if isinstance(part, Holding):
        assert part.mint.isalnum()
        assert len(part.title) <= 300
    if isinstance(part, HoldingPage):
        for holding in part.holdings:
            assert_part_is_sound(holding)


@EVERY_PARSER
def test_the_answer_itself_is_understood(parser: Parser) -> None:
    assert parser.parse(Fetched(SourceName.HELIUS, msgspec.json.encode(parser.answer), START))


@EVERY_PARSER
@FUZZ
@given(choice=st.data())
def test_a_mutated_answer_is_sound_or_a_source_error(parser: Parser, choice: st.DataObject) -> None:
    try_parse(parser, choice.draw(mutations(parser.answer)))


@EVERY_PARSER
@FUZZ
@given(choice=st.data())
def test_a_spoiled_answer_is_sound_or_a_source_error(parser: Parser, choice: st.DataObject) -> None:
    body = bytearray(msgspec.json.encode(parser.answer))
    at = choice.draw(st.integers(0, len(body) - 1))
    body[at : at + choice.draw(st.integers(0, 9))] = choice.draw(st.binary(max_size=4))
    try_parse(parser, bytes(body))
