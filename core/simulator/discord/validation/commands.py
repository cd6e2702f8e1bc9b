"""The limits of application commands and of autocomplete choices."""

import re
from typing import Final

from ..limits import (
    CHOICE_NAME,
    CHOICE_VALUE,
    CHOICES,
    COMMAND_DESCRIPTION,
    COMMAND_NAME,
    COMMAND_OPTIONS,
    COMMAND_SIZE,
    COMMANDS_BY_TYPE,
    Length,
)
from ..wire import Json
from .forms import Form

CHAT_INPUT: Final = 1
SUBCOMMAND: Final = 1
GROUP: Final = 2
STRING: Final = 3
_OPTION_TYPES: Final = frozenset(range(1, 12))
_WITH_CHOICES: Final = frozenset({STRING, 4, 10})
_NAME: Final = re.compile(r"^[-_'\w\u0900-\u097f\u0e00-\u0e7f]{1,32}$")
_DEPTH_ALLOWED: Final[dict[int, frozenset[int]]] = {
    0: _OPTION_TYPES,
    1: _OPTION_TYPES - {GROUP},
    2: _OPTION_TYPES - {GROUP, SUBCOMMAND},
}


def check_commands(form: Form, commands: object) -> None:
    """Note everything that is wrong with a whole set of commands."""
    checked = form.items(commands, Length(0, sum(COMMANDS_BY_TYPE.values())))
    seen: set[tuple[int, object]] = set()
    for index, command in enumerate(checked):
        place = form.at(index)
        check_command(place, command)
        key = (command.get("type") or CHAT_INPUT, command.get("name"))
        if key in seen:
            message = "Application command names must be unique"
            place.wrong("APPLICATION_COMMANDS_DUPLICATE_NAME", message)
        seen.add(key)


def is_over_count(commands: list[Json]) -> bool:
    """Whether there are more commands of one type than Discord keeps."""
    types = [command.get("type") or CHAT_INPUT for command in commands]
    return any(types.count(kind) > most for kind, most in COMMANDS_BY_TYPE.items())


def check_command(form: Form, command: Json) -> None:
    """Note everything that is wrong with one command."""
    kind = command.get("type") or CHAT_INPUT
    if not form.at("type").choice(kind, COMMANDS_BY_TYPE):
        return
    name = form.at("name")
    if name.text(command.get("name"), COMMAND_NAME, is_required=True) and kind == CHAT_INPUT:
        _check_name(name, str(command["name"]))
    if kind != CHAT_INPUT:
        if command.get("description"):
            form.at("description").wrong("APPLICATION_COMMAND_DESCRIPTION", "Must be empty for this type")
        return
    form.at("description").text(command.get("description"), COMMAND_DESCRIPTION, is_required=True)
    _check_option_list(form.at("options"), command.get("options"), 0)
    if _size(command) > COMMAND_SIZE:
        form.wrong("APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({COMMAND_SIZE})")


def check_choices(form: Form, choices: object, kind: int) -> None:
    """Note everything that is wrong with the choices of an option of this type."""
    for index, choice in enumerate(form.items(choices, CHOICES)):
        place = form.at(index)
        place.at("name").text(choice.get("name"), CHOICE_NAME, is_required=True)
        value = choice.get("value")
        if kind == STRING:
            place.at("value").text(value, CHOICE_VALUE, is_required=True)
        elif isinstance(value, bool) or not isinstance(value, int | float):
            place.at("value").wrong("NUMBER_TYPE_COERCE", f'Value "{value}" is not a number.')


def _check_name(form: Form, name: str) -> None:
    if not _NAME.match(name) or name != name.lower():
        form.wrong("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _check_option_list(form: Form, options: object, depth: int) -> None:
    names: set[object] = set()
    is_optional_seen = False
    checked = form.items(options, COMMAND_OPTIONS)
    nested = [option.get("type") in (SUBCOMMAND, GROUP) for option in checked]
    if any(nested) and not all(nested):
        message = "Sub-command and sub-command group option types are mutually exclusive to all other types"
        form.wrong("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)
    for index, option in enumerate(checked):
        place = form.at(index)
        _check_option(place, option, depth)
        if option.get("name") in names:
            message = "Option names must be unique"
            place.at("name").wrong("APPLICATION_COMMAND_OPTIONS_NAME_INVALID", message)
        names.add(option.get("name"))
        if option.get("required") and is_optional_seen:
            message = "Required options must be placed before non-required options"
            place.wrong("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        is_optional_seen = is_optional_seen or not option.get("required")


def _check_option(form: Form, option: Json, depth: int) -> None:
    kind = option.get("type")
    if not form.at("type").choice(kind, _DEPTH_ALLOWED[depth]):
        return
    name = form.at("name")
    if name.text(option.get("name"), COMMAND_NAME, is_required=True):
        _check_name(name, str(option["name"]))
    form.at("description").text(option.get("description"), COMMAND_DESCRIPTION, is_required=True)
    if kind in (SUBCOMMAND, GROUP):
        _check_option_list(form.at("options"), option.get("options"), depth + 1)
    elif kind in _WITH_CHOICES and option.get("choices"):
        check_choices(form.at("choices"), option["choices"], int(option["type"]))
        if option.get("autocomplete"):
            message = "Autocomplete and choices cannot both be set"
            form.at("autocomplete").wrong("APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE", message)


def _size(node: Json) -> int:
    own = sum(len(str(node.get(key) or "")) for key in ("name", "description"))
    choices = sum(
        len(f"{choice.get('name', '')}{choice.get('value', '')}") for choice in _dicts(node, "choices")
    )
    return own + choices + sum(_size(option) for option in _dicts(node, "options"))


def _dicts(node: Json, key: str) -> list[Json]:
    items = node.get(key)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
