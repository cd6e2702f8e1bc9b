"""A marketplace stops answering: all who ask for it are told which one it is, and since when."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from random import Random

import aiohttp
import pytest
from aiohttp import web

from cogs.ui.deals import deals_embed
from cogs.ui.errors import explain
from cogs.ui.format import relative
from core.cli.sources import table
from core.domain.listings import Mint, SourceName, Venue
from core.errors import SourceUnavailable
from core.runtime import SourceBoard, plans
from core.services import Services
from core.services.deals import DealService
from core.services.sources import SourceService
from core.settings import Settings, Tls
from core.sources.collectorcrypt import CollectorCrypt
from core.sources.http import SourceHttp
from core.sources.http.breaker import FAILURES_MAX
from core.web.app import create_app
from core.web.context import WebConfig
from core.web.server import serve
from db.engine import Database
from tests.services.house import House
from tests.services.reports import MINT
from tests.sources.conftest import Sleeper
from tests.sources.server import Reply, ScriptedServer


@pytest.fixture
async def house(db: Database) -> House:
    house = House(db)
    await house.join()
    await house.post_a_deal()
    return house


@pytest.fixture
async def services(house: House) -> AsyncIterator[Services]:
    """With Collector Crypt's breaker open, and that written down."""
    board, clock = SourceBoard(house.operations), house.clock
    sleep = Sleeper(clock).sleep
    async with (
        ScriptedServer().open() as server,
        SourceHttp(clock, random=Random(7), sleep=sleep, memory=board) as http,
    ):
        server.says(Reply(status=503))
        vault = CollectorCrypt(http, base_url=server.url)
        for _ in range(FAILURES_MAX):
            with pytest.raises(SourceUnavailable):
                await vault.live(Mint(MINT))
        await board.close()
        yield replace(
            house.services,
            deals=DealService(house.db, clock, house.prices, {Venue.CC: vault}),
            sources=SourceService(house.db, clock, plans(Settings())),
        )


@pytest.fixture
async def since(services: Services, house: House) -> datetime:
    """Half a minute ago; nobody has asked it since."""
    down_since = await services.operations.down_since(SourceName.COLLECTOR_CRYPT)
    assert down_since is not None
    house.pass_time(30)
    return down_since


async def test_buy_and_deals_latest_tell_it_to_people(services: Services, since: datetime) -> None:
    with pytest.raises(SourceUnavailable, match=f"down since {since:%H:%M:%S} UTC") as error:
        await services.deals.check(1, by=7)
    assert await explain(error.value, services, subject="v1:buy:1") == (
        f"Collector Crypt does not answer right now (since {relative(since)}), "
        "so I cannot tell whether this is still on sale. Nothing was lost; try again in a minute."
    )
    embed = deals_embed(await services.deals.latest(), tier=None, guild=None)
    assert embed.description == (
        f"Collector Crypt stopped answering {relative(since)}: new listings wait for it."
    )


async def test_the_api_tells_it_to_programs(services: Services, house: House, since: datetime) -> None:
    async def look(request: web.Request) -> web.Response:
        raise web.HTTPOk(text=str(await services.deals.check(1, by=7)))

    app = create_app(services, house.metrics, config=WebConfig(), clock=house.clock)
    app.router.add_get("/look", look)
    async with (
        serve(app, Settings(api_port=0, api_tls=Tls.OFF), None) as url,
        aiohttp.ClientSession(url) as client,
    ):
        async with client.get("/look") as response:
            problem = json.loads(await response.read())
        async with client.get("/readyz") as response:
            checks = json.loads(await response.read())["checks"]
    at = f"{since:%Y-%m-%dT%H:%M:%SZ}"
    assert (problem["status"], problem["detail"]) == (
        503,
        f"collectorcrypt is unavailable at the moment (since {at}).",
    )
    assert [check["says"] for check in checks if check["name"] == "vendors"] == [
        f"down: collectorcrypt since {at}"
    ]


async def test_bot_py_sources_tells_it_to_the_operator(
    services: Services, house: House, since: datetime
) -> None:
    assert house.clock.now() > since
    first = table(await services.sources.all(), house.clock).splitlines()[1]
    assert first.startswith("collectorcrypt ")
    assert f"down for 30 s (since {since:%Y-%m-%d %H:%M} UTC): " in first
    assert first.endswith("HTTP 503")
