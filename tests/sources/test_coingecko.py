"""CoinGecko: prices of coins, digit by digit."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.domain.listings import SourceName
from core.domain.prices import Rate
from core.errors import SourceChanged, SourceRateLimited
from core.sources.coingecko import CoinGecko, parse_rate
from core.sources.http import Fetched, SourceHttp
from tests.sources.conftest import START
from tests.sources.payloads import Json, fetched, sol_price
from tests.sources.server import ScriptedServer, data

NAME = SourceName.COINGECKO
PAIR, COIN = "SOL/USD", "solana"
UPDATED_AT = datetime(2026, 10, 1, 11, 59, tzinfo=UTC)


def rate_of(answer: Json) -> Rate | None:
    return parse_rate(fetched(NAME, answer), PAIR, COIN)


def test_a_price_becomes_a_rate_of_the_time_it_was_made() -> None:
    assert rate_of(sol_price()) == Rate(PAIR, Decimal("85.32"), NAME, UPDATED_AT)


@pytest.mark.parametrize("updated_at", [None, int(START.timestamp()) + 500])
def test_a_rate_is_never_newer_than_its_answer(updated_at: int | None) -> None:
    rate = rate_of(sol_price(last_updated_at=updated_at))
    assert rate is not None
    assert rate.at == START


@pytest.mark.parametrize("digits", ["0.1", "85.320000000000001", "1e-7", "123456.789012345678901234567890"])
def test_the_digits_are_the_vendors_own(digits: str) -> None:
    rate = parse_rate(Fetched(NAME, f'{{"solana": {{"usd": {digits}}}}}'.encode(), START), PAIR, COIN)
    assert rate is not None
    assert str(rate.usd).lower() in {digits, "1e-7"}


@pytest.mark.parametrize("answer", [{}, {"bitcoin": {"usd": 1}}, {"solana": {}}, sol_price(None)])
def test_a_coin_left_out_has_no_rate(answer: Json) -> None:
    assert rate_of(answer) is None


@pytest.mark.parametrize("usd", [0, -1, "NaN", "sNaN", "Infinity", "-Infinity", "abc", True, 1e30, [1]])
def test_what_is_no_rate_is_a_change(usd: Json) -> None:
    with pytest.raises(SourceChanged):
        rate_of(sol_price(usd))


@pytest.mark.parametrize("updated_at", [10**18, -(10**18), "now"])
def test_a_time_out_of_this_world_is_a_change(updated_at: Json) -> None:
    with pytest.raises(SourceChanged):
        rate_of(sol_price(last_updated_at=updated_at))


async def test_one_question_gets_the_rate(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(sol_price()))
    vendor = CoinGecko(http, base_url=f"{server.url}/api/v3", key="demo-key")
    assert await vendor.rate(PAIR) == Rate(PAIR, Decimal("85.32"), NAME, UPDATED_AT)
    asked = server.asked[0]
    assert asked.path.startswith("/api/v3/simple/price?")
    assert asked.query == {"ids": COIN, "vs_currencies": "usd", "include_last_updated_at": "true"}
    assert asked.headers["x-cg-demo-api-key"] == "demo-key"


@pytest.mark.parametrize(
    ("pair", "coin"),
    [("USDC/USD", "usd-coin"), ("ETH/USD", "ethereum"), ("POL/USD", "polygon-ecosystem-token")],
)
async def test_other_coins_have_names_of_their_own(
    http: SourceHttp, server: ScriptedServer, pair: str, coin: str
) -> None:
    server.says(data({coin: {"usd": 0.9998}}))
    assert await CoinGecko(http, base_url=server.url).rate(pair) == Rate(pair, Decimal("0.9998"), NAME, START)
    assert server.asked[0].query["ids"] == coin


async def test_a_pair_it_does_not_quote_is_not_asked_for(http: SourceHttp, server: ScriptedServer) -> None:
    assert await CoinGecko(http, base_url=server.url).rate("DOGE/USD") is None
    assert server.asked == []


async def test_a_used_up_quota_is_told_as_such(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data({"status": {"error_code": 429, "error_message": "exceeded"}}, status=429))
    with pytest.raises(SourceRateLimited) as caught:
        await CoinGecko(http, base_url=server.url).rate(PAIR)
    assert caught.value.retry_after_s == 60


@pytest.mark.parametrize(
    ("host", "header"), [("", "x-cg-demo-api-key"), ("//pro-api.coingecko.com", "x-cg-pro-api-key")]
)
async def test_a_paid_key_goes_into_a_header_of_its_own_to_a_host_of_its_own(
    http: SourceHttp, server: ScriptedServer, host: str, header: str
) -> None:
    server.says(data(sol_price()))
    await CoinGecko(http, base_url=f"{server.url}{host}", key="the-key").rate(PAIR)
    await CoinGecko(http, base_url=f"{server.url}{host}").rate(PAIR)
    keyed, keyless = ({name.lower() for name in asked.headers} for asked in server.asked)
    assert keyed - keyless == {header}
