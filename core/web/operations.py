"""Whether the house stands: alive for those who restart it, ready for those who ask of it, metrics."""

import asyncio
from http import HTTPStatus

import msgspec
from aiohttp import web

from core.domain.operations import Check, Readiness
from core.telemetry.metrics import CONTENT_TYPE
from core.web.access import is_operator, require_operator
from core.web.answers import answer
from core.web.context import METRICS, SERVICES

CHECKS_S_MAX = 3.0


class Alive(msgspec.Struct, frozen=True):
    """The loop turns."""

    alive: bool = True


class Ready(msgspec.Struct, frozen=True):
    """All that a stranger is told."""

    ready: bool


class ReadyInDetail(msgspec.Struct, frozen=True):
    """What the operator is told."""

    ready: bool
    checks: tuple[Check, ...]


async def healthz(request: web.Request) -> web.Response:
    """Asks nobody: neither Discord nor the database being away is cured by a restart."""
    return answer(Alive())


async def readyz(request: web.Request) -> web.Response:
    """200 when everything the house needs is there, else 503."""
    readiness = await _readiness(request)
    status = HTTPStatus.OK if readiness.is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    if is_operator(request):
        return answer(ReadyInDetail(readiness.is_ready, readiness.checks), status=status)
    return answer(Ready(readiness.is_ready), status=status)


async def metrics(request: web.Request) -> web.Response:
    """This process's instruments, and the checks that all processes read alike."""
    require_operator(request)
    instruments = request.app[METRICS]
    for check in (await _readiness(request)).checks:
        instruments.checked(check.name, is_ok=check.is_ok, age_s=check.age_s)
    return web.Response(body=instruments.exposition(), headers={"Content-Type": CONTENT_TYPE})


async def _readiness(request: web.Request) -> Readiness:
    try:
        async with asyncio.timeout(CHECKS_S_MAX):
            return await request.app[SERVICES].operations.readiness()
    except OSError:  # refused, cut off, or too slow: TimeoutError is one
        return Readiness((Check("database", is_ok=False, age_s=None, says="no answer"),))


ROUTES = (web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics))
