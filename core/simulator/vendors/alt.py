"""A stand-in for ALT's private GraphQL: certificates, asset details, sales. Failures come as HTTP 200."""

from collections.abc import Callable
from typing import Any, Final

import msgspec
from aiohttp import web

from core.simulator.vendors.alt_rows import Rows
from core.simulator.vendors.desk import Desk, Json, json_response
from core.simulator.vendors.graphql import GraphqlError, parse_query, pick

ROOT: Final = "/vendors/alt/graphql"


class Question(msgspec.Struct):
    """The body of a GraphQL request."""

    query: str = ""
    operationName: str | None = None  # noqa: N815 - the wire's name
    variables: dict[str, Any] = {}


def failed(mistake: GraphqlError, *, status: int = 200) -> web.Response:
    """GraphQL's form of an error."""
    error = {"message": str(mistake), "extensions": {"code": mistake.code}}
    return json_response({"errors": [error], "data": None}, status=status)


def rate_limited(seconds: float) -> web.Response:
    """No limit of ALT's is published: a GraphQL error with status 429."""
    return failed(
        GraphqlError(f"Too many requests, wait {max(1, round(seconds))}s", "RATE_LIMITED"), status=429
    )


class Alt:
    """The routes. `api_key` None asks for no Authorization, as reads do in life."""

    def __init__(self, desk: Desk, *, api_key: str | None) -> None:
        self._desk = desk
        self._api_key = api_key
        self._operations: dict[str, Callable[[Rows, dict[str, Any]], Json]] = {
            "Cert": self._cert,
            "AssetDetails": self._details,
            "AssetMarketTransactions": self._transactions,
        }

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/alt/graphql, with or without the operation's name in the path."""
        for path in (ROOT, f"{ROOT}/", f"{ROOT}/{{operation}}"):
            app.router.add_post(path, self.handle)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """POST: one operation. Faults may aim at `vendor:alt:Cert` and the like."""
        question = _read(await request.read())
        name = (question.operationName if question else None) or request.match_info.get("operation") or ""

        async def effect() -> web.StreamResponse:
            return self._answer(request, question, name)

        target = f"vendor:alt:{name or 'unknown'}"
        return await self._desk.faults.guard(target, request, effect, rate_limited=rate_limited)

    def _answer(self, request: web.Request, question: Question | None, name: str) -> web.Response:
        if self._api_key and request.headers.get("Authorization") != f"Bearer {self._api_key}":
            return failed(GraphqlError("Unauthorized", "UNAUTHENTICATED"), status=401)
        if question is None:
            return failed(GraphqlError("Request body is not a GraphQL request", "BAD_REQUEST"), status=400)
        operation = self._operations.get(name)
        if operation is None:
            return failed(GraphqlError(f'Unknown operation named "{name}".', "OPERATION_RESOLUTION_FAILURE"))
        rows = Rows(self._desk.world, request, self._desk.now_ms)
        try:
            wanted = parse_query(question.query)
            return json_response({"data": pick(operation(rows, question.variables), wanted)})
        except GraphqlError as mistake:
            return failed(mistake)

    def _cert(self, rows: Rows, variables: dict[str, Any]) -> Json:
        return {"cert": rows.cert(_text(variables, "certNumber", "String!"))}

    def _details(self, rows: Rows, variables: dict[str, Any]) -> Json:
        card = self._desk.world.scenery.card_by_asset(_text(variables, "id", "ID!"))
        company, grade = _grade(variables, "tsFilter", "TimeSeriesFilter!")
        return {"asset": None if card is None else rows.asset(card, rows.kind(card, company, grade))}

    def _transactions(self, rows: Rows, variables: dict[str, Any]) -> Json:
        card = self._desk.world.scenery.card_by_asset(_text(variables, "id", "ID!"))
        company, grade = _grade(variables, "marketTransactionFilter", "MarketTransactionFilter!")
        if card is None:
            return {"asset": None}
        kind = rows.kind(card, company, grade)
        shows_skipped = bool(variables["marketTransactionFilter"].get("showSkipped", False))
        sales = [] if kind is None else rows.transactions(kind, shows_skipped=shows_skipped)
        return {"asset": {"id": card.alt_asset_id, "marketTransactions": sales}}


def _read(body: bytes) -> Question | None:
    try:
        return msgspec.json.decode(body, type=Question)
    except msgspec.DecodeError:
        return None


def _text(variables: dict[str, Any], name: str, kind: str) -> str:
    value = variables.get(name)
    if value is None:
        raise GraphqlError(f'Variable "${name}" of required type "{kind}" was not provided.')
    if not isinstance(value, str):
        raise GraphqlError(
            f'Variable "${name}" got invalid value {value!r}; String cannot represent a non string value.'
        )
    return value


def _grade(variables: dict[str, Any], name: str, kind: str) -> tuple[str, str]:
    """The company and the grade of a filter. Raises GraphqlError."""
    value = variables.get(name)
    if not isinstance(value, dict):
        raise GraphqlError(f'Variable "${name}" of required type "{kind}" was not provided.')
    return _text(value, "gradingCompany", "String!"), _text(value, "gradeNumber", "String!")
