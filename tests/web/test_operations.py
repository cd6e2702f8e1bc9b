"""/healthz, /readyz and /metrics: what each says, and how much of it to whom."""

import json

import pytest

from core.domain.operations import Readiness
from core.settings import Secret, Settings
from core.web.context import WebConfig
from tests.web.serving import UNREADY, Answer, Api, running_api

TOKEN = "the-operators-token-0123456789-abcdef"
WITH_TOKEN = WebConfig(operator_token=Secret(TOKEN))
BEHIND_PROXY = WebConfig.of(Settings(api_proxy="10.0.0.0/24"))


async def test_alive_asks_nobody() -> None:
    async with running_api(WITH_TOKEN) as api:
        api.operations.error = AssertionError("asked")
        answer = await api.get("/healthz")
    assert (answer.status, answer.body) == (200, b'{"alive":true}')


async def test_a_stranger_hears_only_whether_the_house_is_ready() -> None:
    async with running_api(WITH_TOKEN) as api:
        ready = await api.get("/readyz")
        api.operations.now_ready = UNREADY
        unready = await api.get("/readyz")
    assert (ready.status, ready.body) == (200, b'{"ready":true}')
    assert (unready.status, unready.body) == (503, b'{"ready":false}')


async def test_the_operator_hears_each_check_with_its_age() -> None:
    async with running_api(WITH_TOKEN) as api:
        api.operations.now_ready = UNREADY
        answer = await api.get("/readyz", Authorization=f"Bearer {TOKEN}")
    assert answer.status == 503
    assert json.loads(answer.body) == {
        "ready": False,
        "checks": [
            {"name": "database", "is_ok": True, "age_s": 0.0, "says": "answers"},
            {"name": "gateway", "is_ok": False, "age_s": 90.0, "says": "lost"},
        ],
    }


@pytest.mark.parametrize("error", [ConnectionRefusedError(), TimeoutError()])
async def test_a_database_that_does_not_answer_makes_the_house_unready(error: Exception) -> None:
    async with running_api() as api:
        api.operations.error = error
        answer = await api.get("/readyz")
        metrics = await api.get("/metrics")
    assert answer.status == 503
    assert json.loads(answer.body)["checks"][0]["says"] == "no answer"
    assert b'cartel_check_ok{check="database"} 0.0' in metrics.body


async def test_metrics_tell_the_instruments_and_the_checks() -> None:
    async with running_api() as api:
        api.operations.now_ready = UNREADY
        api.metrics.deal_found("gold")
        await api.get("/healthz")
        answer = await api.get("/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    for line in (
        b'cartel_deals_total{tier="gold"} 1.0',
        b'cartel_check_ok{check="gateway"} 0.0',
        b'cartel_check_age_seconds{check="gateway"} 90.0',
        b'cartel_http_request_seconds_count{method="GET",route="/healthz",status="200"} 1.0',
    ):
        assert line in answer.body


async def is_operator(api: Api, **headers: str) -> bool:
    """Whether both doors open, or neither does."""
    answers: list[Answer] = [await api.get(path, **headers) for path in ("/metrics", "/readyz")]
    opened = {answers[0].status == 200, b"checks" in answers[1].body}
    assert len(opened) == 1
    return opened.pop()


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", TOKEN, f"bearer {TOKEN}", f"Bearer {TOKEN}x", "Bearer é\x80"]
)
async def test_only_the_whole_token_opens_the_operators_doors(header: str) -> None:
    async with running_api(WITH_TOKEN) as api:
        assert not await is_operator(api, Authorization=header)
        assert await is_operator(api, Authorization=f"Bearer {TOKEN}")


async def test_without_a_token_this_machine_is_the_operator() -> None:
    async with running_api() as api:
        assert await is_operator(api)
        assert await is_operator(api, Host="localhost:8443")


async def test_behind_a_proxy_this_machine_is_nobody_special() -> None:
    async with running_api(BEHIND_PROXY) as api:
        assert not await is_operator(api)


@pytest.mark.parametrize("header", ["X_Forwarded_For", "Forwarded", "X_Real_IP"])
async def test_a_proxy_that_nobody_named_is_not_this_machine(header: str) -> None:
    async with running_api() as api:
        assert not await is_operator(api, **{header: "127.0.0.1"})


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8443", "[::1", ""])
async def test_a_name_pointed_at_this_machine_from_elsewhere_is_not_this_machine(host: str) -> None:
    async with running_api() as api:
        assert not await is_operator(api, Host=host)


def test_ready_means_every_check_passes() -> None:
    assert Readiness(()).is_ready
    assert not UNREADY.is_ready
