"""Around every route: one form for every error, a request id, headers, limits; a bug is logged once."""

import asyncio
import json
from collections.abc import AsyncIterator
from http import HTTPStatus

import pytest
from aiohttp import web

from core.domain.operations import SourceHealth
from core.errors import (
    DatabaseAway,
    InvalidInput,
    LimitReached,
    NotAllowed,
    NotFound,
    SourceChanged,
    SourceRateLimited,
    SourceUnavailable,
    UserError,
)
from core.web.answers import SECURITY_HEADERS
from core.web.middleware import BODY_BYTES_MAX
from tests.logs import written_logs
from tests.web.serving import NOW, Answer, running_api

CANARY = "planted-Secret-0123456789"


def problem_of(answer: Answer) -> dict[str, object]:
    """The problem details of an answer; they must have the one form."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    found: dict[str, object] = json.loads(answer.body)
    assert set(found) == {"type", "title", "status", "detail", "request_id"}
    assert (found["type"], found["status"]) == ("about:blank", answer.status)
    assert found["title"] == HTTPStatus(answer.status).phrase
    assert found["request_id"] == answer.headers["X-Request-ID"]
    return found


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (NotFound("This post is not known any more."), 404, "This post is not known any more."),
        (InvalidInput("That is no price."), 400, "That is no price."),
        (NotAllowed("Only for admins."), 403, "Only for admins."),
        (LimitReached("At most 5 alerts."), 429, "At most 5 alerts."),
        (UserError("Something a person can mend."), 400, "Something a person can mend."),
        (SourceUnavailable("alt", f"connect {CANARY}"), 503, "alt is unavailable at the moment."),
        (SourceChanged("alt", CANARY, path="$.x"), 503, "alt is unavailable at the moment."),
        (DatabaseAway(CANARY), 503, "The database does not answer at the moment."),
        (TimeoutError(CANARY), 503, "No answer within 10 seconds."),
        (web.HTTPConflict(), 409, "Request conflict"),
    ],
)
async def test_each_error_has_its_status_and_its_words(error: Exception, status: int, detail: str) -> None:
    async with running_api() as api:
        api.deals.error = error
        answer = await api.get("/api/v1/deals")
    assert answer.status == status
    assert problem_of(answer)["detail"] == detail


@pytest.mark.parametrize("error", [None, DatabaseAway("cut off"), TimeoutError()])
async def test_since_when_a_vendor_is_down_is_told_where_that_is_known(error: Exception | None) -> None:
    async with running_api() as api:
        api.deals.error = SourceUnavailable("alt", CANARY)
        api.operations.health = (SourceHealth("alt", True, NOW), SourceHealth("psa", True, NOW))
        api.operations.error = error
        answer = await api.get("/api/v1/deals")
    since = "" if error else " (since 2026-01-02T03:04:05Z)"
    assert problem_of(answer)["detail"] == f"alt is unavailable at the moment{since}."


async def test_a_budget_that_is_spent_says_when_to_come_back() -> None:
    async with running_api() as api:
        api.deals.error = SourceRateLimited("alt", "budget", retry_after_s=2.1)
        answer = await api.get("/api/v1/deals")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "3")


async def test_a_redirect_is_no_error() -> None:
    async def elsewhere(request: web.Request) -> web.Response:
        raise web.HTTPSeeOther("/healthz")

    async with running_api(more_routes={"/elsewhere": elsewhere}) as api:
        answer = await api.ask("GET", "/elsewhere", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/healthz")


async def test_a_bug_is_logged_once_and_shown_as_its_reference() -> None:
    with written_logs(secrets=[CANARY]) as stream:
        async with running_api() as api:
            api.deals.error = KeyError(f"postgresql://u:{CANARY}@db/cartel")
            answer = await api.get("/api/v1/deals?cursor=5")
    reference = answer.headers["X-Request-ID"]
    assert answer.status == 500
    assert problem_of(answer)["detail"] == f"Something went wrong here. Its reference is {reference}."
    (line,) = [json.loads(text) for text in stream.getvalue().splitlines()]
    assert (line["reference"], line["correlation"]) == (reference, f"http-{reference}")
    assert "KeyError" in line["exception"]
    assert CANARY not in stream.getvalue() + answer.body.decode()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/", 404), ("POST", "/api/v1/deals", 405), ("PURGE", "/healthz", 405)],
)
async def test_what_is_not_there_is_a_problem_too(method: str, path: str, status: int) -> None:
    async with running_api() as api:
        answer = await api.ask(method, path)
    assert answer.status == status
    assert problem_of(answer)["detail"]
    assert answer.headers.get("Allow") == ("GET,HEAD" if status == 405 else None)


async def test_a_body_that_is_too_large_is_refused_unread() -> None:
    async with running_api() as api:
        answer = await api.ask("POST", "/api/v1/deals", data=b"x" * (BODY_BYTES_MAX + 1))
    assert answer.status == 413
    problem_of(answer)


async def test_a_chunked_body_that_is_too_large_is_refused_where_it_is_read() -> None:
    async def read(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * (BODY_BYTES_MAX // 2)

    async with running_api(more_routes={"/read": read}) as api:
        answer = await api.ask("GET", "/read", data=chunks())
    assert answer.status == 413
    problem_of(answer)


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/api/v1/deals?limit=x"])
async def test_every_answer_is_hardened_and_tells_nothing_of_what_serves_it(path: str) -> None:
    async with running_api() as api:
        answer = await api.get(path)
    assert answer.headers.items() >= SECURITY_HEADERS.items()
    assert "Server" not in answer.headers


async def test_every_request_has_an_id_of_its_own_that_a_client_cannot_choose() -> None:
    async with running_api() as api:
        ids = {(await api.get("/healthz", X_Request_ID="mine")).headers["X-Request-ID"] for _ in range(5)}
    assert len(ids) == 5
    assert "mine" not in ids


async def test_strange_paths_and_methods_share_one_series() -> None:
    async with running_api() as api:
        for method in ("PURGE", "MKCOL", "LINK"):
            await api.ask(method, f"/nowhere/{method}")
        labels = {"route": "unmatched", "method": "other", "status": "404"}
        count = api.metrics.registry.get_sample_value("cartel_http_request_seconds_count", labels)
    assert count == 3


@pytest.mark.parametrize("noise", [b"\x16\x03\x01\x02\x00nonsense\r\n\r\n", b"GET / HTTP/9\r\nA B\r\n\r\n"])
async def test_noise_on_the_port_is_refused_without_a_line_in_the_log(noise: bytes) -> None:
    with written_logs() as stream:
        async with running_api() as api:
            host, _, port = api.url.removeprefix("http://").partition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(noise)
            status_line = await reader.readline()
            writer.close()
            await writer.wait_closed()
            assert (await api.get("/healthz")).status == 200
    assert b" 400 " in status_line
    assert stream.getvalue() == ""
