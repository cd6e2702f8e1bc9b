"""A planted key is in no error, no log line and no answer that is handed on."""

import traceback

import pytest
from structlog.testing import capture_logs

from core.domain.listings import SourceName
from core.errors import SourceError
from core.sources.http import SourceHttp, VendorLimits
from core.sources.http.breaker import FAILURES_MAX
from tests.sources.conftest import Memory
from tests.sources.server import CUT_OFF, RESET, WEB_PAGE, Reply, ScriptedServer, data

CANARY = "ccsk_canary_0123456789"
QUERY = {"wanted": "solana", "named_as_nobody_knows": CANARY}
LIMITS = VendorLimits(per_minute=6000, burst=10)
TROUBLES = [
    RESET,
    CUT_OFF,
    WEB_PAGE,
    *(Reply(f'{{"message": "bad key {CANARY}"}}'.encode(), status=status) for status in (400, 401, 429, 500)),
]


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_key_is_in_no_error_log_or_metric_whatever_its_name_is(
    http: SourceHttp, server: ScriptedServer, memory: Memory, trouble: Reply
) -> None:
    server.says(trouble)
    headers = {"Authorization": f"Bearer {CANARY}"}
    vendor = http.vendor(SourceName.COINGECKO, base_url=server.url, limits=LIMITS, headers=headers)
    shown = []
    with capture_logs() as lines:
        for _ in range(FAILURES_MAX):
            with pytest.raises(SourceError) as caught:
                await vendor.get("/price", params=QUERY)
            shown += traceback.format_exception(caught.value)
    assert server.asked[0].headers["Authorization"] == f"Bearer {CANARY}"
    assert server.asked[0].query == QUERY
    said = "".join(shown) + repr(lines) + repr(memory.told)
    assert "GET /price" in said
    assert all(secret not in said for secret in (*QUERY, *QUERY.values()))


async def test_an_answer_that_echoes_the_key_loses_it(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data({"your_key": CANARY, "usd": 3}))
    headers = {"x-cg-demo-api-key": CANARY}
    vendor = http.vendor(SourceName.COINGECKO, base_url=server.url, limits=LIMITS, headers=headers)
    assert (await vendor.get("/price")).body == '{"your_key":"…","usd":3}'.encode()
