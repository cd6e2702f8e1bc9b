"""Requests made to do harm: answered as a problem, or like any other; none is worth a traceback."""

import gzip
import json

import aiohttp
import pytest
from aiohttp import web

from core.web.answers import SECURITY_HEADERS
from core.web.connections import DoorLimits
from core.web.middleware import BODY_BYTES_MAX
from tests.logs import written_logs
from tests.web.peers import ALIVE, peer, sent_back
from tests.web.serving import running_api

HASTY = DoorLimits(silent_s_max=0.05)
HOST = b"Host: localhost\r\n"


async def echo(request: web.Request) -> web.Response:
    return web.Response(body=await request.read())


def parts_of(sent: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one answer."""
    head, _, body = sent.partition(b"\r\n\r\n")
    status_line, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return int(status_line.split(" ")[1]), headers, body


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"CANARY\r\n\r\n", 400),
        (b"GET /\xff\xfeCANARY HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET http://[::1/CANARY HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET /CANARY HTTP/1.1\r\n\r\n", 400),
        (b"GET /" + b"CANARY" * 2000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"CANARY" * 2000 + b"\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: CANARY\r\n" * 65 + b"\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + b"Host: CANARY\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (
            b"GET / HTTP/1.1\r\n"
            + HOST
            + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
        (b"GET / HTTP/1.1\r\n" + HOST + b"Expect: CANARY\r\nConnection: close\r\n\r\n", 417),
    ],
)
async def test_what_is_no_request_is_a_problem_that_repeats_and_betrays_nothing(
    request_bytes: bytes, status: int
) -> None:
    with written_logs() as stream:
        async with running_api() as api:
            answered, headers, body = parts_of(await sent_back(api, request_bytes))
    problem = json.loads(body)
    assert (answered, problem["status"]) == (status, status)
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["X-Request-ID"] == problem["request_id"]
    assert headers.items() >= SECURITY_HEADERS.items()
    assert not headers.get("Server")
    assert b"CANARY" not in body
    assert stream.getvalue() == ""


@pytest.mark.parametrize("path", [b"/%00", b"/../../etc/passwd", b"/..%2f..%2fetc/passwd", b"//evil/healthz"])
async def test_paths_lead_nowhere_else(path: bytes) -> None:
    request = b"GET " + path + b" HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    async with running_api() as api:
        status, headers, _ = parts_of(await sent_back(api, request))
    assert (status, headers["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("query", ["limit=1&limit=100", "tier=gold&tier=gold", "cursor=5&limit=1&cursor=6"])
async def test_a_parameter_given_twice_is_refused_not_chosen_from(query: str) -> None:
    async with running_api() as api:
        answer = await api.get(f"/api/v1/deals?{query}")
    assert answer.status == 400
    assert json.loads(answer.body)["detail"] == "Each parameter may be given only once."
    assert api.deals.asked == {}


@pytest.mark.parametrize(
    "query", ["limit=1e9", f"limit={'9' * 5000}", "cursor=%00", "tier=%0d%0aX-Evil:%20y", "%ff=%fe", "[]=1"]
)
async def test_a_forged_query_is_a_problem_and_no_header(query: str) -> None:
    async with running_api() as api, api.client.get(f"{api.url}/api/v1/deals?{query}") as response:
        assert (response.status, response.content_type) == (400, "application/problem+json")
        assert "X-Evil" not in response.headers
    assert api.deals.asked == {}


async def test_a_compressed_body_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(BODY_BYTES_MAX * 100))
    assert len(bomb) < BODY_BYTES_MAX
    async with running_api(more_routes={"/echo": echo}) as api:
        answer = await api.ask("GET", "/echo", data=bomb, headers={"Content-Encoding": "gzip"})
    assert (answer.status, answer.body) == (200, bomb)


async def test_a_body_that_breaks_off_into_nonsense_is_no_bug_of_ours() -> None:
    head = b"GET /healthz HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
    with written_logs() as stream:
        async with running_api(limits=HASTY) as api, peer(api) as stranger:
            assert ALIVE in await stranger.told(head)
            stranger.writer.write(b"2\r\nab\r\nnonsense\r\n")
            await stranger.sent()
    assert stream.getvalue() == ""


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE"])
async def test_no_method_tells_more_than_get(method: str) -> None:
    async with (
        running_api() as api,
        aiohttp.request(
            method, f"{api.url}/healthz", headers={"X-Mine": "CANARY", "Range": "bytes=0-1"}
        ) as r,
    ):
        assert r.status == (200 if method == "HEAD" else 405)
        assert b"CANARY" not in await r.read()
        assert "Access-Control-Allow-Origin" not in r.headers
