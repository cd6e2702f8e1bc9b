"""The registered application commands, and the way from a typed name to the one that is meant."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from .errors import ApiError, Code
from .population import BOT_ID
from .validation.commands import GROUP, SUBCOMMAND, check_command, check_commands, is_over_count
from .validation.forms import Form
from .wire import Json

_COPIED: Final = (
    "name_localizations",
    "description_localizations",
    "default_member_permissions",
    "options",
    "nsfw",
)
_EVERYWHERE: Final = [0, 1, 2]
Installs: TypeAlias = frozenset[int]
FOR_GUILD: Final = 0
FOR_PERSON: Final = 1
IN_GUILD: Final[Installs] = frozenset({FOR_GUILD})


@dataclass(frozen=True, slots=True)
class Typed:
    """A command as a person would type it: `deals latest` is path ("deals", "latest")."""

    command: Json
    path: tuple[str, ...]
    options: tuple[Json, ...]


class Commands:
    """Commands by scope: a guild id, or None for everywhere."""

    def __init__(self) -> None:
        self._scopes: dict[int | None, list[Json]] = {}

    def put_all(self, scope: int | None, wanted: object, new_id: Callable[[], int]) -> list[Json]:
        """Replace every command of a scope. Commands keep their id as long as type and name stay."""
        form = Form()
        if not isinstance(wanted, list):
            form.wrong("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        check_commands(form, wanted)
        form.refuse()
        bodies: list[Json] = wanted if isinstance(wanted, list) else []
        if is_over_count(bodies):
            raise ApiError(Code.TOO_MANY_COMMANDS)
        earlier = {_key(command): command["id"] for command in self.of(scope)}
        made = [_command(body, scope, earlier.get(_key(body)) or str(new_id()), new_id) for body in bodies]
        self._scopes[scope] = made
        return made

    def put(self, scope: int | None, wanted: Json, new_id: Callable[[], int]) -> tuple[Json, bool]:
        """Register one command over the one of the same type and name; whether there was none."""
        earlier = next((command for command in self.of(scope) if _key(command) == _key(wanted)), None)
        made = self._replaced(scope, earlier, wanted, new_id)
        return made, earlier is None

    def change(self, scope: int | None, command_id: str, changes: Json, new_id: Callable[[], int]) -> Json:
        """Change what is named of a command; its type stays. Raises 10063."""
        earlier = self.get(scope, command_id)
        return self._replaced(scope, earlier, earlier | changes | {"type": earlier["type"]}, new_id)

    def remove(self, scope: int | None, command_id: str) -> None:
        """Forget a command. Raises 10063."""
        gone = self.get(scope, command_id)
        self._scopes[scope] = [command for command in self.of(scope) if command is not gone]

    def get(self, scope: int | None, command_id: str) -> Json:
        """The command. Raises 10063."""
        for command in self.of(scope):
            if command["id"] == command_id:
                return command
        raise ApiError(Code.UNKNOWN_COMMAND)

    def _replaced(
        self, scope: int | None, earlier: Json | None, wanted: Json, new_id: Callable[[], int]
    ) -> Json:
        """Put a checked command in the place of the earlier one, or add it."""
        others = [command for command in self.of(scope) if command is not earlier]
        form = Form()
        check_command(form, wanted)
        if any(_key(command) == _key(wanted) for command in others):
            form.wrong("APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
        form.refuse()
        if is_over_count([*others, wanted]):
            raise ApiError(Code.TOO_MANY_COMMANDS)
        made = _command(wanted, scope, earlier["id"] if earlier else str(new_id()), new_id)
        self._scopes[scope] = [*others, made]
        return made

    def of(self, scope: int | None) -> list[Json]:
        """The commands of exactly this scope."""
        return self._scopes.get(scope, [])

    def scopes(self) -> dict[int | None, list[Json]]:
        """Everything registered."""
        return dict(self._scopes)

    def restore(self, scope: int | None, commands: list[Json]) -> None:
        """Put saved commands back."""
        self._scopes[scope] = commands

    def visible(self, guild_id: int | None, bits: int, installs: Installs = IN_GUILD) -> list[Json]:
        """The commands a person with these permission bits finds there; guild_id None: in a private chat.

        installs: how the app got there, for the guild, for the person, or both.
        """
        found = [*self.of(None), *(self.of(guild_id) if guild_id is not None else [])]
        there = [command for command in found if installs & set(command["integration_types"])]
        return [command for command in there if _is_visible(command, guild_id, bits)]

    def find(
        self, name: str, kind: int, guild_id: int | None, bits: int, installs: Installs = IN_GUILD
    ) -> Typed | None:
        """The command behind a typed name or an id, None when there is none the person can see."""
        for command in self.visible(guild_id, bits, installs):
            for typed in _typings(command):
                if command["type"] == kind and name in (" ".join(typed.path), command["id"]):
                    return typed
        return None


def _key(command: Json) -> tuple[int, str]:
    return command.get("type") or 1, str(command.get("name"))


def _command(body: Json, scope: int | None, command_id: str, new_id: Callable[[], int]) -> Json:
    made: Json = {
        "id": command_id,
        "application_id": str(BOT_ID),
        "version": str(new_id()),
        "type": body.get("type") or 1,
        "name": body["name"],
        "description": body.get("description") or "",
        "dm_permission": body.get("dm_permission", True) is not False,
        "integration_types": body.get("integration_types") or [0],
        "default_member_permissions": None,
        "nsfw": False,
    }
    made |= {key: body[key] for key in _COPIED if body.get(key) is not None}
    if made["default_member_permissions"] is not None:
        made["default_member_permissions"] = str(int(made["default_member_permissions"]))
    if scope is not None:
        return made | {"guild_id": str(scope)}
    return made | {"contexts": body.get("contexts") or _EVERYWHERE}


def _is_visible(command: Json, guild_id: int | None, bits: int) -> bool:
    if guild_id is None:
        return bool(command["dm_permission"]) and 1 in command.get("contexts", _EVERYWHERE)
    if 0 not in command.get("contexts", _EVERYWHERE):
        return False
    needed = int(command["default_member_permissions"] or 0)
    is_admin_only = command["default_member_permissions"] == "0"
    return bits & needed == needed and (not is_admin_only or bool(bits & 8))


def _typings(command: Json) -> Iterator[Typed]:
    """Every way to type a command: itself, or each of its subcommands."""
    yield from _walk(command, (command["name"],), tuple(command.get("options") or ()))


def _walk(command: Json, path: tuple[str, ...], options: tuple[Json, ...]) -> Iterator[Typed]:
    nested = [option for option in options if option["type"] in (SUBCOMMAND, GROUP)]
    if not nested:
        yield Typed(command, path, options)
    for option in nested:
        yield from _walk(command, (*path, option["name"]), tuple(option.get("options") or ()))
