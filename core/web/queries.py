"""Reading a query into a typed value; what cannot be read is told in a sentence naming the parameter."""

from enum import StrEnum
from typing import TypeVar, get_args, get_type_hints

import msgspec
from aiohttp import web

from core.errors import InvalidInput

Q = TypeVar("Q", bound=msgspec.Struct)
SENTENCE_CHARACTERS_MAX = 200


def read_query(request: web.Request, kind: type[Q]) -> Q:
    """The query as a `kind`. Raises InvalidInput."""
    if len(set(request.query)) < len(request.query):
        raise InvalidInput("Each parameter may be given only once.")
    try:
        return msgspec.convert(dict(request.query), kind, strict=False)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).rpartition(" - at `$.")
        reason, path = (reason, path) if reason else (path, "")
        name = path.rstrip("`")
        sentence = f"{name}: {reason}{_choices(kind, name)}" if name else reason
        raise InvalidInput(f"{sentence[:SENTENCE_CHARACTERS_MAX]}.") from error


def _choices(kind: type[Q], name: str) -> str:
    """ ", expected one of …" when the parameter is a choice, else nothing."""
    hint = get_type_hints(kind).get(name)
    for part in (hint, *get_args(hint)):
        if isinstance(part, type) and issubclass(part, StrEnum):
            return f", expected one of {', '.join(part)}"
    return ""
