"""Jupiter: dollars by mint, what cannot be priced left out."""

from decimal import Decimal

import pytest

from core.domain.listings import SourceName
from core.domain.prices import Rate
from core.errors import SourceChanged, SourceRateLimited
from core.sources.http import Fetched, SourceHttp
from core.sources.jupiter import Jupiter, parse_rate
from tests.sources.conftest import START
from tests.sources.payloads import Json, fetched
from tests.sources.payloads_rates import SOL, jupiter_price
from tests.sources.server import ScriptedServer, data

NAME, PAIR = SourceName.JUPITER, "SOL/USD"


def rate_of(answer: Json) -> Rate | None:
    return parse_rate(fetched(NAME, answer), PAIR, SOL)


@pytest.mark.parametrize("digits", ["147.48", "0.1", "85.320000000000001", "123456.789012345678901234567890"])
def test_the_digits_are_the_vendors_own(digits: str) -> None:
    body = f'{{"{SOL.mint}": {{"usdPrice": {digits}, "decimals": 9}}}}'.encode()
    assert parse_rate(Fetched(NAME, body, START), PAIR, SOL) == Rate(PAIR, Decimal(digits), NAME, START)


def test_the_time_a_token_was_made_is_not_the_time_of_its_price() -> None:
    rate = rate_of(jupiter_price(createdAt="2024-06-05T08:55:25.527Z", blockId=None))
    assert rate is not None
    assert rate.at == START


@pytest.mark.parametrize("answer", [{}, {"another": jupiter_price()[SOL.mint]}, {SOL.mint: None}])
def test_a_coin_left_out_has_no_rate(answer: Json) -> None:
    assert rate_of(answer) is None


@pytest.mark.parametrize("usd", [0, -1, "NaN", "Infinity", "abc", True, 1e30, None, [1]])
def test_what_is_no_rate_is_a_change(usd: Json) -> None:
    with pytest.raises(SourceChanged):
        rate_of(jupiter_price(usd))


@pytest.mark.parametrize("decimals", [6, None, "9"])
def test_a_token_of_other_decimals_is_not_the_coin(decimals: Json) -> None:
    with pytest.raises(SourceChanged):
        rate_of(jupiter_price(decimals=decimals))


async def test_one_question_gets_the_rate_with_a_key_in_its_header(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(data(jupiter_price()))
    vendor = Jupiter(http, base_url=f"{server.url}/price/v3", key="free-key")
    assert await vendor.rate(PAIR) == Rate(PAIR, Decimal("147.48"), NAME, START)
    assert await vendor.rate("ETH/USD") is None
    [asked] = server.asked
    assert (asked.path, asked.query) == (f"/price/v3?ids={SOL.mint}", {"ids": SOL.mint})
    assert asked.headers["x-api-key"] == "free-key"


async def test_too_many_requests_wait(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data({"code": 429, "message": "[API Gateway] Too many requests"}, status=429))
    with pytest.raises(SourceRateLimited):
        await Jupiter(http, base_url=server.url).rate(PAIR)
