"""Rates, candles and the chain."""

from datetime import timedelta

from core.domain.prices import Candle
from core.domain.rates import RATE_MAX
from core.domain.wallets import Holding, HoldingPage
from core.sources import coinbase, coingecko, helius, jupiter, pyth, solana
from tests.sources.parsers.parser import Parser, assert_sound
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


def check(result: object) -> None:
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
