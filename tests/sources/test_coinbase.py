"""Coinbase: spot prices as texts, about the pair that was asked for."""

from decimal import Decimal

import pytest

from core.domain.listings import SourceName
from core.domain.prices import Rate
from core.errors import SourceChanged
from core.sources.coinbase import Coinbase, parse_rate
from core.sources.http import SourceHttp
from tests.sources.conftest import START
from tests.sources.payloads import Json, fetched
from tests.sources.payloads_rates import coinbase_spot
from tests.sources.server import ScriptedServer, data

NAME, PAIR = SourceName.COINBASE, "SOL/USD"


@pytest.mark.parametrize("amount", ["85.32", "0.1", "123456.789012345678901234567890", "85.320000000000001"])
def test_the_digits_are_the_vendors_own(amount: str) -> None:
    assert parse_rate(fetched(NAME, coinbase_spot(amount)), PAIR) == Rate(PAIR, Decimal(amount), NAME, START)


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "sNaN", "Infinity", "", "1e30", None, True, [1]])
def test_what_is_no_rate_is_a_change(amount: Json) -> None:
    with pytest.raises(SourceChanged):
        parse_rate(fetched(NAME, coinbase_spot(amount)), PAIR)


@pytest.mark.parametrize("changes", [{"base": "ETH"}, {"currency": "EUR"}, {"base": "sol"}])
def test_the_price_of_something_else_is_a_change(changes: Json) -> None:
    with pytest.raises(SourceChanged, match="not about SOL/USD"):
        parse_rate(fetched(NAME, coinbase_spot(**changes)), PAIR)


async def test_one_question_gets_the_rate_and_a_pair_not_traded_has_none(
    http: SourceHttp, server: ScriptedServer
) -> None:
    vendor = Coinbase(http, base_url=f"{server.url}/v2")
    server.says(
        data(coinbase_spot()), data({"errors": [{"id": "not_found", "message": "Invalid"}]}, status=404)
    )
    assert await vendor.rate(PAIR) == Rate(PAIR, Decimal("85.32"), NAME, START)
    assert await vendor.rate("POL/USD") is None
    assert await vendor.rate("DOGE/USD") is None
    assert [asked.path for asked in server.asked] == ["/v2/prices/SOL-USD/spot", "/v2/prices/POL-USD/spot"]
