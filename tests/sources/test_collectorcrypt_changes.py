"""What Collector Crypt answers and cannot mean is told to the operator, with how the answer began."""

from collections.abc import AsyncIterator
from random import Random

import pytest

from core.clock import ManualClock
from core.domain.listings import SourceName
from core.errors import SourceChanged
from core.sources.collectorcrypt import CollectorCrypt, parse_listings
from core.sources.http import SourceHttp
from tests.sources.conftest import Sleeper
from tests.sources.payloads import BONK, MINT, Json, cc_listing, cc_market, cc_page, cc_row, fetched
from tests.sources.server import ScriptedServer, data

END_OF_TIME = "9999-12-31T23:59:59-23:59"


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
async def vault(
    clock: ManualClock, sleeper: Sleeper, server: ScriptedServer, told: list[str]
) -> AsyncIterator[CollectorCrypt]:
    async with SourceHttp(
        clock, random=Random(7), sleep=sleeper.sleep, on_change=lambda error, _: told.append(error.path)
    ) as http:
        yield CollectorCrypt(http, base_url=server.url)


@pytest.mark.parametrize(
    ("answer", "path"),
    [
        (cc_market(listing=cc_listing(updatedAt=END_OF_TIME)), "$.listing"),
        (cc_market(owner=None), "$"),
        (cc_market(nftAddress=BONK), "$.nftAddress"),
    ],
)
async def test_a_listing_that_cannot_be_meant_is_told_of(
    vault: CollectorCrypt, server: ScriptedServer, told: list[str], answer: Json, path: str
) -> None:
    server.says(data(answer))
    with pytest.raises(SourceChanged):
        await vault.live(MINT)
    assert told == [path]


@pytest.mark.parametrize(
    ("said", "total"),
    [(10_547, 10_547), ("12", 12), (0, 0), (None, None), (-1, None), (1.5, None), (10**12, None)],
)
def test_a_page_tells_how_many_there_are_where_the_vendor_does(said: Json, total: int | None) -> None:
    answer = cc_page(cc_row()) | {"findTotal": said}
    page, _ = parse_listings(fetched(SourceName.COLLECTOR_CRYPT, answer))
    assert page.total == total
