"""The chain as it happens: a node's log over WebSocket, and Helius' webhooks."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.simulator.app import Simulator
from core.simulator.market.things import Activity, Currency, Standard, Token, Venue
from core.simulator.vendors.chain import PROGRAMS
from core.simulator.vendors.desk import USDC_MINT
from core.simulator.vendors.helius_webhooks import WEBHOOKS_MAX
from core.simulator.vendors.solana_logs import SUBSCRIPTIONS_MAX
from tests.simulator.vendors.asking import START, Get, Json, Post

PATIENCE_S = 30
HOOKS = "/vendors/helius/v0/webhooks"
KEYED = f"{HOOKS}?api-key=key"


def free(sim: Simulator, standard: Standard) -> Token:
    """A slab that is not on sale."""
    return next(
        t for t in sim.market.scenery.tokens if t.standard is standard and t.mint not in sim.market.book
    )


def put(sim: Simulator, token: Token, venue: Venue = Venue.CC) -> Activity:
    sim.market.put_on_sale(token.mint, 50_000_000, START, venue=venue, currency=Currency.USDC)
    return sim.market.book.activities[-1]


async def call(socket: aiohttp.ClientWebSocketResponse, method: str, *params: Json) -> Json:
    await socket.send_json({"jsonrpc": "2.0", "id": 7, "method": method, "params": list(params)})
    return await heard(socket)


async def heard(socket: aiohttp.ClientWebSocketResponse) -> Json:
    async with asyncio.timeout(PATIENCE_S):
        return json.loads((await socket.receive()).data)


@pytest.fixture
async def socket(http: aiohttp.ClientSession) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with http.ws_connect("/vendors/solana/ws") as socket:
        yield socket


async def test_a_subscriber_hears_what_its_account_is_mentioned_in(
    sim: Simulator, socket: aiohttp.ClientWebSocketResponse
) -> None:
    subscribed = await call(socket, "logsSubscribe", {"mentions": [PROGRAMS[Venue.CC]]}, {"commitment": "x"})
    put(sim, free(sim, Standard.PNFT), Venue.ME)
    pnft, core = free(sim, Standard.PNFT), free(sim, Standard.CORE)
    deeds = [put(sim, pnft), put(sim, core), sim.market.sell(core.mint, START)]
    told = [await heard(socket) for _ in deeds]
    assert [one["method"] for one in told] == ["logsNotification"] * 3
    assert {one["params"]["subscription"] for one in told} == {subscribed["result"]}
    values = [one["params"]["result"]["value"] for one in told]
    assert [value["signature"] for value in values] == [deed.signature for deed in deeds]
    assert [value["logs"][1].rpartition(" ")[2] for value in values] == ["ListPnft", "ListCore", "BuyCore"]
    assert [pnft.mint in str(values[0]), core.mint in str(values[1:])] == [True, False]


async def test_who_listens_to_all_hears_both_markets_until_unsubscribed(
    sim: Simulator, socket: aiohttp.ClientWebSocketResponse
) -> None:
    id = (await call(socket, "logsSubscribe", "all"))["result"]
    put(sim, free(sim, Standard.PNFT), Venue.ME)
    assert (await heard(socket))["params"]["subscription"] == id
    assert (await call(socket, "logsUnsubscribe", id))["result"] is True
    assert (await call(socket, "logsUnsubscribe", id))["result"] is False
    put(sim, free(sim, Standard.PNFT))
    assert "error" in await call(socket, "getHealth")


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("logsSubscribe", [], -32602),
        ("logsSubscribe", [{"mentions": ["a", "b"]}], -32602),
        ("slotSubscribe", [], -32601),
    ],
)
async def test_what_is_no_subscription_is_refused(
    socket: aiohttp.ClientWebSocketResponse, method: str, params: list[Json], code: int
) -> None:
    assert (await call(socket, method, *params))["error"]["code"] == code


async def test_nonsense_and_too_many_subscriptions_are_refused(
    socket: aiohttp.ClientWebSocketResponse,
) -> None:
    await socket.send_str("{")
    assert (await heard(socket))["error"]["code"] == -32700
    answers = [await call(socket, "logsSubscribe", "all") for _ in range(SUBSCRIPTIONS_MAX + 1)]
    assert ["error" in answer for answer in answers] == [False] * SUBSCRIPTIONS_MAX + [True]


async def test_a_fault_strikes_before_the_upgrade(sim: Simulator, http: aiohttp.ClientSession) -> None:
    sim.faults.add("vendor:solana:ws", "status", status=503)
    with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
        await http.ws_connect("/vendors/solana/ws")


class Receiver:
    """Somebody's door for pushes; it turns the first ones away."""

    def __init__(self) -> None:
        self.url = ""
        self.turned_away = 0
        self.got: asyncio.Queue[tuple[str, Json]] = asyncio.Queue()

    async def take(self, request: web.Request) -> web.Response:
        body = await request.json()
        if self.turned_away:
            self.turned_away -= 1
            return web.Response(status=503)
        self.got.put_nowait((request.headers["Authorization"], body))
        return web.Response()

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Receiver"]:
        app = web.Application()
        app.router.add_post("/hook", self.take)
        async with TestServer(app) as server:
            self.url = str(server.make_url("/hook"))
            yield self

    def wanted(self, **more: Json) -> Json:
        accounts = [PROGRAMS[Venue.CC]]
        return {"webhookURL": self.url, "accountAddresses": accounts, "authHeader": "secret"} | more


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver().open() as receiver:
        yield receiver


async def got(receiver: Receiver) -> tuple[str, Json]:
    async with asyncio.timeout(PATIENCE_S):
        return await receiver.got.get()


async def test_a_webhook_is_posted_what_it_asked_for(sim: Simulator, post: Post, receiver: Receiver) -> None:
    await post(KEYED, receiver.wanted(transactionTypes=["NFT_SALE"]))
    for token in (free(sim, Standard.PNFT), free(sim, Standard.CORE)):
        put(sim, token)
        sale = sim.market.sell(token.mint, START)
        header, [told] = await got(receiver)
        assert (header, told["type"], told["signature"]) == ("secret", "NFT_SALE", sale.signature)
        assert told["tokenTransfers"][0]["mint"] == USDC_MINT
        named = [nft["mint"] for nft in told["events"]["nft"]["nfts"]]
        assert named == ([token.mint] if token.standard is Standard.PNFT else [])
        [instruction] = told["instructions"]
        assert token.mint in instruction["accounts"]


async def test_a_push_that_is_turned_away_comes_again(sim: Simulator, post: Post, receiver: Receiver) -> None:
    receiver.turned_away = 1
    await post(KEYED, receiver.wanted())
    listed = put(sim, free(sim, Standard.CORE))
    _, [told] = await got(receiver)
    assert (told["type"], told["signature"]) == ("NFT_LISTING", listed.signature)


async def test_webhooks_are_made_shown_and_deleted_with_a_key(
    http: aiohttp.ClientSession, get: Get, post: Post, receiver: Receiver
) -> None:
    await post(HOOKS, receiver.wanted(), status=401)
    made = await post(KEYED, receiver.wanted())
    [shown] = await get(HOOKS, **{"api-key": "key"})
    assert (shown, shown["webhookURL"], shown["authHeader"]) == (made, receiver.url, "secret")
    for status in (200, 404):
        async with http.delete(f"{HOOKS}/{made['webhookID']}?api-key=key") as answer:
            assert answer.status == status


async def test_a_webhook_that_makes_no_sense_is_refused(post: Post, receiver: Receiver) -> None:
    for wrong in (
        {"webhookURL": "https://example.org/"},
        {"webhookType": "discord"},
        {"accountAddresses": 5},
    ):
        await post(KEYED, receiver.wanted(**wrong), status=400)
    for _ in range(WEBHOOKS_MAX):
        await post(KEYED, receiver.wanted())
    await post(KEYED, receiver.wanted(), status=400)
