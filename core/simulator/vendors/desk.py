"""What every stand-in needs: the world, the fault menu, the time, and wire forms that vendors share."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias
from urllib.parse import quote, urlencode

import msgspec
from aiohttp import web

from core.simulator.faults import Faults, RateLimited
from core.simulator.market.things import Asset, ms_of, time_of
from core.simulator.market.world import World

Json: TypeAlias = Any
Answer: TypeAlias = Callable[[web.Request], web.Response]

USDC_MINT: Final = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
SOL_MINT: Final = "So11111111111111111111111111111111111111112"
RETRY_S: Final = 60


@dataclass(frozen=True, slots=True)
class Desk:
    """What a stand-in works with. `now` tells the time in UTC."""

    world: World
    faults: Faults
    now: Callable[[], datetime]

    @property
    def now_ms(self) -> int:
        """The time in UTC milliseconds."""
        return ms_of(self.now())

    def add_get(
        self, app: web.Application, path: str, target: str, answer: Answer, limited: RateLimited
    ) -> None:
        """Serve a GET route through the fault menu. target: `vendor:NAME:ROUTE`."""
        app.router.add_get(path, self.guarded(target, answer, limited))

    def guarded(self, target: str, answer: Answer, limited: RateLimited) -> Callable[[web.Request], Any]:
        """A handler that answers unless a fault strikes first."""

        async def handle(request: web.Request) -> web.StreamResponse:
            async def effect() -> web.StreamResponse:
                return answer(request)

            return await self.faults.guard(target, request, effect, rate_limited=limited)

        return handle


def json_response(body: Json, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON as the vendors send it: compact, UTF-8."""
    return web.Response(
        body=msgspec.json.encode(body),
        status=status,
        headers=headers,
        content_type="application/json",
        charset="utf-8",
    )


def iso(at_ms: int) -> str:
    """A time as JavaScript writes it: milliseconds and Z."""
    return time_of(at_ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def dollars(usd_micros: int) -> int | float:
    """A JSON number of dollars: whole amounts without a fraction."""
    whole, rest = divmod(usd_micros, 1_000_000)
    return whole if rest == 0 else round(usd_micros / 1_000_000, 6)


def plain_number(value: float) -> int | float:
    """A JSON number as JavaScript prints it: 3.0 is 3."""
    return int(value) if value == int(value) else value


def picture_url(request: web.Request, world: World, asset: Asset) -> str:
    """Where the demo page draws this thing."""
    label = world.label(asset)
    words = {"name": f"{label.name} {label.stamp}".strip(), "grade": label.grade or ""}
    query = urlencode(words | {"grader": label.grader}, quote_via=quote)
    return f"{request.scheme}://{request.host}/pictures/{asset.cc_id}.svg?{query}"


def whole_number(text: str | None, default: int, lowest: int, highest: int) -> int | None:
    """A query parameter as a whole number in these bounds; None when it is something else."""
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > len(str(highest)):
        return None
    number = int(text)
    return number if lowest <= number <= highest else None


def traits(pairs: Iterable[tuple[str, str | None]]) -> list[Json]:
    """On-chain attributes: every value a string, and what there is not (None) is left out."""
    return [{"trait_type": name, "value": value} for name, value in pairs if value is not None]
