"""PostHog gets the market's events as nobody's, over real HTTP, and nothing without being asked."""

import gzip
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.analytics import Analytics
from core.domain.deals import DealTier
from core.events import DealFound, PostShown
from core.services.events import EventService
from db import events
from db.engine import Database
from db.events import Fact

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class PostHogStandIn:
    """Keeps what is sent to /batch/."""

    def __init__(self) -> None:
        self.received: list[dict[str, object]] = []

    async def batch(self, request: web.Request) -> web.Response:
        body = await request.read()
        text = gzip.decompress(body) if request.headers.get("Content-Encoding") == "gzip" else body
        self.received += msgspec.json.decode(text)["batch"]
        return web.json_response({"status": "Ok"})


@pytest.fixture
async def posthog() -> AsyncIterator[tuple[PostHogStandIn, str]]:
    stand_in = PostHogStandIn()
    app = web.Application()
    app.router.add_post("/batch/", stand_in.batch)
    async with TestServer(app) as server:
        yield stand_in, str(server.make_url("")).rstrip("/")


async def test_each_event_is_sent_once_without_anybodys_ids(
    db: Database, posthog: tuple[PostHogStandIn, str]
) -> None:
    stand_in, host = posthog
    analytics = Analytics(EventService(db), key="phc_test", host=host)
    assert await analytics.send_new() == 0
    found = DealFound(1, 2, "Mint111", DealTier.GOLD, 4_000)
    async with db.write() as tx:
        await events.append(tx, [Fact("market", "verdict:1", found)], NOW)
        await events.append(tx, [Fact("guild:77", "post:1", PostShown(1, 99, is_new=True))], NOW)
    assert await analytics.send_new() == 2
    assert await analytics.send_new() == 0
    await analytics.close()

    assert [event["event"] for event in stand_in.received] == ["deal.found", "post.shown"]
    assert "Mint111" not in str(stand_in.received)
    assert "77" not in str([event["properties"] for event in stand_in.received])


async def test_a_batch_that_was_not_taken_is_seen_again(db: Database) -> None:
    reader = EventService(db)
    seen: list[int] = []

    async def note(batch: object) -> None:
        seen.append(1)

    async def fail(batch: object) -> None:
        raise OSError("PostHog's queue is full")

    await reader.read("reader", note)
    async with db.write() as tx:
        await events.append(tx, [Fact("market", "post:1", PostShown(1, 99, is_new=True))], NOW)
    with pytest.raises(OSError, match="full"):
        await reader.read("reader", fail)
    assert await reader.read("reader", note) == 1
    assert seen == [1]
