"""Just enough GraphQL to answer with the fields asked for, and to refuse fields that do not exist."""

import re
from typing import Any, Final, TypeAlias

Selection: TypeAlias = dict[str, "Selection"]

DEPTH_MAX: Final = 12
_ARGUMENTS: Final = re.compile(r"\([^()]*\)")
_TOKEN: Final = re.compile(r"[{}]|[A-Za-z_]\w*|\S")


class GraphqlError(ValueError):
    """Told in the body, with HTTP 200."""

    def __init__(self, message: str, code: str = "BAD_USER_INPUT") -> None:
        super().__init__(message)
        self.code = code


def parse_query(query: str) -> Selection:
    """The fields that one operation asks for.

    Arguments are skipped: their values are read from the variables. No aliases, fragments or directives.
    Raises GraphqlError.
    """
    tokens = _TOKEN.findall(_ARGUMENTS.sub("", query))
    if "{" not in tokens:
        raise GraphqlError("Syntax Error: Expected {, found <EOF>.", "GRAPHQL_PARSE_FAILED")
    tokens = tokens[tokens.index("{") :]
    selection, rest = _selection(tokens, 0)
    if rest != len(tokens):
        raise GraphqlError(f'Syntax Error: Unexpected "{tokens[rest]}".', "GRAPHQL_PARSE_FAILED")
    return selection


def _selection(tokens: list[str], start: int, depth: int = 0) -> tuple[Selection, int]:
    """The fields between the brace at `start` and its partner, and the place after that."""
    chosen: Selection = {}
    place = start + 1
    last = ""
    while place < len(tokens) and tokens[place] != "}":
        word = tokens[place]
        if word == "{" and last and depth < DEPTH_MAX:
            chosen[last], place = _selection(tokens, place, depth + 1)
            last = ""
            continue
        if not word.isidentifier():
            raise GraphqlError(f'Syntax Error: Unexpected "{word}".', "GRAPHQL_PARSE_FAILED")
        chosen[word] = {}
        last = word
        place += 1
    if place == len(tokens) or not chosen:
        raise GraphqlError("Syntax Error: Expected Name, found <EOF>.", "GRAPHQL_PARSE_FAILED")
    return chosen, place + 1


def pick(value: Any, selection: Selection, parent: str = "Query") -> Any:
    """The chosen fields of an answer. Raises GraphqlError for a field that does not exist."""
    if isinstance(value, list):
        return [pick(item, selection, parent) for item in value]
    if value is None:
        return None
    if not isinstance(value, dict):
        if selection:
            message = f'Field "{parent}" must not have a selection since it has no subfields.'
            raise GraphqlError(message, "GRAPHQL_VALIDATION_FAILED")
        return value
    if not selection:
        message = f'Field "{parent}" must have a selection of subfields.'
        raise GraphqlError(message, "GRAPHQL_VALIDATION_FAILED")
    for name in selection:
        if name not in value:
            raise GraphqlError(f'Cannot query field "{name}" on "{parent}".', "GRAPHQL_VALIDATION_FAILED")
    return {name: pick(value[name], inner, name) for name, inner in selection.items()}
