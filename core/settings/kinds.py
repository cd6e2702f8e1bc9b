"""The types of single settings."""

from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta


class World(StrEnum):
    """What a database is stamped with: an invented market never reaches a real community."""

    REAL = "real"
    DEMO = "demo"


class Role(StrEnum):
    """What a process does; all three by default."""

    BOT = "bot"
    JOBS = "jobs"
    API = "api"


class Tls(StrEnum):
    """How the API is protected on its port."""

    SELF_SIGNED = "self-signed"
    FILES = "files"
    OFF = "off"


class Secret:
    """A text that is never shown: repr, str and format hide it; `reveal()` is the only way in."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._text)


LogFormat = Literal["auto", "json", "console"]  # auto: console in a terminal, else json
LogLevel = Literal["debug", "info", "warning", "error"]
Snowflake = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Seconds = Annotated[float, Meta(ge=0.5, le=3600)]
