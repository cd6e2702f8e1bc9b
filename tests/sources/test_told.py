"""What a vendor answers that makes no sense is told to the operator, with the answer, whoever finds it."""

from collections.abc import AsyncIterator
from random import Random

import pytest

from core.clock import ManualClock
from core.errors import SourceChanged
from core.sources.http import SourceHttp
from tests.sources.conftest import Sleeper
from tests.sources.payloads import BUYER, Json
from tests.sources.payloads_elsewhere import beezie_item, sea_listing, sea_nft, sea_page
from tests.sources.payloads_keyed import charting_product, ebay_item, ebay_page, ebay_warning, psa_answer
from tests.sources.questions.every import QUESTIONS
from tests.sources.server import ScriptedServer, data

OTHER_TOKEN = [{"token": "0x251be3a17af4892035c37ebf5890f4a4d889dcad", "identifierOrCriteria": "7"}]

NONSENSE: dict[str, Json] = {
    "beezie live": beezie_item(owner=None),
    "beezie slab": beezie_item(tokenId=BUYER),
    "opensea listings": sea_page(next="c" * 3000),
    "opensea live": sea_listing(parameters={"offer": OTHER_TOKEN}),
    "opensea slab": sea_nft(identifier="7"),
    "pricecharting product": charting_product(id="1"),
    "psa certificate": psa_answer(CertNumber="45822163"),
    "ebay asks": ebay_page(ebay_item(), **ebay_warning(12002)),
    "solana holdings": {"result": None},
}


@pytest.fixture
def told() -> list[tuple[SourceChanged, bytes]]:
    return []


@pytest.fixture
async def http(
    clock: ManualClock, sleeper: Sleeper, told: list[tuple[SourceChanged, bytes]]
) -> AsyncIterator[SourceHttp]:
    def tell(error: SourceChanged, body: bytes) -> None:
        told.append((error, body))

    async with SourceHttp(clock, random=Random(7), sleep=sleeper.sleep, on_change=tell) as http:
        yield http


@pytest.mark.parametrize("name", NONSENSE)
async def test_nonsense_of_the_right_shape_is_told_with_its_answer(
    http: SourceHttp, server: ScriptedServer, told: list[tuple[SourceChanged, bytes]], name: str
) -> None:
    [question] = [question for question in QUESTIONS if question.name == name]
    reply = data(NONSENSE[name])
    server.says(reply)
    with pytest.raises(SourceChanged) as caught:
        await question.ask(http, server.url)
    assert told == [(caught.value, reply.body)]
