"""How one vendor may differ from the others: its lockout, and its words for "not found"."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from core.clock import ManualClock
from core.domain.listings import SourceName
from core.errors import SourceChanged, SourceRateLimited, SourceRefused
from core.sources.http import SourceHttp, Vendor, VendorHabits, VendorLimits
from tests.sources.conftest import START, Memory
from tests.sources.server import Reply, ScriptedServer, data

LIMITS = VendorLimits(per_minute=600)


def vendor(http: SourceHttp, server: ScriptedServer, habits: VendorHabits) -> Vendor:
    return http.vendor(SourceName.YGOPRODECK, base_url=server.url, limits=LIMITS, habits=habits)


async def test_a_lockout_is_sat_out_without_another_request(
    http: SourceHttp, server: ScriptedServer, clock: ManualClock
) -> None:
    server.says(Reply(b"blocked", status=429), data({}))
    locked = vendor(http, server, VendorHabits(lockout_s=3600))
    for _ in range(3):
        with pytest.raises(SourceRateLimited) as caught:
            await locked.get("/")
        assert caught.value.retry_after_s >= 3600
    assert len(server.asked) == 1
    clock.advance(timedelta(seconds=3601))
    assert (await locked.get("/")).body == b"{}"


async def test_a_hint_is_believed_before_the_habit(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data({}, status=429, Retry_After="20"))
    with pytest.raises(SourceRateLimited) as caught:
        await vendor(http, server, VendorHabits(lockout_s=3600)).get("/")
    assert caught.value.retry_after_s == 20


async def test_not_found_needs_its_words(http: SourceHttp, server: ScriptedServer) -> None:
    asked = vendor(http, server, VendorHabits(missing_says="No card matching"))
    server.says(data({"error": "No card matching your query."}, status=400))
    assert await asked.find("/", missing=(400,)) is None
    server.says(data({"error": "num must be a number."}, status=400))
    with pytest.raises(SourceChanged):
        await asked.find("/", missing=(400,))


async def test_who_does_not_want_us_is_not_asked_again(
    http: SourceHttp, server: ScriptedServer, clock: ManualClock, memory: Memory
) -> None:
    unwanted = vendor(http, server, VendorHabits(refuses_for_good=True))
    server.says(Reply(status=403), data({}))
    with capture_logs() as lines:
        for _ in range(3):
            with pytest.raises(SourceRefused, match="HTTP 403"):
                await unwanted.get("/")
            clock.advance(timedelta(hours=1))
    assert len(server.asked) == 1
    assert [line["event"] for line in lines] == [
        "source refuses us: it is not asked again before the next start"
    ]
    assert [(breaker.is_open, breaker.since) for _, breaker, _ in memory.told] == [(True, START)]


async def test_a_key_in_the_address_is_not_shown(http: SourceHttp, server: ScriptedServer) -> None:
    limits, habits = VendorLimits(per_minute=600), VendorHabits(hides_base=True)
    url = f"{server.url}/v2/canary-0123456789"
    keyed = http.vendor(SourceName.SOLANA, base_url=url, limits=limits, habits=habits)
    server.says(Reply(status=404))
    for path, shown in (("/accounts", "GET /accounts"), ("", "GET /")):
        with pytest.raises(SourceChanged, match="HTTP 404") as caught:
            await keyed.get(path)
        assert (caught.value.path, "canary" in str(caught.value)) == (shown, False)
    assert server.asked[0].path == "/v2/canary-0123456789/accounts"
