"""The routes on the real services and a real database, of either engine."""

import json
from pathlib import Path

import aiohttp

from core.runtime import open_runtime
from core.settings import Settings, Tls
from core.web.app import create_app
from core.web.context import WebConfig
from core.web.server import serve


async def test_a_house_that_has_just_been_built_has_no_deals_and_is_not_ready(
    database_url: str, tmp_path: Path
) -> None:
    settings = Settings(database_url=database_url, data_dir=tmp_path, api_port=0, api_tls=Tls.OFF)
    async with aiohttp.ClientSession() as client, open_runtime(settings) as runtime:
        config = WebConfig.of(settings)
        app = create_app(runtime.services, runtime.metrics, config=config, clock=runtime.clock)
        async with serve(app, settings, None) as url:
            async with client.get(f"{url}/api/v1/deals?tier=gold&cursor=7") as response:
                deals = (response.status, await response.json())
            async with client.get(f"{url}/readyz") as response:
                checks = {
                    check["name"]: check["is_ok"] for check in json.loads(await response.read())["checks"]
                }
    assert deals == (200, {"items": [], "next_cursor": None})
    assert (checks["database"], checks["gateway"], checks["jobs"]) == (True, False, False)
