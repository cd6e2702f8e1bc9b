"""A stand-in for the WebSocket of a Solana node: `logsSubscribe`, and a notification for each deed.

What the marketplace's program really prints is not known. Here a line names the mint of a pNFT, and none
that of a Core asset, so that both kinds of readers have something to do.
"""

import asyncio
from typing import Final

import msgspec
from aiohttp import WSCloseCode, web

from core.simulator.market.things import Activity, Standard
from core.simulator.vendors.chain import PROGRAMS, Chain, instruction
from core.simulator.vendors.desk import Desk, Json, json_response

PATH: Final = "/vendors/solana/ws"
SUBSCRIPTIONS_MAX: Final = 10
BAD_PARAMS: Final = -32602
NO_METHOD: Final = -32601
ALL: Final = ""


class Call(msgspec.Struct):
    """A JSON-RPC request."""

    method: str
    params: list[Json] = []
    id: str | int | None = None


class SolanaLogs:
    """The route. A subscription names one account, or is for all."""

    def __init__(self, desk: Desk, chain: Chain) -> None:
        self._desk = desk
        self._chain = chain
        self._open: dict[web.WebSocketResponse, dict[int, str]] = {}
        self._last_id = 24_039

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/solana/ws, and say under /sim/chain who listens."""
        app.router.add_get(PATH, self.serve)
        app.router.add_get("/sim/chain", self.listeners)
        app.on_shutdown.append(self._hang_up)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """GET, upgraded to a WebSocket."""

        async def effect() -> web.StreamResponse:
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            subscriptions = self._open[socket] = {}
            try:
                await self._talk(socket, subscriptions)
            finally:
                del self._open[socket]
            return socket

        return await self._desk.faults.guard("vendor:solana:ws", request, effect)

    async def listeners(self, _: web.Request) -> web.Response:
        """GET /sim/chain: how many subscriptions there are."""
        return json_response({"subscriptions": sum(map(len, self._open.values()))})

    async def _talk(self, socket: web.WebSocketResponse, subscriptions: dict[int, str]) -> None:
        with self._chain.listener() as queue:
            telling = asyncio.create_task(self._tell(socket, queue, subscriptions))
            try:
                async for message in socket:
                    await socket.send_bytes(msgspec.json.encode(self._answer(message.data, subscriptions)))
            finally:
                telling.cancel()
                await asyncio.gather(telling, return_exceptions=True)

    def _answer(self, text: str | bytes, subscriptions: dict[int, str]) -> Json:
        try:
            call = msgspec.json.decode(text, type=Call)
        except msgspec.MsgspecError:
            return _failed(None, -32700, "Parse error")
        match call:
            case Call("logsSubscribe", ["all" | "allWithVotes", *_]):
                account = ALL
            case Call("logsSubscribe", [{"mentions": [str(account)]}, *_]):
                pass
            case Call("logsUnsubscribe", [int(id)]):
                return _done(call.id, subscriptions.pop(id, None) is not None)
            case Call("logsSubscribe" | "logsUnsubscribe"):
                return _failed(call.id, BAD_PARAMS, "Invalid params")
            case _:
                return _failed(call.id, NO_METHOD, "Method not found")
        if len(subscriptions) >= SUBSCRIPTIONS_MAX:
            return _failed(call.id, BAD_PARAMS, "Too many subscriptions")
        self._last_id += 1
        subscriptions[self._last_id] = account
        return _done(call.id, self._last_id)

    async def _tell(
        self, socket: web.WebSocketResponse, queue: asyncio.Queue[Activity], subscriptions: dict[int, str]
    ) -> None:
        while True:
            activity = await queue.get()
            mentioned = (ALL, PROGRAMS[activity.venue], activity.mint, activity.seller, activity.buyer)
            for id, account in list(subscriptions.items()):
                if account in mentioned:
                    await socket.send_bytes(msgspec.json.encode(self._notification(id, activity)))

    def _notification(self, id: int, activity: Activity) -> Json:
        value = {"signature": activity.signature, "err": None, "logs": self._lines(activity)}
        result = {"context": {"slot": activity.slot}, "value": value}
        return {
            "jsonrpc": "2.0",
            "method": "logsNotification",
            "params": {"result": result, "subscription": id},
        }

    def _lines(self, activity: Activity) -> list[str]:
        program, asset = PROGRAMS[activity.venue], self._chain.asset(activity)
        named = [f"Program log: mint: {asset.mint}"] if asset.standard is Standard.PNFT else []
        return [
            f"Program {program} invoke [1]",
            f"Program log: Instruction: {instruction(activity, asset)}",
            *named,
            f"Program {program} consumed 61204 of 200000 compute units",
            f"Program {program} success",
        ]

    async def _hang_up(self, _: web.Application) -> None:
        for socket in [*self._open]:
            await socket.close(code=WSCloseCode.GOING_AWAY)


def _done(id: str | int | None, result: Json) -> Json:
    return {"jsonrpc": "2.0", "result": result, "id": id}


def _failed(id: str | int | None, code: int, message: str) -> Json:
    return {"jsonrpc": "2.0", "error": {"code": code, "message": message}, "id": id}
