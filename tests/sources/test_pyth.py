"""Pyth: whole numbers with an exponent, an uncertainty, and a time of their own."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.domain.listings import SourceName
from core.domain.prices import Rate
from core.errors import SourceChanged
from core.sources.http import SourceHttp
from core.sources.pyth import FEEDS, Pyth, parse_rate
from tests.sources.conftest import START
from tests.sources.payloads import Json, fetched
from tests.sources.payloads_rates import pyth_price
from tests.sources.server import Reply, ScriptedServer, data

NAME, PAIR = SourceName.PYTH, "SOL/USD"
PUBLISHED_AT = datetime(2026, 10, 1, 11, 59, tzinfo=UTC)


def rate_of(answer: Json) -> Rate | None:
    return parse_rate(fetched(NAME, answer), PAIR, FEEDS[PAIR])


@pytest.mark.parametrize(
    ("price", "expo", "conf", "usd"),
    [
        ("8532000000", -8, "4100000", "85.32"),
        ("8532000001", -8, "0", "85.32000001"),
        ("85", 0, "1", "85"),
        ("85", 2, "0", "8500"),
    ],
)
def test_a_price_is_its_number_times_a_power_of_ten(price: str, expo: int, conf: str, usd: str) -> None:
    rate = rate_of(pyth_price(price, expo=expo, conf=conf))
    assert rate == Rate(PAIR, Decimal(usd), NAME, PUBLISHED_AT)


def test_a_rate_is_never_newer_than_its_answer() -> None:
    rate = rate_of(pyth_price(publish_time=int(START.timestamp()) + 500))
    assert rate is not None
    assert rate.at == START


def test_a_price_too_unsure_is_none() -> None:
    assert rate_of(pyth_price("10000", conf="200", expo=-2)) is not None
    assert rate_of(pyth_price("10000", conf="201", expo=-2)) is None


def test_only_the_feed_that_was_asked_for_counts() -> None:
    answer = pyth_price()
    answer["parsed"][0]["id"] = "0x" + FEEDS[PAIR].upper()
    assert rate_of(answer) is not None
    answer["parsed"][0]["id"] = FEEDS["ETH/USD"]
    assert rate_of(answer) is None
    assert rate_of(answer | {"parsed": []}) is None


@pytest.mark.parametrize(
    "price", ["0", "-1", "85.32", "NaN", "", "9" * 20, "85_32", "٨٥", " 85", 8532000000, None]
)
def test_what_is_no_price_is_a_change(price: Json) -> None:
    with pytest.raises(SourceChanged):
        rate_of(pyth_price(price))


@pytest.mark.parametrize("expo", [-19, 19])
def test_a_power_beyond_what_is_published_is_a_change(expo: int) -> None:
    with pytest.raises(SourceChanged):
        rate_of(pyth_price("8" * 19, expo=expo, conf="0"))


@pytest.mark.parametrize(
    "changes", [{"expo": 19}, {"expo": -(10**9)}, {"publish_time": 10**18}, {"conf": "x"}, {"conf": "-1"}]
)
def test_numbers_out_of_this_world_are_a_change(changes: Json) -> None:
    with pytest.raises(SourceChanged):
        rate_of(pyth_price(**changes))


async def test_one_question_gets_the_rate_and_an_unknown_feed_has_none(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(data(pyth_price()), Reply(b"Price ids not found", status=404, content_type="text/plain"))
    vendor = Pyth(http, base_url=f"{server.url}/v2", key="a-key")
    assert await vendor.rate(PAIR) == Rate(PAIR, Decimal("85.32"), NAME, PUBLISHED_AT)
    assert await vendor.rate("POL/USD") is None
    assert await vendor.rate("DOGE/USD") is None
    first, second = server.asked
    assert first.path.startswith("/v2/updates/price/latest?")
    assert first.query == {"ids[]": FEEDS[PAIR], "parsed": "true"}
    assert first.headers["Authorization"] == "Bearer a-key"
    assert second.query["ids[]"] == FEEDS["POL/USD"]
