"""The fault menu: what can go wrong with a request, chosen by tests and by the demo page.

The Discord routes and the vendor stand-ins pass every request through `Faults.guard`. Without a matching
fault it just runs the effect. At most one fault strikes a request: the oldest matching one with strikes left.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Annotated, Any, Final, TypeAlias

import msgspec
from aiohttp import web

from .breakage import half, html_page, mistyped, plain_rate_limited, plain_refused, reset

Effect: TypeAlias = Callable[[], Awaitable[web.StreamResponse]]
RateLimited: TypeAlias = Callable[[float], web.StreamResponse]
Refused: TypeAlias = Callable[[int, int, float], web.StreamResponse]

FAULTS_MAX: Final = 200
HOLD_S_MAX: Final = 600.0
WAIT_S_MAX: Final = 30.0
STATUS_DEFAULT: Final = 500
GATEWAY: Final = "discord:gateway"

_PLACEHOLDER: Final = re.compile(r"\{[^}]*\}")


class FaultKind(StrEnum):
    """What goes wrong. `before`: the request has no effect. `after`: it took effect, the answer is lost.

    The last three strike at the gateway: every connection cut at once, a heartbeat that is not acknowledged,
    and an event that is sent twice (target `discord:gateway:MESSAGE_CREATE` for one kind of event only).
    """

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
    LOST_ACK = "lost_ack"
    DUPLICATE = "duplicate"


@dataclass(slots=True, eq=False)
class Fault:
    """One entry of the menu. `times` None means until removed; `hits` counts the strikes so far.

    `code` goes with `status`: the vendor's own number for the error, such as Discord's 50007.
    """

    id: int
    target: str
    kind: FaultKind
    times: int | None
    status: int | None
    seconds: float
    code: int = 0
    taken: int = 0
    hits: int = 0
    struck: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def to_json(self) -> dict[str, Any]:
        """What `GET /sim/faults` shows."""
        return {
            "id": self.id,
            "target": self.target,
            "kind": self.kind.value,
            "times": self.times,
            "status": self.status,
            "code": self.code,
            "seconds": self.seconds,
            "hits": self.hits,
        }

    def matches(self, target: str) -> bool:
        """Exact, a `*` pattern, or everything below: `vendor:alt` also strikes `vendor:alt:search`."""
        wanted = _PLACEHOLDER.sub("{}", self.target)
        actual = _PLACEHOLDER.sub("{}", target)
        return actual == wanted or actual.startswith(f"{wanted}:") or fnmatchcase(actual, wanted)

    def strike(self) -> None:
        """Count a strike and wake whoever waits for it."""
        self.hits += 1
        self.struck.set()
        self.struck = asyncio.Event()

    async def hit(self, count: int = 1) -> None:
        """Return once the fault has struck `count` times. For `hold_after` that is after the effect."""
        while self.hits < count:
            await self.struck.wait()


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
        code: int = 0,
    ) -> Fault:
        """Put a fault on the menu. Raises ValueError for an unknown kind or when the menu is full."""
        if len(self._faults) >= FAULTS_MAX:
            raise ValueError(f"no more than {FAULTS_MAX} faults at a time")
        self._last_id += 1
        fault = Fault(self._last_id, target, FaultKind(kind), times, status, seconds, code)
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

    def strike(self, target: str, kind: FaultKind) -> bool:
        """Whether a fault of this kind strikes here and now."""
        fault = self.take(target, kind)
        if fault is not None:
            fault.strike()
        return fault is not None

    async def guard(
        self,
        target: str,
        request: web.Request,
        effect: Effect,
        *,
        rate_limited: RateLimited = plain_rate_limited,
        refused: Refused = plain_refused,
    ) -> web.StreamResponse:
        """Answer the request with `effect`, or as the matching fault says.

        target: `discord:METHOD /path/{id}` or `vendor:NAME[:operation]`. rate_limited makes the 429 of this
        vendor from a number of seconds, refused its error from a status, a code and those seconds.
        """
        fault = self.take(target, *_OF_REQUESTS)
        if fault is None:
            return await effect()
        if fault.kind in _AFTER:
            return await _after(fault, request, await effect())
        fault.strike()
        if fault.kind is FaultKind.LATENCY:
            await _pause(fault, fault.seconds)
            return await effect()
        if fault.kind is FaultKind.HOLD_BEFORE:
            await _pause(fault, HOLD_S_MAX)
            return await effect()
        if fault.kind is FaultKind.RATE_LIMIT:
            return rate_limited(fault.seconds)
        if fault.kind is FaultKind.STATUS:
            return refused(fault.status or STATUS_DEFAULT, fault.code, fault.seconds)
        return await _instead(fault, request)


_AFTER: Final = frozenset(
    {FaultKind.RESET_AFTER, FaultKind.HOLD_AFTER, FaultKind.TRUNCATE, FaultKind.WRONG_TYPES}
)
_OF_REQUESTS: Final = tuple(
    kind
    for kind in FaultKind
    if kind not in (FaultKind.DROP_GATEWAY, FaultKind.LOST_ACK, FaultKind.DUPLICATE)
)


async def _pause(fault: Fault, seconds: float) -> None:
    """Wait for the release of the fault, at most this long."""
    try:
        async with asyncio.timeout(min(seconds, HOLD_S_MAX)):
            await fault.released.wait()
    except TimeoutError:
        return


async def _instead(fault: Fault, request: web.Request) -> web.StreamResponse:
    if fault.kind is FaultKind.HTML:
        return html_page(fault.status or 200)
    if fault.kind is FaultKind.TIMEOUT:
        await _pause(fault, HOLD_S_MAX)
    return reset(request)


async def _after(fault: Fault, request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    fault.strike()
    if fault.kind is FaultKind.RESET_AFTER:
        return reset(request)
    if fault.kind is FaultKind.HOLD_AFTER:
        await _pause(fault, HOLD_S_MAX)
        return answer
    return half(answer) if fault.kind is FaultKind.TRUNCATE else mistyped(answer)


class _Wanted(msgspec.Struct):
    """A fault as the control API is asked for it."""

    target: str
    kind: FaultKind
    times: Annotated[int, msgspec.Meta(ge=1)] | None = 1
    status: Annotated[int, msgspec.Meta(ge=200, le=599)] | None = None
    seconds: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    code: int = 0


def add_fault_routes(app: web.Application, faults: Faults) -> None:
    """The control API: add, list, remove; `GET /sim/faults/{id}/hit` answers once the fault has struck."""

    async def add(request: web.Request) -> web.Response:
        try:
            wanted = msgspec.json.decode(await request.read(), type=_Wanted)
            fault = faults.add(**msgspec.structs.asdict(wanted))
        except (msgspec.DecodeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({"id": fault.id})

    async def listing(_: web.Request) -> web.Response:
        return web.json_response({"faults": [fault.to_json() for fault in faults.all()]})

    async def hit(request: web.Request) -> web.Response:
        fault = faults.get(int(request.match_info["id"]))
        if fault is None:
            return web.json_response({"error": "no such fault"}, status=404)
        count = request.query.get("count", "1")
        if not count.isdecimal():
            return web.json_response({"error": "count is a number"}, status=400)
        try:
            async with asyncio.timeout(WAIT_S_MAX):
                await fault.hit(int(count))
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
