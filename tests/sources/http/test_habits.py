"""How one vendor may differ from the others: its lockout, and its words for "not found"."""

from datetime import timedelta

import pytest

from core.clock import ManualClock
from core.domain.listings import SourceName
from core.errors import SourceChanged, SourceRateLimited
from core.sources.http import SourceHttp, Vendor, VendorHabits, VendorLimits
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
