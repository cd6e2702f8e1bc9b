"""A lent token is asked for once, replaced before its end and when it is refused, and never shown."""

import asyncio
import traceback
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from core.clock import ManualClock
from core.domain.listings import SourceName
from core.errors import SourceChanged, SourceError, SourceRefused, SourceUnavailable
from core.sources.http import Lender, SourceHttp, VendorLimits
from tests.sources.conftest import Memory
from tests.sources.payloads import Json
from tests.sources.payloads_keyed import token
from tests.sources.server import Reply, ScriptedServer, data

CANARY = "canary-0123456789"
LIMITS = VendorLimits(per_minute=6000, burst=10, concurrent=10)


@pytest.fixture
def lender(http: SourceHttp, server: ScriptedServer) -> Lender:
    return Lender(
        http.vendor(SourceName.EBAY, base_url=server.url, limits=LIMITS, headers={"X-Market": "US"}),
        http.clock,
        path="/token",
        form={"grant_type": "client_credentials", "scope": "a b&c"},
        headers={"Authorization": "Basic Y2xpZW50OnNlY3JldA=="},
    )


def paths(server: ScriptedServer) -> list[str]:
    return [asked.path for asked in server.asked]


def lent(text: str, **changes: Json) -> Reply:
    return data(token(access_token=text, **changes))


async def test_one_token_serves_many_questions(lender: Lender, server: ScriptedServer) -> None:
    server.says(lent("one"), data({"a": 1}))
    assert (await lender.get("/a", params={"q": "x"})).body == b'{"a":1}'
    await lender.get("/b")
    assert paths(server) == ["/token", "/a?q=x", "/b"]
    asked, question, _ = server.asked
    assert (asked.method, asked.body) == ("POST", b"grant_type=client_credentials&scope=a+b%26c")
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert asked.headers["Authorization"] == "Basic Y2xpZW50OnNlY3JldA=="
    assert question.headers["Authorization"] == "Bearer one"
    assert asked.headers["X-Market"] == question.headers["X-Market"] == "US"


async def test_what_the_vendor_lets_us_keep_is_kept_unless_a_fresh_answer_is_wanted(
    lender: Lender, server: ScriptedServer
) -> None:
    server.says(lent("one"), data({}, Cache_Control="max-age=60"))
    await lender.get("/a")
    await lender.get("/a")
    await lender.get("/a", fresh=True)
    assert paths(server) == ["/token", "/a", "/a"]


async def test_callers_at_the_same_time_wait_for_one_token(lender: Lender, server: ScriptedServer) -> None:
    server.says(lent("one"), data({}))
    await asyncio.gather(*(lender.get(f"/{n}") for n in range(5)))
    assert paths(server).count("/token") == 1


@pytest.mark.parametrize(("expires_in", "lasts_s"), [(7200, 6900), (1_209_599, 1_209_299), (400, 200)])
async def test_a_token_is_replaced_before_its_end(
    lender: Lender, server: ScriptedServer, clock: ManualClock, expires_in: int, lasts_s: int
) -> None:
    server.says(lent("one", expires_in=expires_in), data({}), data({}), lent("two"), data({}))
    await lender.get("/a")
    clock.advance(timedelta(seconds=lasts_s - 1))
    await lender.get("/b")
    clock.advance(timedelta(seconds=1.1))
    await lender.get("/c")
    assert paths(server) == ["/token", "/a", "/b", "/token", "/c"]


async def test_a_refused_token_is_replaced_once(lender: Lender, server: ScriptedServer) -> None:
    server.says(lent("one"), data({}), Reply(status=401), lent("two"), data({"b": 2}))
    await lender.get("/a")
    assert (await lender.get("/b")).body == b'{"b":2}'
    assert server.asked[-1].headers["Authorization"] == "Bearer two"
    server.says(Reply(status=401), lent("three"), Reply(status=401))
    with pytest.raises(SourceRefused):
        await lender.get("/c")
    assert paths(server)[-3:] == ["/c", "/token", "/c"]


async def test_a_question_that_is_not_allowed_costs_no_token(lender: Lender, server: ScriptedServer) -> None:
    server.says(lent("one"), Reply(status=403))
    with pytest.raises(SourceRefused):
        await lender.get("/a")
    assert paths(server) == ["/token", "/a"]


@pytest.mark.parametrize("status", [400, 401])
async def test_credentials_that_are_not_accepted_are_refused(
    lender: Lender, server: ScriptedServer, status: int
) -> None:
    server.says(data({"error": "invalid_client"}, status=status))
    with pytest.raises(SourceRefused):
        await lender.get("/a")
    assert paths(server) == ["/token"]


@pytest.mark.parametrize(
    "answer",
    [{}, token(access_token=""), token(access_token="a\nb"), token(access_token="é"), token(expires_in=0)],
)
async def test_what_is_no_token_is_a_change(lender: Lender, server: ScriptedServer, answer: Json) -> None:
    server.says(data(answer))
    with pytest.raises(SourceChanged):
        await lender.get("/a")


async def test_a_failed_question_for_a_token_is_asked_anew(lender: Lender, server: ScriptedServer) -> None:
    server.says(Reply(status=500))
    with pytest.raises(SourceUnavailable):
        await lender.get("/a")
    server.says(lent("one"), Reply(status=404))
    assert await lender.find("/a") is None


@pytest.mark.parametrize("status", [200, 400, 401, 403, 429, 500])
async def test_a_token_is_in_no_error_log_or_answer(
    lender: Lender, server: ScriptedServer, memory: Memory, status: int
) -> None:
    server.says(lent(CANARY), data({"echo": f"Bearer {CANARY}"}, status=status), lent(CANARY))
    shown = []
    with capture_logs() as lines:
        try:
            shown.append(str((await lender.get("/a")).body))
        except SourceError as error:
            shown += traceback.format_exception(error)
    assert server.asked[1].headers["Authorization"] == f"Bearer {CANARY}"
    assert CANARY not in "".join(shown) + repr(lines) + repr(memory.told)
