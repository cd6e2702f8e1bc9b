"""A stand-in for Helius (DAS and RPC, keyed) and a plain Solana node. Some errors come in a 200."""

from collections.abc import Callable
from typing import Any, Final

import msgspec
from aiohttp import web

from core.simulator.market.things import Asset, Standard
from core.simulator.vendors.desk import Desk, Json, json_response
from core.simulator.vendors.helius_rows import COLLECTIONS, TOKEN_PROGRAM, Rows, account_address
from core.simulator.vendors.limits import Window

HELIUS: Final = "/vendors/helius"
SOLANA: Final = "/vendors/solana"
PAGE_MAX: Final = 1000
DAS_A_SECOND_MAX: Final = 2
RPC_A_SECOND_MAX: Final = 10
TOKEN_TYPES: Final = ("all", "fungible", "nonFungible", "regularNft", "compressedNft")
BAD_PARAMS: Final = -32602


class Call(msgspec.Struct):
    """A JSON-RPC request."""

    method: str
    params: Any = None
    id: str | int | None = "1"


class RpcError(Exception):
    """What the node answers instead of a result."""

    def __init__(self, code: int, message: str, status: int = 200) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def failed(mistake: RpcError, call_id: str | int | None = "1") -> web.Response:
    """JSON-RPC's form of an error."""
    error = {"code": mistake.code, "message": str(mistake)}
    return json_response({"jsonrpc": "2.0", "error": error, "id": call_id}, status=mistake.status)


def rate_limited(_: float) -> web.Response:
    """The documented 429; it tells no time."""
    return failed(RpcError(-32029, "Rate limit exceeded. Please try again later.", 429))


class Helius:
    """The routes. At Helius any key will do, none will not; the plain node knows no DAS."""

    def __init__(self, desk: Desk, *, has_limits: bool = True, page_max: int | None = None) -> None:
        self._desk = desk
        self._page_max = page_max or PAGE_MAX
        self._rows = Rows(desk.world)
        self._das_window = Window(DAS_A_SECOND_MAX, 1000) if has_limits else None
        self._rpc_window = Window(RPC_A_SECOND_MAX, 1000) if has_limits else None
        self._das: dict[str, Callable[[Json], Json]] = {
            "getAssetsByOwner": self._by_owner,
            "searchAssets": self._search,
            "getAsset": self._asset,
            "getAssetsByGroup": self._by_group,
        }
        self._rpc: dict[str, Callable[[Json], Json]] = {
            "getTokenAccountsByOwner": self._accounts,
            "getTokenLargestAccounts": self._largest,
            "getAccountInfo": self._account,
            "getHealth": lambda _: "ok",
            "getSlot": lambda _: self._rows.slot(self._desk.now_ms),
        }

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/helius and /vendors/solana."""
        for path in (HELIUS, f"{HELIUS}/"):
            app.router.add_post(path, self._handler("helius", is_keyed=True))
        for path in (SOLANA, f"{SOLANA}/"):
            app.router.add_post(path, self._handler("solana", is_keyed=False))

    def _handler(self, name: str, *, is_keyed: bool) -> Callable[[web.Request], Json]:
        async def handle(request: web.Request) -> web.StreamResponse:
            call = _read(await request.read())

            async def effect() -> web.StreamResponse:
                if is_keyed and not request.query.get("api-key"):
                    message = "Authentication failed. Missing or invalid API key."
                    return failed(RpcError(-32001, message, 401))
                return self._answer(call, has_das=is_keyed)

            target = f"vendor:{name}:{call.method if call else 'unknown'}"
            return await self._desk.faults.guard(target, request, effect, rate_limited=rate_limited)

        return handle

    def _answer(self, call: Call | None, *, has_das: bool) -> web.Response:
        if call is None:
            return failed(RpcError(-32700, "Parse error", 400), None)
        is_das = has_das and call.method in self._das
        window = self._das_window if is_das else self._rpc_window
        if window is not None and window.wait_ms(self._desk.now_ms):
            return rate_limited(0)
        method = self._das.get(call.method) if is_das else self._rpc.get(call.method)
        if method is None:
            return failed(RpcError(-32601, "Method not found"), call.id)
        try:
            return json_response({"jsonrpc": "2.0", "result": method(call.params), "id": call.id})
        except RpcError as mistake:
            return failed(mistake, call.id)

    def _by_owner(self, params: Json) -> Json:
        return self._page(self._desk.world.held_by(_text(params, "ownerAddress")), params)

    def _search(self, params: Json) -> Json:
        """`tokenType` is required with an owner; `grouping` picks one of the two collections."""
        held = [*self._desk.world.assets()]
        if "ownerAddress" in params:
            if params.get("tokenType") not in TOKEN_TYPES:
                raise RpcError(BAD_PARAMS, "Invalid params: tokenType is required with ownerAddress")
            held = self._desk.world.held_by(_text(params, "ownerAddress"))
        grouping = params.get("grouping")
        if params.get("tokenType") in ("fungible", "compressedNft"):
            held = []
        return self._page([asset for asset in held if grouping is None or _is_in(asset, grouping)], params)

    def _by_group(self, params: Json) -> Json:
        group = [_text(params, "groupKey"), _text(params, "groupValue")]
        return self._page([asset for asset in self._desk.world.assets() if _is_in(asset, group)], params)

    def _asset(self, params: Json) -> Json:
        asset = self._desk.world.asset(_text(params, "id"))
        if asset is None:
            raise RpcError(-32004, "Asset not found", 404)
        return self._rows.asset(asset)

    def _page(self, found: list[Asset], params: Json) -> Json:
        """`total` counts this page only."""
        limit, page = params.get("limit", PAGE_MAX), params.get("page", 1)
        if not _is_count(limit) or not _is_count(page) or limit > PAGE_MAX:
            raise RpcError(BAD_PARAMS, "Invalid request parameters.", 400)
        limit = min(limit, self._page_max)
        items = [self._rows.asset(asset) for asset in found[(page - 1) * limit : page * limit]]
        slot = self._rows.slot(self._desk.now_ms)
        return {"last_indexed_slot": slot, "total": len(items), "limit": limit, "page": page, "items": items}

    def _accounts(self, params: Json) -> Json:
        """Sees pNFTs only: Core assets have no token account."""
        match params:
            case [str(wallet), {"programId": str(program)}, {"encoding": "jsonParsed"}]:
                held = self._desk.world.held_by(wallet) if program == TOKEN_PROGRAM else []
            case _:
                raise RpcError(BAD_PARAMS, "Invalid params: expected owner, programId, jsonParsed")
        pnfts = [asset for asset in held if asset.standard is Standard.PNFT]
        return self._in_context([self._rows.account(asset, wallet) for asset in pnfts])

    def _largest(self, params: Json) -> Json:
        """The one account of a pNFT; a Core asset is no mint at all."""
        asset = self._desk.world.asset(params[0]) if isinstance(params, list) and params else None
        if asset is None or asset.standard is not Standard.PNFT:
            raise RpcError(BAD_PARAMS, "Invalid param: not a Token mint")
        one = {"amount": "1", "decimals": 0, "uiAmount": 1.0, "uiAmountString": "1"}
        return self._in_context([{"address": account_address(asset), **one}])

    def _account(self, params: Json) -> Json:
        """A token account by its address; null for what is none."""
        match params:
            case [str(address), {"encoding": "jsonParsed"}]:
                world = self._desk.world
            case _:
                raise RpcError(BAD_PARAMS, "Invalid params: expected address, jsonParsed")
        pnfts = (asset for asset in world.assets() if asset.standard is Standard.PNFT)
        asset = next((asset for asset in pnfts if account_address(asset) == address), None)
        row = None if asset is None else self._rows.account(asset, world.asks.owner(asset))
        return self._in_context(None if row is None else row["account"])

    def _in_context(self, value: Json) -> Json:
        slot = self._rows.slot(self._desk.now_ms)
        return {"context": {"apiVersion": "2.0.15", "slot": slot}, "value": value}


def _read(body: bytes) -> Call | None:
    try:
        return msgspec.json.decode(body, type=Call)
    except msgspec.DecodeError:
        return None


def _text(params: Json, name: str) -> str:
    """A parameter that must be text. Raises RpcError."""
    value = params.get(name) if isinstance(params, dict) else None
    if not isinstance(value, str):
        raise RpcError(BAD_PARAMS, "Invalid request parameters.", 400)
    return value


def _is_in(asset: Asset, grouping: Json) -> bool:
    return bool(grouping == ["collection", COLLECTIONS[asset.standard]])


def _is_count(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1
