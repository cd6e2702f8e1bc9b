"""What leaves the API: JSON from typed values, and problem details (RFC 9457) for whatever went wrong."""

import secrets
from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from aiohttp import web

from core.web.context import REQUEST_ID

SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Problem(msgspec.Struct, frozen=True):
    """Why a request was not answered. `request_id` is the reference to give when asking about it."""

    title: str
    status: int
    detail: str
    request_id: str
    type: str = "about:blank"


def answer(value: msgspec.Struct, *, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")


def new_request_id() -> str:
    return secrets.token_hex(8)


def problem(
    request: web.Request, status: HTTPStatus, detail: str, *, headers: Mapping[str, str] | None = None
) -> web.Response:
    return _problem(request[REQUEST_ID], status, detail, headers or {})


def refusal(status: HTTPStatus, detail: str) -> web.Response:
    """A problem for what never came to the application, which would have added the headers."""
    request_id = new_request_id()
    # aiohttp puts its name and version where no Server is.
    headers = {**SECURITY_HEADERS, "X-Request-ID": request_id, "Server": ""}
    return _problem(request_id, status, detail, headers)


def _problem(request_id: str, status: HTTPStatus, detail: str, headers: Mapping[str, str]) -> web.Response:
    value = Problem(status.phrase, status, detail or status.description, request_id)
    return web.Response(
        body=msgspec.json.encode(value),
        status=status,
        headers=headers,
        content_type="application/problem+json",
    )
