"""The control API: the page and the tests move the world with it."""

import aiohttp
import pytest

from core.simulator.app import Simulator
from tests.simulator.vendors.asking import Get, Json, Watch


async def command(http: aiohttp.ClientSession, path: str, body: Json) -> tuple[int, Json]:
    async with http.post(path, json=body) as response:
        return response.status, await response.json()


async def test_a_deal_is_listed_sold_and_gone(http: aiohttp.ClientSession, get: Get, sim: Simulator) -> None:
    status, offered = await command(
        http, "/sim/market/list", {"discount_bps": 3500, "venue": "me", "kind": "deal"}
    )
    assert status == 200
    assert set(offered) == {"mint", "seller", "price_usd_micros", "fair_usd_micros", "certificate", "name"}
    newest = (await get("/sim/market"))["newest"][0]
    assert (newest["mint"], newest["venue"], newest["kind"]) == (offered["mint"], "me", "deal")
    status, sale = await command(http, "/sim/market/sell", {"mint": offered["mint"]})
    assert (status, sale["seller"]) == (200, offered["seller"])
    assert offered["mint"] not in sim.market.book
    assert (await command(http, "/sim/market/sell", {"mint": offered["mint"]}))[0] == 404


async def test_a_price_is_changed_to_the_cent(http: aiohttp.ClientSession) -> None:
    _, offered = await command(http, "/sim/market/list", {})
    status, after = await command(
        http, "/sim/market/reprice", {"mint": offered["mint"], "price_usd": "80.05"}
    )
    assert (status, after["price_usd_micros"]) == (200, 80_050_000)


async def test_an_order_is_withdrawn(http: aiohttp.ClientSession, sim: Simulator) -> None:
    _, offered = await command(http, "/sim/market/list", {"kind": "honeypot"})
    assert (await command(http, "/sim/market/delist", {"mint": offered["mint"]}))[0] == 200
    assert offered["mint"] not in sim.market.book


async def test_the_pace_is_set_and_shown(http: aiohttp.ClientSession, get: Get, sim: Simulator) -> None:
    assert await command(http, "/sim/market/pace", {"events_per_minute": 240}) == (
        200,
        {"events_per_minute": 240.0},
    )
    assert sim.market.pace == 240
    assert (await get("/sim/market"))["events_per_minute"] == 240


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("list", {"venue": "moon"}),
        ("list", {"venue": "cc", "currency": "SOL"}),
        ("list", {"kind": "miracle"}),
        ("pace", {"events_per_minute": -1}),
        ("pace", {}),
        ("sell", {}),
        ("reprice", {"mint": "x", "price_usd": "much"}),
        ("reprice", {"mint": "x", "price_usd": "-1"}),
        ("reprice", {"mint": "x", "price_usd": "NaN"}),
        ("reprice", []),
    ],
)
async def test_senseless_commands_are_refused(http: aiohttp.ClientSession, path: str, body: Json) -> None:
    status, answer = await command(http, f"/sim/market/{path}", body)
    assert status == 400
    assert answer["error"]


async def test_the_summary_counts_the_world(get: Get, sim: Simulator) -> None:
    summary = await get("/sim/market")
    assert summary["counts"]["listed"] == len(sim.market.book)
    assert summary["counts"]["cards"] == 150
    assert summary["insured_noise"] == "informative"


async def test_restarts_of_the_bot_are_counted_for_the_supervisor(
    http: aiohttp.ClientSession, get: Get
) -> None:
    assert await get("/sim/supervisor") == {"restart_requested": 0}
    for count in (1, 2):
        assert await command(http, "/sim/restart-bot", {}) == (200, {"restart_requested": count})
    assert await get("/sim/supervisor") == {"restart_requested": 2}


async def test_the_picture_in_a_row_is_drawn_by_the_simulator(
    http: aiohttp.ClientSession, sim: Simulator, get: Get, watch: Watch
) -> None:
    offered = sim.market.list_deal(watch())
    row = await get(f"/vendors/collectorcrypt/cards/publicNft/{offered.mint}")
    async with http.get(row["frontImage"]) as response:
        assert (response.status, response.content_type) == (200, "image/svg+xml")
