"""The fault menu: what can go wrong with a request, chosen by tests and by the demo page.

The Discord routes and the vendor stand-ins pass every request through `Faults.guard`. Without a matching
fault it just runs the effect. At most one fault strikes a request: the oldest matching one with strikes left.
"""

import asyncio
import json
import re
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any, Final, TypeAlias

from aiohttp import web

Effect: TypeAlias = Callable[[], Awaitable[web.StreamResponse]]
RateLimited: TypeAlias = Callable[[float], web.StreamResponse]

FAULTS_MAX: Final = 200
HOLD_S_MAX: Final = 600.0
WAIT_S_MAX: Final = 30.0
STATUS_DEFAULT: Final = 500
CLIENT_NEVER_SAW: Final = 499  # status recorded for an answer that was cut off
GATEWAY: Final = "discord:gateway"

_PLACEHOLDER: Final = re.compile(r"\{[^}]*\}")
_RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER on, 0 s: close() sends RST, not FIN
_HTML: Final = "<!doctype html><title>Just a moment...</title><p>Checking your browser</p>"


class FaultKind(StrEnum):
    """What goes wrong. `before`: the request has no effect. `after`: it took effect, the answer is lost."""

    LATENCY = "latency"
    STATUS = "status"
    RATE_LIMIT = "rate_limit"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    HOLD_BEFORE = "hold_before"
    HOLD_AFTER = "hold_after"
    HTML = "html"
    TRUNCATE = "truncate"
    WRONG_TYPES = "wrong_types"
    TIMEOUT = "timeout"
    DROP_GATEWAY = "drop_gateway"


@dataclass(slots=True, eq=False)
class Fault:
    """One entry of the menu. `times` None means until removed; `hits` counts the strikes so far."""

    id: int
    target: str
    kind: FaultKind
    times: int | None
    status: int | None
    seconds: float
    taken: int = 0
    hits: int = 0
    struck: asyncio.Condition = field(default_factory=asyncio.Condition)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def to_json(self) -> dict[str, Any]:
        """What `GET /sim/faults` shows."""
        return {
            "id": self.id,
            "target": self.target,
            "kind": self.kind.value,
            "times": self.times,
            "status": self.status,
            "seconds": self.seconds,
            "hits": self.hits,
        }

    def matches(self, target: str) -> bool:
        """Exact, a `*` pattern, or everything below: `vendor:alt` also strikes `vendor:alt:search`."""
        wanted = _PLACEHOLDER.sub("{}", self.target)
        actual = _PLACEHOLDER.sub("{}", target)
        return actual == wanted or actual.startswith(f"{wanted}:") or fnmatchcase(actual, wanted)

    async def strike(self) -> None:
        """Count a strike and wake whoever waits for it."""
        async with self.struck:
            self.hits += 1
            self.struck.notify_all()

    async def hit(self, count: int = 1) -> None:
        """Return once the fault has struck `count` times. For `hold_after` that is after the effect."""
        async with self.struck:
            await self.struck.wait_for(lambda: self.hits >= count)


class Faults:
    """The menu. Safe to share by everything in one event loop."""

    def __init__(self) -> None:
        self._faults: dict[int, Fault] = {}
        self._last_id = 0
        self._drop_gateway: list[Callable[[], None]] = []

    def add(
        self,
        target: str,
        kind: FaultKind | str,
        *,
        times: int | None = 1,
        status: int | None = None,
        seconds: float = 0.0,
    ) -> Fault:
        """Put a fault on the menu. Raises ValueError for an unknown kind or when the menu is full."""
        if len(self._faults) >= FAULTS_MAX:
            raise ValueError(f"no more than {FAULTS_MAX} faults at a time")
        self._last_id += 1
        fault = Fault(self._last_id, target, FaultKind(kind), times, status, seconds)
        self._faults[fault.id] = fault
        if fault.kind is FaultKind.DROP_GATEWAY:
            fault.taken = fault.hits = 1
            for drop in self._drop_gateway:
                drop()
        return fault

    def get(self, fault_id: int) -> Fault | None:
        """The fault with this id, None when it is not on the menu."""
        return self._faults.get(fault_id)

    def remove(self, fault_id: int) -> bool:
        """Take one fault off the menu and release what it holds. False when it was not there."""
        fault = self._faults.pop(fault_id, None)
        if fault is not None:
            fault.released.set()
        return fault is not None

    def clear(self) -> None:
        """Take everything off the menu and release every hold. Call it before the server stops."""
        for fault_id in list(self._faults):
            self.remove(fault_id)

    def all(self) -> list[Fault]:
        """Every fault on the menu, oldest first, used up or not."""
        return list(self._faults.values())

    def on_drop_gateway(self, drop: Callable[[], None]) -> None:
        """Call `drop` whenever a drop_gateway fault is added."""
        self._drop_gateway.append(drop)

    def take(self, target: str, *kinds: FaultKind) -> Fault | None:
        """Reserve one strike of the oldest matching fault (of these kinds when given), or None."""
        for fault in self._faults.values():
            is_left = fault.times is None or fault.taken < fault.times
            if is_left and (not kinds or fault.kind in kinds) and fault.matches(target):
                fault.taken += 1
                return fault
        return None

    async def guard(
        self, target: str, request: web.Request, effect: Effect, *, rate_limited: RateLimited | None = None
    ) -> web.StreamResponse:
        """Answer the request with `effect`, or as the matching fault says.

        target: `discord:METHOD /path/{id}` or `vendor:NAME[:operation]`. rate_limited makes the 429 of this
        vendor from a number of seconds; without it a plain 429 with Retry-After is sent.
        """
        fault = self.take(target)
        if fault is None:
            return await effect()
        if fault.kind in _AFTER:
            return await _after(fault, request, await effect())
        await fault.strike()
        if fault.kind is FaultKind.LATENCY:
            await _pause(fault, fault.seconds)
            return await effect()
        if fault.kind is FaultKind.HOLD_BEFORE:
            await _pause(fault, HOLD_S_MAX)
            return await effect()
        return await _instead(fault, request, rate_limited or plain_rate_limited)


_AFTER: Final = frozenset(
    {FaultKind.RESET_AFTER, FaultKind.HOLD_AFTER, FaultKind.TRUNCATE, FaultKind.WRONG_TYPES}
)


def plain_rate_limited(seconds: float) -> web.StreamResponse:
    """A 429 as most vendors send it."""
    headers = {"Retry-After": str(max(1, round(seconds)))}
    return web.json_response({"error": "Too many requests"}, status=429, headers=headers)


def reset(request: web.Request) -> web.StreamResponse:
    """Cut the connection with RST. The returned answer never reaches anybody."""
    transport = request.transport
    if transport is not None:
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        transport.abort()
    return web.Response(status=CLIENT_NEVER_SAW)


async def _pause(fault: Fault, seconds: float) -> None:
    """Wait for the release of the fault, at most this long."""
    try:
        async with asyncio.timeout(min(seconds, HOLD_S_MAX)):
            await fault.released.wait()
    except TimeoutError:
        return


async def _instead(fault: Fault, request: web.Request, rate_limited: RateLimited) -> web.StreamResponse:
    if fault.kind is FaultKind.RATE_LIMIT:
        return rate_limited(fault.seconds)
    if fault.kind is FaultKind.HTML:
        return web.Response(text=_HTML, content_type="text/html", status=fault.status or 200)
    if fault.kind is FaultKind.STATUS:
        status = fault.status or STATUS_DEFAULT
        body = json.dumps({"message": f"{status}: broken on purpose", "code": 0}).encode()
        return web.Response(body=body, content_type="application/json", status=status)
    if fault.kind is FaultKind.TIMEOUT:
        await _pause(fault, HOLD_S_MAX)
    return reset(request)


async def _after(fault: Fault, request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    await fault.strike()
    if fault.kind is FaultKind.RESET_AFTER:
        return reset(request)
    if fault.kind is FaultKind.HOLD_AFTER:
        await _pause(fault, HOLD_S_MAX)
        return answer
    if not isinstance(answer, web.Response) or not isinstance(answer.body, bytes):
        return answer
    if fault.kind is FaultKind.TRUNCATE:
        answer.body = answer.body[: len(answer.body) // 2]
    else:
        answer.body = json.dumps(with_wrong_types(json.loads(answer.body or b"null"))).encode()
    return answer


def with_wrong_types(value: Any) -> Any:
    """The same JSON shape with every leaf of another type: numbers as text, text as a list, null as 0."""
    if isinstance(value, dict):
        return {key: with_wrong_types(item) for key, item in value.items()}
    if isinstance(value, list):
        return [with_wrong_types(item) for item in value]
    if value is None:
        return 0
    return [value] if isinstance(value, str) else str(value)


def add_fault_routes(app: web.Application, faults: Faults) -> None:
    """The control API: add, list, remove; `GET /sim/faults/{id}/hit` answers once the fault has struck."""

    async def add(request: web.Request) -> web.Response:
        body = await request.json()
        options = {key: body[key] for key in ("times", "status", "seconds") if key in body}
        try:
            fault = faults.add(str(body["target"]), str(body["kind"]), **options)
        except (KeyError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({"id": fault.id})

    async def listing(_: web.Request) -> web.Response:
        return web.json_response({"faults": [fault.to_json() for fault in faults.all()]})

    async def hit(request: web.Request) -> web.Response:
        fault = faults.get(int(request.match_info["id"]))
        if fault is None:
            return web.json_response({"error": "no such fault"}, status=404)
        try:
            async with asyncio.timeout(WAIT_S_MAX):
                await fault.hit(int(request.query.get("count", "1")))
        except TimeoutError:
            return web.json_response(fault.to_json(), status=504)
        return web.json_response(fault.to_json())

    async def remove(request: web.Request) -> web.Response:
        is_removed = faults.remove(int(request.match_info["id"]))
        return web.json_response({"removed": is_removed}, status=200 if is_removed else 404)

    async def clear(_: web.Request) -> web.Response:
        faults.clear()
        return web.json_response({"removed": True})

    app.router.add_post("/sim/faults", add)
    app.router.add_get("/sim/faults", listing)
    app.router.add_get(r"/sim/faults/{id:\d+}/hit", hit)
    app.router.add_delete(r"/sim/faults/{id:\d+}", remove)
    app.router.add_delete("/sim/faults", clear)
