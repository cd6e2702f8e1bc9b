"""What leaves the API: JSON from typed values, and problem details (RFC 9457) for whatever went wrong."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from aiohttp import web

from core.web.context import REQUEST_ID


class Problem(msgspec.Struct, frozen=True):
    """Why a request was not answered. `request_id` is the reference to give when asking about it."""

    title: str
    status: int
    detail: str
    request_id: str
    type: str = "about:blank"


def answer(value: msgspec.Struct, *, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")


def problem(
    request: web.Request, status: HTTPStatus, detail: str, *, headers: Mapping[str, str] | None = None
) -> web.Response:
    value = Problem(status.phrase, status, detail or status.description, request[REQUEST_ID])
    return web.Response(
        body=msgspec.json.encode(value),
        status=status,
        headers=headers,
        content_type="application/problem+json",
    )
