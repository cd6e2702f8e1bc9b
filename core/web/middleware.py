"""Around every route, outermost first: request id and metrics, the error envelope, the rate limit.

The envelope is the only place where the exception tree becomes HTTP.
"""

import asyncio
import math
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from core.errors import (
    DatabaseAway,
    InvalidInput,
    LimitReached,
    NotAllowed,
    NotFound,
    SourceError,
    SourceRateLimited,
    UserError,
)
from core.telemetry import bind_correlation
from core.web.access import client_address, client_key
from core.web.answers import SECURITY_HEADERS, new_request_id, problem
from core.web.context import CLOCK, METRICS, REQUEST_ID, SERVICES
from core.web.limits import RateLimit

BODY_BYTES_MAX = 64 * 1024
HOOK_BYTES_MAX = 256 * 1024
HOOKS = "/hooks/"
REQUEST_S_MAX = 10.0
SINCE_S_MAX = 1.0
_STATUSES: tuple[tuple[type[UserError], HTTPStatus], ...] = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (InvalidInput, HTTPStatus.BAD_REQUEST),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (LimitReached, HTTPStatus.TOO_MANY_REQUESTS),
)
_log = structlog.stdlib.get_logger(__name__)


@web.middleware
async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Name the request, so that its answer and its lines in the log can be found together; time it."""
    request[REQUEST_ID] = request_id = new_request_id()
    clock = request.app[CLOCK]
    started = clock.monotonic()
    with bind_correlation(f"http-{request_id}"):
        response = await handler(request)
    response.headers["X-Request-ID"] = request_id
    resource = request.match_info.route.resource
    request.app[METRICS].request_answered(
        route=resource.canonical if resource else "unmatched",
        method=request.method if request.method in hdrs.METH_ALL else "other",
        status=response.status,
        took_s=clock.monotonic() - started,
    )
    return response


@web.middleware
async def envelope(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer whatever goes wrong as a problem; a bug is logged once and shown as its reference."""
    try:
        async with asyncio.timeout(REQUEST_S_MAX):
            most = HOOK_BYTES_MAX if request.path.startswith(HOOKS) else BODY_BYTES_MAX
            if (request.content_length or 0) > most:
                raise web.HTTPRequestEntityTooLarge(most, request.content_length or 0)
            return await handler(request)
    except web.HTTPException as error:
        return _of_http(request, error)
    except UserError as error:
        status = next((s for kind, s in _STATUSES if isinstance(error, kind)), HTTPStatus.BAD_REQUEST)
        return problem(request, status, str(error))
    except SourceError as error:
        return await _of_source(request, error)
    except DatabaseAway:  # told once, by those who run the jobs
        detail = "The database does not answer at the moment."
        return problem(request, HTTPStatus.SERVICE_UNAVAILABLE, detail)
    except TimeoutError:
        detail = f"No answer within {REQUEST_S_MAX:g} seconds."
        return problem(request, HTTPStatus.SERVICE_UNAVAILABLE, detail)
    except Exception:
        reference = request[REQUEST_ID]
        _log.exception("a request failed", reference=reference, method=request.method, path=request.path)
        detail = f"Something went wrong here. Its reference is {reference}."
        return problem(request, HTTPStatus.INTERNAL_SERVER_ERROR, detail)


def limit(rate: RateLimit) -> Middleware:
    """Refuse a client that asks too often, before any work is done for it."""

    @web.middleware
    async def limited(request: web.Request, handler: Handler) -> web.StreamResponse:
        wait_s = math.ceil(rate.wait_s(client_key(client_address(request))))
        if wait_s:
            raise web.HTTPTooManyRequests(
                text=f"Too many requests: try again in {wait_s} s.", headers={"Retry-After": str(wait_s)}
            )
        return await handler(request)

    return limited


async def harden(request: web.Request, response: web.StreamResponse) -> None:
    """Signal before headers are sent: every answer carries these, and none says what serves it."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.popall("Server", None)


def _of_http(request: web.Request, error: web.HTTPException) -> web.Response:
    if error.status < HTTPStatus.BAD_REQUEST:
        raise error
    kept = (hdrs.ALLOW, hdrs.RETRY_AFTER, hdrs.WWW_AUTHENTICATE)
    headers = {str(name): error.headers[name] for name in kept if name in error.headers}
    text = error.text or ""
    # What aiohttp says by itself repeats the status ("404: Not Found").
    detail = "" if text.startswith(f"{error.status}:") else text
    return problem(request, HTTPStatus(error.status), detail, headers=headers)


async def _of_source(request: web.Request, error: SourceError) -> web.Response:
    headers = {}
    if isinstance(error, SourceRateLimited):
        headers["Retry-After"] = str(math.ceil(error.retry_after_s))
    since = await _down_since(request, error.source)
    so = f" (since {since:%Y-%m-%dT%H:%M:%SZ})" if since else ""
    detail = f"{error.source} is unavailable at the moment{so}."
    return problem(request, HTTPStatus.SERVICE_UNAVAILABLE, detail, headers=headers)


async def _down_since(request: web.Request, source: str) -> datetime | None:
    with suppress(TimeoutError):
        async with asyncio.timeout(SINCE_S_MAX):
            return await request.app[SERVICES].operations.down_since(source)
    return None
