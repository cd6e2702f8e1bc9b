"""No key is in anything that is told of a vendor's answers, though they repeat all it was asked with."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import get_args

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from core.cli.questions import NoAnswerError, answer, questions
from core.clock import SystemClock
from core.domain.listings import SourceName
from core.runtime.sources import NEEDED, open_sources
from core.runtime.tally import CallTally, Instruments
from core.settings import Secret, load
from core.settings.model import KINDS
from core.sources.http import SourceHttp
from core.telemetry import Metrics

pytestmark = pytest.mark.slow

SECRETS = [name for name, kind in KINDS.items() if Secret in get_args(kind) and not name.endswith("_url")]
ADDRESSES = [name for name in KINDS if name.endswith("_url")]


async def repeat(request: web.Request) -> web.Response:
    """All that was asked with, as text and as the parts of an answer."""
    asked = [request.path_qs, str(request.url), *request.headers.values(), await request.text()]
    parts = dict(request.headers.items())
    said = {"error": " ".join(asked), "asked": asked, "query": dict(request.query), "parts": parts}
    return web.json_response(said, status=int(request.path.split("/")[1]))


@pytest.fixture
async def address() -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", repeat)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


def canary(name: str) -> str:
    return f"canary-{name.replace('_', '-')}+0123456789"


@pytest.mark.parametrize("status", [200, 400, 401, 404, 429, 500])
async def test_a_key_that_a_vendor_repeats_is_told_nowhere(address: str, status: int, tmp_path: Path) -> None:
    places = {name.upper(): f"{address}/{status}" for name in ADDRESSES}
    places["SOLANA_WS_URL"] = address.replace("http", "ws", 1)
    places["SOLANA_RPC_URL"] += "/canary-solana-rpc-url-0123456789"
    keys = {name.upper(): canary(name) for name in SECRETS}
    switches = {name.upper(): "true" for name in KINDS if name.endswith("_enabled")}
    house = {"DATABASE_URL": f"sqlite:///{tmp_path}/x.db", "DATA_DIR": str(tmp_path)}
    settings = load({**places, **keys, **switches, **house}, env_file=None)
    clock, metrics = SystemClock(), Metrics()
    tally = CallTally(clock)
    told = Instruments(metrics, tally)
    said: list[str] = []

    async def ask(name: SourceName) -> None:
        try:
            said.append(repr(await answer(asked[name])))
        except NoAnswerError as error:
            said.append(str(error))

    with capture_logs() as lines:
        async with SourceHttp(
            clock, random=Random(1), on_call=told.called, on_change=told.changed, sleep=no_wait
        ) as http:
            asked = questions(open_sources(settings, http))
            assert asked.keys() == NEEDED.keys()
            await asyncio.gather(*map(ask, asked))
    assert {calls.source for calls in tally.told()} == NEEDED.keys()
    shown = "\n".join([*said, repr(lines), repr(tally.told()), metrics.exposition().decode()])
    assert "canary" not in shown.casefold()


async def no_wait(_: float) -> None:
    await asyncio.sleep(0)
