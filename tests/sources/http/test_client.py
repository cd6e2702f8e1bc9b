"""The shared client over a real socket: what is asked, what is tried again, what comes out."""

import asyncio
from datetime import timedelta
from random import Random

import pytest

from core.clock import ManualClock
from core.domain.listings import SourceName
from core.errors import SourceChanged, SourceError, SourceRateLimited, SourceRefused, SourceUnavailable
from core.sources.http import CallOutcome, SourceHttp, Vendor, VendorLimits
from core.sources.http.transport import BODY_BYTES_MAX
from tests.sources.conftest import START, Calls, Sleeper
from tests.sources.server import CUT_OFF, RESET, SILENCE, WEB_PAGE, Reply, ScriptedServer, data

LIMITS = VendorLimits(per_minute=6000, burst=10, concurrent=4)
NAME = SourceName.ALT


@pytest.fixture
def vendor(http: SourceHttp, server: ScriptedServer) -> Vendor:
    return http.vendor(NAME, base_url=f"{server.url}/api/", limits=LIMITS, headers={"X-Key": "open-sesame"})


async def test_a_question_carries_our_name_the_headers_and_the_parameters(
    vendor: Vendor, server: ScriptedServer
) -> None:
    server.says(data({"a": 1}))
    fetched = await vendor.get("/things", params={"status": "Buy now", "step": 5})
    assert (fetched.source, fetched.body, fetched.at) == (NAME, b'{"a":1}', START)
    asked = server.asked[0]
    assert (asked.method, asked.path.partition("?")[0]) == ("GET", "/api/things")
    assert asked.query == {"status": "Buy now", "step": "5"}
    assert asked.headers["User-Agent"] == "CardsCartel/0.1 (Discord deal bot)"
    assert asked.headers["Accept"] == "application/json"
    assert asked.headers["X-Key"] == "open-sesame"


async def test_an_age_on_the_way_makes_the_answer_older(vendor: Vendor, server: ScriptedServer) -> None:
    server.says(data({}, Age="25"))
    assert (await vendor.get("/things")).at == START - timedelta(seconds=25)


async def test_missing_is_none_where_it_may_be_and_changed_where_it_may_not(
    vendor: Vendor, server: ScriptedServer
) -> None:
    server.says(data({"message": "Card not found"}, status=404))
    assert await vendor.find("/cards/x") is None
    assert await vendor.find("/cards/x", missing=(400, 404)) is None
    with pytest.raises(SourceChanged, match="HTTP 404 at GET /api/cards/x"):
        await vendor.get("/cards/x")


async def test_a_web_page_is_not_believed_when_it_says_not_found(
    vendor: Vendor, server: ScriptedServer
) -> None:
    server.says(Reply(b"<html>404</html>", status=404, content_type="text/html"))
    with pytest.raises(SourceUnavailable, match="a web page"):
        await vendor.find("/cards/x")


@pytest.mark.parametrize("trouble", [RESET, CUT_OFF, WEB_PAGE, Reply(status=500), Reply(status=503)])
async def test_what_may_pass_is_asked_again(
    vendor: Vendor, server: ScriptedServer, sleeper: Sleeper, trouble: Reply
) -> None:
    server.says(trouble, trouble, data({"ok": True}))
    assert (await vendor.get("/things")).body == b'{"ok":true}'
    assert len(server.asked) == 3
    assert 0 <= sleeper.slept_s[0] <= 0.5
    assert 0 <= sleeper.slept_s[1] <= 1.0


@pytest.mark.parametrize("trouble", [RESET, CUT_OFF, WEB_PAGE, Reply(status=502)])
async def test_what_does_not_pass_is_unavailable_after_three_tries(
    vendor: Vendor, server: ScriptedServer, calls: Calls, trouble: Reply
) -> None:
    server.says(trouble)
    with pytest.raises(SourceUnavailable):
        await vendor.get("/things")
    assert len(server.asked) == 3
    assert calls.outcomes == [CallOutcome.UNAVAILABLE] * 3


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (RESET, "the connection was closed|Connection reset by peer"),
        (CUT_OFF, "the answer was cut off"),
        (Reply(headers={"X": "a" * 20_000}), "what came was not HTTP as we know it"),
    ],
)
async def test_what_broke_on_the_wire_is_told_in_words(
    vendor: Vendor, server: ScriptedServer, trouble: Reply, words: str
) -> None:
    server.says(trouble)
    with pytest.raises(SourceUnavailable, match=f"^alt: GET /api/things: ({words})$"):
        await vendor.get("/things")


async def test_a_post_that_reads_is_asked_again_too(vendor: Vendor, server: ScriptedServer) -> None:
    server.says(RESET, data({"ok": True}))
    fetched = await vendor.post("/graphql", LIMITS)
    assert fetched.body == b'{"ok":true}'
    assert [asked.method for asked in server.asked] == ["POST", "POST"]
    assert server.asked[0].headers["Content-Type"] == "application/json"
    assert b'"per_minute":6000' in server.asked[1].body


async def test_silence_is_unavailable(hasty_http: SourceHttp, server: ScriptedServer) -> None:
    server.says(SILENCE)
    vendor = hasty_http.vendor(NAME, base_url=server.url, limits=LIMITS)
    with pytest.raises(SourceUnavailable, match="no answer in time"):
        await vendor.get("/things")
    assert len(server.asked) == 3


async def test_nobody_listening_is_unavailable(http: SourceHttp) -> None:
    vendor = http.vendor(NAME, base_url="http://127.0.0.1:1", limits=LIMITS)
    with pytest.raises(SourceUnavailable, match="GET /things: "):
        await vendor.get("/things")


@pytest.mark.parametrize("status", [401, 402, 403, 451])
async def test_a_refusal_is_never_asked_again(vendor: Vendor, server: ScriptedServer, status: int) -> None:
    server.says(Reply(status=status))
    with pytest.raises(SourceRefused):
        await vendor.find("/things")
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [301, 400, 405, 410])
async def test_a_question_no_longer_understood_is_a_change(
    vendor: Vendor, server: ScriptedServer, status: int
) -> None:
    server.says(Reply(status=status, headers={"Location": "/elsewhere"}))
    with pytest.raises(SourceChanged, match=f"HTTP {status}"):
        await vendor.get("/things")
    assert len(server.asked) == 1


async def test_an_answer_without_end_is_cut_short(vendor: Vendor, server: ScriptedServer) -> None:
    server.says(Reply(b" " * (BODY_BYTES_MAX + 1)))
    with pytest.raises(SourceChanged, match="more than"):
        await vendor.get("/things")


@pytest.mark.parametrize(
    "limited",
    [
        data({}, status=429, Retry_After="3"),
        data({}, status=429, Retry_After="Thu, 01 Oct 2026 12:00:03 GMT"),
        data({"statusCode": 429, "retryAfter": 3}, status=429),
    ],
)
async def test_a_short_wait_the_vendor_asks_for_is_kept(
    vendor: Vendor, server: ScriptedServer, sleeper: Sleeper, limited: Reply
) -> None:
    server.says(limited, data({"ok": True}))
    assert (await vendor.get("/things")).body == b'{"ok":true}'
    assert sum(sleeper.slept_s) == pytest.approx(3)


async def test_a_long_wait_is_reported_and_kept_by_every_call_meanwhile(
    vendor: Vendor, server: ScriptedServer, clock: ManualClock
) -> None:
    server.says(data({}, status=429), data({"ok": True}))
    with pytest.raises(SourceRateLimited) as caught:
        await vendor.get("/things")
    assert caught.value.retry_after_s == 60
    clock.advance(timedelta(seconds=45))
    with pytest.raises(SourceRateLimited) as caught:
        await vendor.get("/other")
    assert caught.value.retry_after_s == pytest.approx(15)
    assert len(server.asked) == 1
    clock.advance(timedelta(seconds=15))
    await vendor.get("/things")
    assert len(server.asked) == 2


async def test_a_broken_vendor_that_names_a_wait_gets_it(
    vendor: Vendor, server: ScriptedServer, clock: ManualClock
) -> None:
    server.says(data({}, status=503, Retry_After="120"))
    with pytest.raises(SourceUnavailable):
        await vendor.get("/things")
    with pytest.raises(SourceRateLimited):
        await vendor.get("/things")
    assert len(server.asked) == 1


async def test_retries_end_with_the_time_of_the_call(
    http: SourceHttp, server: ScriptedServer, sleeper: Sleeper, clock: ManualClock
) -> None:
    server.says(Reply(status=503, headers={"Retry-After": "9"}))
    vendor = http.vendor(NAME, base_url=server.url, limits=LIMITS)
    started = clock.now()
    with pytest.raises(SourceError):
        await vendor.get("/things")
    assert clock.now() - started <= timedelta(seconds=30)


async def test_metrics_hear_of_every_request(vendor: Vendor, server: ScriptedServer, calls: Calls) -> None:
    server.says(RESET, data({}), Reply(status=403), Reply(status=400), Reply(status=429))
    await vendor.get("/1")
    for path in ("/2", "/3", "/4"):
        with pytest.raises(SourceError):
            await vendor.get(path)
    assert calls.outcomes == [
        CallOutcome.UNAVAILABLE,
        CallOutcome.ANSWERED,
        CallOutcome.REFUSED,
        CallOutcome.CHANGED,
        CallOutcome.RATE_LIMITED,
    ]


async def test_answers_are_kept_as_long_as_the_vendor_says(
    vendor: Vendor, server: ScriptedServer, clock: ManualClock
) -> None:
    server.says(data({"n": 1}, Cache_Control="public, max-age=30"), data({"n": 2}))
    first = await vendor.get("/things")
    clock.advance(timedelta(seconds=29))
    assert await vendor.get("/things") == first
    assert len(server.asked) == 1
    assert (await vendor.get("/things", fresh=True)).body == b'{"n":2}'
    clock.advance(timedelta(seconds=1))
    await vendor.get("/things")
    assert len(server.asked) == 3


async def test_what_still_holds_is_not_sent_again_and_is_as_new_as_the_question(
    vendor: Vendor, server: ScriptedServer, clock: ManualClock
) -> None:
    unchanged = Reply(b"", status=304, headers={"ETag": '"v1"'})
    server.says(data({"n": 1}, ETag='"v1"'), unchanged, unchanged, data({"n": 2}, ETag='"v2"'))
    first = await vendor.get("/things")
    clock.advance(timedelta(minutes=1))
    again = await vendor.get("/things")
    assert (again.body, again.at - first.at) == (first.body, timedelta(minutes=1))
    assert (await vendor.get("/things", fresh=True)).body == first.body
    assert (await vendor.get("/things")).body == b'{"n":2}'
    assert [asked.headers.get("If-None-Match") for asked in server.asked] == [None, '"v1"', '"v1"', '"v1"']


@pytest.mark.parametrize("headers", [{}, {"ETag": "v1"}, {"ETag": '"v1"', "Cache-Control": "no-store"}])
async def test_nobody_is_asked_whether_an_answer_holds_that_has_no_name_or_may_not_be_kept(
    vendor: Vendor, server: ScriptedServer, headers: dict[str, str]
) -> None:
    server.says(Reply(headers=headers), Reply(status=304))
    await vendor.get("/things")
    with pytest.raises(SourceChanged, match="HTTP 304"):
        await vendor.get("/things")
    assert "If-None-Match" not in server.asked[1].headers


async def test_the_same_question_at_once_is_asked_once(vendor: Vendor, server: ScriptedServer) -> None:
    server.hold = asyncio.Event()
    questions = [asyncio.create_task(vendor.get("/things", params={"q": 1})) for _ in range(5)]
    await server.got_request.wait()
    server.hold.set()
    answers = await asyncio.gather(*questions)
    assert len(server.asked) == 1
    assert all(answer is answers[0] for answer in answers)


async def test_closing_ends_what_is_still_being_asked(server: ScriptedServer, clock: ManualClock) -> None:
    server.says(SILENCE)
    async with SourceHttp(clock, random=Random(7)) as http:
        vendor = http.vendor(NAME, base_url=server.url, limits=LIMITS)
        question = asyncio.create_task(vendor.get("/things"))
        await server.got_request.wait()
    with pytest.raises(asyncio.CancelledError):
        await question
