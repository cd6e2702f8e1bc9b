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
    OPTION_TEXT_MAX,
    Length,
)
from ..wire import Json
from .components import CHANNEL_TYPES
from .forms import Form

CHAT_INPUT: Final = 1
SUBCOMMAND: Final = 1
GROUP: Final = 2
STRING: Final = 3
INTEGER: Final = 4
CHANNEL: Final = 7
_OPTION_TYPES: Final = frozenset(range(1, 12))
_WITH_CHOICES: Final = frozenset({STRING, INTEGER, 10})
_NAME: Final = re.compile(r"^[-_'\w\u0900-\u097f\u0e00-\u0e7f]{1,32}$")
_CHILDREN: Final[dict[int, frozenset[int]]] = {
    GROUP: frozenset({SUBCOMMAND}),
    SUBCOMMAND: _OPTION_TYPES - {GROUP, SUBCOMMAND},
}
_CONTEXTS: Final = frozenset({0, 1, 2})
_INSTALLS: Final = frozenset({0, 1})


def check_commands(form: Form, commands: object) -> None:
    """Note everything that is wrong with a whole set of commands."""
    checked = form.items(commands, Length(0, sum(COMMANDS_BY_TYPE.values())))
    seen: set[tuple[str, str]] = set()
    for index, command in enumerate(checked):
        place = form.at(index)
        check_command(place, command)
        key = (str(command.get("type") or CHAT_INPUT), str(command.get("name")))
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
    kind = CHAT_INPUT if command.get("type") is None else command["type"]
    if not form.at("type").choice(kind, COMMANDS_BY_TYPE):
        return
    _check_whereabouts(form, command)
    name = form.at("name")
    if name.text(command.get("name"), COMMAND_NAME, is_required=True) and kind == CHAT_INPUT:
        _check_name(name, str(command["name"]))
    if kind != CHAT_INPUT:
        if command.get("description"):
            form.at("description").wrong("APPLICATION_COMMAND_DESCRIPTION", "Must be empty for this type")
        return
    form.at("description").text(command.get("description"), COMMAND_DESCRIPTION, is_required=True)
    _check_option_list(form.at("options"), command.get("options"), _OPTION_TYPES)
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
        elif place.at("value").required(value):
            _check_number(place.at("value"), value, kind)


def _check_number(form: Form, value: object, kind: int) -> None:
    allowed = int if kind == INTEGER else int | float
    if value is not None and (isinstance(value, bool) or not isinstance(value, allowed)):
        form.wrong("NUMBER_TYPE_COERCE", f'Value "{value}" is not a number.')


def _check_whereabouts(form: Form, command: Json) -> None:
    for name in ("nsfw", "dm_permission"):
        form.at(name).flag(command.get(name))
    form.at("contexts").choices(command.get("contexts"), _CONTEXTS, low=1)
    form.at("integration_types").choices(command.get("integration_types"), _INSTALLS, low=1)
    if command.get("default_member_permissions") is not None:
        form.at("default_member_permissions").id(command["default_member_permissions"])


def _check_name(form: Form, name: str) -> None:
    if not _NAME.match(name) or name != name.lower():
        form.wrong("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _check_option_list(form: Form, options: object, allowed: frozenset[int]) -> None:
    names: set[str] = set()
    is_optional_seen = False
    checked = form.items(options, COMMAND_OPTIONS)
    nested = [option.get("type") in (SUBCOMMAND, GROUP) for option in checked]
    if any(nested) and not all(nested):
        message = "Sub-command and sub-command group option types are mutually exclusive to all other types"
        form.wrong("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)
    for index, option in enumerate(checked):
        place = form.at(index)
        _check_option(place, option, allowed)
        if str(option.get("name")) in names:
            message = "Option names must be unique"
            place.at("name").wrong("APPLICATION_COMMAND_OPTIONS_NAME_INVALID", message)
        names.add(str(option.get("name")))
        if option.get("required") and is_optional_seen:
            message = "Required options must be placed before non-required options"
            place.wrong("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        is_optional_seen = is_optional_seen or not option.get("required")


def _check_option(form: Form, option: Json, allowed: frozenset[int]) -> None:
    kind = option.get("type")
    if not form.at("type").choice(kind, allowed):
        return
    name = form.at("name")
    if name.text(option.get("name"), COMMAND_NAME, is_required=True):
        _check_name(name, str(option["name"]))
    form.at("description").text(option.get("description"), COMMAND_DESCRIPTION, is_required=True)
    for flag in ("required", "autocomplete"):
        form.at(flag).flag(option.get(flag))
    if kind in _CHILDREN:
        _check_option_list(form.at("options"), option.get("options"), _CHILDREN[int(option["type"])])
    _check_bounds(form, option)
    if kind in _WITH_CHOICES and option.get("choices") is not None:
        check_choices(form.at("choices"), option["choices"], int(option["type"]))
        if option.get("autocomplete") and option["choices"]:
            message = "Autocomplete and choices cannot both be set"
            form.at("autocomplete").wrong("APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE", message)


def _check_bounds(form: Form, option: Json) -> None:
    kind = option["type"]
    if kind == STRING:
        form.at("min_length").whole(option.get("min_length"), 0, OPTION_TEXT_MAX)
        form.at("max_length").whole(option.get("max_length"), 1, OPTION_TEXT_MAX)
    elif kind in _WITH_CHOICES:
        for name in ("min_value", "max_value"):
            _check_number(form.at(name), option.get(name), kind)
    elif kind == CHANNEL:
        form.at("channel_types").choices(option.get("channel_types"), CHANNEL_TYPES)


def _size(node: Json) -> int:
    own = sum(len(str(node.get(key) or "")) for key in ("name", "description"))
    choices = sum(
        len(f"{choice.get('name', '')}{choice.get('value', '')}") for choice in _dicts(node, "choices")
    )
    return own + choices + sum(_size(option) for option in _dicts(node, "options"))


def _dicts(node: Json, key: str) -> list[Json]:
    items = node.get(key)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
