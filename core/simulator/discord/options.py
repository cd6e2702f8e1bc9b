"""What people type and choose, checked as a real client would before it sends anything."""

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from .commands import Typed
from .files import Upload
from .guilds import Channel
from .limits import ATTACHMENT_BYTES
from .messages import Message
from .wire import Json

if TYPE_CHECKING:
    from .world import DiscordWorld

STRING: Final = 3
INTEGER: Final = 4
BOOLEAN: Final = 5
USER: Final = 6
CHANNEL: Final = 7
ROLE: Final = 8
MENTIONABLE: Final = 9
NUMBER: Final = 10
ATTACHMENT: Final = 11
_BY_ID: Final = frozenset({USER, CHANNEL, ROLE, MENTIONABLE})


class PersonError(ValueError):
    """Something a person's client would not have let through."""


class Resolved:
    """Collects the objects behind the ids that a person chose."""

    def __init__(self, world: "DiscordWorld", channel: Channel) -> None:
        self._world = world
        self._channel_id = channel.id
        self._guild = None if channel.guild_id is None else world.guilds[channel.guild_id]
        self.found: Json = {}

    def add(self, kind: int, target: str) -> None:
        """Look up an id. Raises PersonError when there is no such thing."""
        if not target.isdecimal():
            raise PersonError(f"{target!r} is not an id")
        number = int(target)
        guild = self._guild
        if kind in (USER, MENTIONABLE) and number in self._world.users:
            self._user(number)
        elif kind in (ROLE, MENTIONABLE) and guild is not None and number in guild.roles:
            self._put("roles", target, guild.roles[number].to_json())
        elif kind == CHANNEL and guild is not None and number in guild.channels:
            self._put("channels", target, guild.channels[number].to_json() | {"permissions": "0"})
        else:
            raise PersonError(f"nothing with the id {target} here")

    def message(self, message: Message) -> None:
        """Add a message, for a message menu."""
        self._put("messages", str(message.id), message.payload)

    def attach(self, given: Any) -> str:
        """Upload a file, `{"filename", "content"}` with the content in base64. Raises PersonError."""
        try:
            name, content = given["filename"], base64.b64decode(given["content"], validate=True)
        except (KeyError, TypeError, ValueError):
            raise PersonError("a file needs a filename and its content in base64") from None
        if len(content) > ATTACHMENT_BYTES:
            raise PersonError("the file is too large")
        upload = Upload(0, str(name), content, "application/octet-stream")
        stored = self._world.files.store(self._world.snowflakes.next(), self._channel_id, upload, None)
        self._put("attachments", str(stored.id), stored.to_json(self._world.base_url))
        return str(stored.id)

    def _user(self, user_id: int) -> None:
        self._put("users", str(user_id), self._world.users[user_id].to_json())
        member = self._guild.members.get(user_id) if self._guild is not None else None
        if member is not None:
            self._put("members", str(user_id), member.to_partial_json() | {"permissions": "0"})

    def _put(self, kind: str, target: str, value: Json) -> None:
        self.found.setdefault(kind, {})[target] = value


def given_options(
    typed: Typed, given: Mapping[str, Any], resolved: Resolved, focused: str | None = None
) -> list[Json]:
    """Bring what was typed into the form of the wire. Raises PersonError.

    focused: the option being typed into, for autocomplete; then nothing is required yet.
    """
    known = {option["name"]: option for option in typed.options}
    for name in [*given, *([focused] if focused is not None else [])]:
        if name not in known:
            raise PersonError(f"/{' '.join(typed.path)} has no option {name!r}")
    made: list[Json] = []
    for name, option in known.items():
        base = {"name": name, "type": option["type"]}
        if name == focused:
            made.append(base | {"value": str(given.get(name, "")), "focused": True})
        elif given.get(name) is not None:
            made.append(base | {"value": _value(option, given[name], resolved)})
        elif option.get("required") and focused is None:
            raise PersonError(f"the option {name!r} is required")
    return made


def _value(option: Json, given: Any, resolved: Resolved) -> Any:
    kind = option["type"]
    if kind in _BY_ID:
        resolved.add(kind, str(given))
        return str(given)
    if kind == ATTACHMENT:
        return resolved.attach(given)
    if kind == BOOLEAN:
        return given if isinstance(given, bool) else str(given).lower() == "true"
    if option.get("choices"):
        return _chosen(option, given)
    if kind == STRING:
        text = str(given)
        _check_bounds(option, len(text), "min_length", "max_length")
        return text
    try:
        number = int(given) if kind == INTEGER else float(given)
    except ValueError:
        raise PersonError(f"{option['name']!r} must be a number") from None
    _check_bounds(option, number, "min_value", "max_value")
    return number


def _chosen(option: Json, given: Any) -> Any:
    for choice in option["choices"]:
        if str(given) in (choice["name"], str(choice["value"])):
            return choice["value"]
    raise PersonError(f"{given!r} is not a choice for {option['name']!r}")


def _check_bounds(option: Json, size: float, low: str, high: str) -> None:
    if option.get(low) is not None and size < option[low]:
        raise PersonError(f"{option['name']!r} must be at least {option[low]}")
    if option.get(high) is not None and size > option[high]:
        raise PersonError(f"{option['name']!r} must be at most {option[high]}")
