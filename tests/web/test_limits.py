"""The rate limit: who counts as one client, how long to wait, and how many are remembered."""

from datetime import timedelta

import pytest

from core.clock import ManualClock
from core.settings import Settings
from core.web.context import WebConfig
from core.web.limits import BURST, CLIENTS_MAX, RateLimit
from tests.web.serving import NOW, Api, running_api

BEHIND_THIS_MACHINE = WebConfig.of(Settings(api_proxy="127.0.0.1"))
BEHIND_ANOTHER = WebConfig.of(Settings(api_proxy="10.0.0.0/24"))


async def exhaust(api: Api, **headers: str) -> None:
    """Ask until this client is refused."""
    statuses = [(await api.get("/healthz", **headers)).status for _ in range(BURST + 1)]
    assert statuses == [200] * BURST + [429]


async def test_a_client_that_asks_too_often_is_told_when_it_may_again() -> None:
    async with running_api() as api:
        await exhaust(api)
        refused = await api.get("/nowhere")
        api.clock.advance(timedelta(seconds=int(refused.headers["Retry-After"])))
        answered = await api.get("/healthz")
    assert (refused.status, refused.headers["Retry-After"]) == (429, "1")
    assert b"try again in 1 s" in refused.body
    assert answered.status == 200


async def test_the_named_proxy_speaks_for_its_clients() -> None:
    async with running_api(BEHIND_THIS_MACHINE) as api:
        await exhaust(api, X_Forwarded_For="192.0.2.1")
        other = await api.get("/healthz", X_Forwarded_For="192.0.2.2")
        forged = await api.get("/healthz", X_Forwarded_For="192.0.2.9, 192.0.2.1")
        inside = await api.get("/healthz", X_Forwarded_For="192.0.2.1, 127.0.0.1")
    assert (other.status, forged.status, inside.status) == (200, 429, 429)


@pytest.mark.parametrize("hops", ["", "nonsense", "127.0.0.1"])
async def test_a_proxy_that_names_nobody_is_the_client(hops: str) -> None:
    async with running_api(BEHIND_THIS_MACHINE) as api:
        await exhaust(api)
        assert (await api.get("/healthz", X_Forwarded_For=hops)).status == 429


async def test_nobody_else_is_believed() -> None:
    async with running_api(BEHIND_ANOTHER) as api:
        await exhaust(api, X_Forwarded_For="192.0.2.1")
        assert (await api.get("/healthz", X_Forwarded_For="192.0.2.2")).status == 429


async def test_one_ipv6_customer_is_one_client() -> None:
    async with running_api(BEHIND_THIS_MACHINE) as api:
        await exhaust(api, X_Forwarded_For="2001:db8:1:2::1")
        same = await api.get("/healthz", X_Forwarded_For="2001:db8:1:2:ffff::9")
        other = await api.get("/healthz", X_Forwarded_For="2001:db8:1:3::1")
    assert (same.status, other.status) == (429, 200)


async def test_an_ipv4_address_written_as_ipv6_is_the_same_client() -> None:
    async with running_api(BEHIND_THIS_MACHINE) as api:
        await exhaust(api, X_Forwarded_For="192.0.2.1")
        assert (await api.get("/healthz", X_Forwarded_For="::ffff:192.0.2.1")).status == 429


def test_a_bucket_fills_with_time_and_never_overflows() -> None:
    clock = ManualClock(NOW)
    rate = RateLimit(clock, burst=2, per_s=0.5)
    assert [rate.wait_s("a") for _ in range(3)] == [0, 0, 2]
    clock.advance(timedelta(seconds=1))
    assert rate.wait_s("a") == 1
    clock.advance(timedelta(days=1))
    assert [rate.wait_s("a") for _ in range(3)] == [0, 0, 2]


def test_only_so_many_clients_are_remembered_the_latest() -> None:
    rate = RateLimit(ManualClock(NOW), burst=1)
    for number in range(CLIENTS_MAX + 1):
        rate.wait_s(str(number))
    assert rate.wait_s(str(CLIENTS_MAX)) > 0
    assert rate.wait_s("0") == 0
