"""A 200 that holds a vendor's own failure counts as one; what it says of the question does not."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from core.errors import SourceChanged, SourceError
from core.sources.alt import Alt
from core.sources.ebay import Ebay
from core.sources.http import SourceHttp
from core.sources.pricecharting import PriceCharting
from core.sources.psa import Psa
from tests.sources.conftest import Memory
from tests.sources.payloads import Json, alt_cert
from tests.sources.payloads_keyed import charting_error, ebay_page, psa_answer, token
from tests.sources.questions.marketplaces import SLAB
from tests.sources.server import ScriptedServer, data

CALLS = 5


@dataclass(frozen=True)
class Case:
    """A vendor's question, its own failure in a 200, and answers in a 200 that are about the question."""

    name: str
    ask: Callable[[SourceHttp, str], Callable[[], Awaitable[object]]]
    failure: Json
    answers: tuple[Json, ...]
    first: tuple[Json, ...] = ()

    def __str__(self) -> str:
        return self.name


def _alt(http: SourceHttp, url: str) -> Callable[[], Awaitable[object]]:
    alt = Alt(http, base_url=url)
    return lambda: alt.value(SLAB, asset_id="an-asset")


def _psa(http: SourceHttp, url: str) -> Callable[[], Awaitable[object]]:
    psa = Psa(http, base_url=url, token="a-token")
    return lambda: psa.certificate("12345678")


def _charting(http: SourceHttp, url: str) -> Callable[[], Awaitable[object]]:
    charting = PriceCharting(http, base_url=url, key="a-key")
    return lambda: charting.value(SLAB, asset_id="7")


def _ebay(http: SourceHttp, url: str) -> Callable[[], Awaitable[object]]:
    ebay = Ebay(http, base_url=url, client_id="us", client_secret="a-secret")

    async def ask() -> object:
        return [page async for page in ebay.asks("charizard", pages_max=1)]

    return ask


def alt_error(code: str) -> Json:
    return {"errors": [{"message": "No", "extensions": {"code": code}}], "data": None}


def ebay_error(number: int, category: str) -> Json:
    return ebay_page(errors=[{"errorId": number, "category": category, "message": "No"}])


CASES = (
    Case(
        "alt",
        _alt,
        alt_error("INTERNAL_SERVER_ERROR"),
        (alt_error("BAD_USER_INPUT"), alt_cert(), {"data": {"asset": None}}),
    ),
    Case(
        "psa",
        _psa,
        {"PSACert": None, "ServerMessage": "The service is down"},
        ({"PSACert": None, "ServerMessage": "No data found"}, psa_answer(CertNumber="1")),
    ),
    Case("pricecharting", _charting, charting_error("Try again"), (charting_error("No such product"),)),
    Case("a refusal", _charting, charting_error("Invalid token"), (charting_error("No such product"),)),
    Case(
        "ebay",
        _ebay,
        ebay_error(12000, "APPLICATION"),
        (ebay_error(12001, "REQUEST"), ebay_error(12002, "BUSINESS"), ebay_page()),
        first=(token(),),
    ),
)
EVERY_CASE = pytest.mark.parametrize("case", CASES, ids=str)


@EVERY_CASE
async def test_a_vendor_that_only_fails_in_200s_is_down(
    http: SourceHttp, server: ScriptedServer, memory: Memory, case: Case
) -> None:
    server.says(*map(data, (*case.first, case.failure)))
    ask = case.ask(http, server.url)
    for _ in range(CALLS):
        with pytest.raises(SourceError):
            await ask()
    assert [breaker.is_open for _, breaker, _ in memory.told] == [True]


@EVERY_CASE
async def test_one_that_has_none_or_does_not_understand_us_is_up(
    http: SourceHttp, server: ScriptedServer, memory: Memory, case: Case
) -> None:
    for answer in case.answers:
        server.says(*map(data, (*case.first, answer)))
        ask = case.ask(http, server.url)
        before = len(server.asked)
        for _ in range(CALLS):
            try:
                await ask()
            except SourceChanged:
                continue
        assert len(server.asked) == before + CALLS + len(case.first)
    assert memory.told == []
