"""One frozen Settings, read once from the environment, `.env` and `*_FILE` secrets.

Nothing else in the program reads the environment. A value that cannot be understood ends the start
with one sentence naming the setting.
"""

import ipaddress
import os
import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

import msgspec
from dotenv.parser import Binding, parse_stream
from msgspec import Meta, inspect

from core.errors import StartError

SECRET_LENGTH_MIN = 32
SECRET_CHARACTERS_MIN = 10
SECRET_FILE_CHARACTERS_MAX = 4096


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


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be set. Field names in capitals are the names of the settings."""

    discord_token: Secret | None = None
    discord_api_url: str = "https://discord.com"
    operator_guild_id: Snowflake | None = None
    database_url: str = "sqlite:///data/cartel.db"
    data_dir: Path = Path("data")
    world: World = World.REAL
    roles: tuple[Role, ...] = tuple(Role)
    api_host: str = "127.0.0.1"
    api_port: Annotated[int, Meta(ge=0, le=65_535)] = 8443
    api_tls: Tls = Tls.SELF_SIGNED
    api_tls_cert: Path | None = None
    api_tls_key: Path | None = None
    api_proxy: str | None = None
    api_public_market_data: bool = True
    operator_token: Secret | None = None
    log_format: LogFormat = "auto"
    log_level: LogLevel = "info"
    collectorcrypt_url: str = "https://api.collectorcrypt.com"
    collectorcrypt_key: Secret | None = None
    collectorcrypt_poll_s: Seconds = 30.0
    magiceden_url: str = "https://api-mainnet.magiceden.dev/v2"
    magiceden_key: Secret | None = None
    magiceden_enabled: bool = True
    magiceden_poll_s: Seconds = 2.0
    alt_url: str | None = None
    alt_key: Secret | None = None
    coingecko_url: str = "https://api.coingecko.com/api/v3"
    coingecko_key: Secret | None = None
    posthog_key: Secret | None = None
    posthog_host: str = "https://us.i.posthog.com"

    @property
    def is_api_on_loopback(self) -> bool:
        return is_loopback(self.api_host)

    @property
    def secret_texts(self) -> tuple[str, ...]:
        """Every text that must never be shown: the secrets, and the passwords within addresses."""
        values = [getattr(self, name.lower()) for name in NAMES]
        secrets = [value.reveal() for value in values if isinstance(value, Secret)]
        matches = [_PASSWORD.match(value) for value in values if isinstance(value, str)]
        passwords = [match[1] for match in matches if match]
        return tuple({*secrets, *passwords, *map(unquote, passwords)} - {""})

    def __repr__(self) -> str:
        return "Settings(…)"  # an address may hold a password


SECRETS = ("DISCORD_TOKEN", "OPERATOR_TOKEN", "COLLECTORCRYPT_KEY", "MAGICEDEN_KEY", "ALT_KEY",
           "COINGECKO_KEY", "POSTHOG_KEY")  # fmt: skip
NAMES: tuple[str, ...] = tuple(field.upper() for field in Settings.__struct_fields__)
FROM_FILES = (*SECRETS, "DATABASE_URL")
"""What may also be given as NAME_FILE, the path of a file that holds the value."""
_ADDRESSES = ("DISCORD_API_URL", "COLLECTORCRYPT_URL", "MAGICEDEN_URL", "ALT_URL", "COINGECKO_URL",
              "POSTHOG_HOST")  # fmt: skip
# Up to the last @, as the database's own parser reads it: a password may hold a slash.
_PASSWORD = re.compile(r"[\w+]+://[^:/]*:(.*)@")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def load(environ: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")) -> Settings:
    """Read the settings: the environment (the process's own by default) wins over the file.

    An empty value means "not set". Raises StartError with one sentence for the first thing that is wrong.
    """
    texts = {**_given(_from_file(env_file)), **_given(os.environ if environ is None else environ)}
    values = {name.lower(): _value(name, text) for name, text in texts.items()}
    settings = Settings(**values)  # type: ignore[arg-type]  # each was converted to its field's type
    _refuse_bad_addresses(settings)
    _refuse_an_open_door(settings)
    return settings


def names_in(env_file: Path) -> list[str]:
    """The names a .env file sets, known or not (doctor reports the unknown). Raises StartError."""
    return [binding.key for binding in _bindings(env_file) if binding.key]


def _from_file(env_file: Path | None) -> dict[str, str]:
    if env_file is None or not env_file.exists():
        return {}
    bindings = _bindings(env_file)
    broken = next((b for b in bindings if b.error or (b.key and b.value is None)), None)
    if broken is not None:
        text = broken.original.string
        blank = text[: -len(text.lstrip())].count("\n")  # the parser counts from the blank lines above
        raise StartError(f"{env_file} line {broken.original.line + blank} is not of the form NAME=value.")
    return {binding.key: binding.value for binding in bindings if binding.key and binding.value}


def _bindings(env_file: Path) -> list[Binding]:
    try:
        with env_file.open(encoding="utf-8-sig") as stream:
            return list(parse_stream(stream))
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"{env_file} cannot be read: a text file in UTF-8 is expected.") from error


def _given(texts: Mapping[str, str]) -> dict[str, str]:
    """What one place, the environment or the file, says of the settings there are."""
    plain = {name: texts[name].strip() for name in NAMES if texts.get(name, "").strip()}
    for name in FROM_FILES:
        path = texts.get(f"{name}_FILE", "").strip()
        if path and name in plain:
            raise StartError(f"{name} and {name}_FILE are both set: keep one of them.")
        if path:
            plain[name] = _read_secret(name, Path(path))
    return plain


def _read_secret(name: str, path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as stream:
            text = stream.read(SECRET_FILE_CHARACTERS_MAX + 1).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"{name}_FILE names {path}, which cannot be read.") from error
    if not text or len(text) > SECRET_FILE_CHARACTERS_MAX:
        raise StartError(f"{name}_FILE names {path}, which is {'too large' if text else 'empty'}.")
    return text


def _value(name: str, text: str) -> object:
    if name in SECRETS:
        return Secret(text)
    if name == "ROLES":
        return _roles(text)
    kind = Settings.__annotations__[name.lower()]
    try:
        return msgspec.convert(text, kind, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise _wrong(name, text, _expected(inspect.type_info(kind))) from error


def _path(kind: type, text: object) -> object:
    return kind(text)


def _roles(text: str) -> tuple[Role, ...]:
    names = [part.strip() for part in text.split(",") if part.strip()]
    if not names or any(name not in set(Role) for name in names):
        raise _wrong("ROLES", text, "one or more of bot, jobs and api, parted by commas,")
    return tuple(role for role in Role if role.value in names)


def _wrong(name: str, text: str, expected: str) -> StartError:
    return StartError(f"{name} is {text[:60]!r}; {expected} is expected.")


def _expected(kind: inspect.Type) -> str:
    """What a value of this type looks like, in words."""
    match kind:
        case inspect.UnionType(types=kinds):
            return _expected(kinds[0])
        case inspect.EnumType(cls=choices):
            return "one of " + ", ".join(str(choice.value) for choice in choices)
        case inspect.LiteralType(values=choices):
            return "one of " + ", ".join(map(str, choices))
        case inspect.IntType(ge=least, le=most):
            return f"a whole number from {least} to {most}"
        case inspect.FloatType(ge=least, le=most):
            return f"a number from {least} to {most}"
    return "true or false"


def _refuse_bad_addresses(settings: Settings) -> None:
    for name in _ADDRESSES:
        if (url := getattr(settings, name.lower())) is not None:
            _refuse_bad_url(name, url)
    try:
        ipaddress.ip_network(settings.api_proxy or "127.0.0.1", strict=False)
    except ValueError as error:
        expected = "an address or network, such as 10.0.0.2 or 10.0.0.0/24,"
        raise _wrong("API_PROXY", settings.api_proxy or "", expected) from error


def _refuse_bad_url(name: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise StartError(f"{name} is not an address that begins with https://.") from error
    if not is_whole:
        raise StartError(f"{name} is not an address that begins with https://.")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise StartError(f"{name} must begin with https:// unless it is on this machine.")


def _refuse_an_open_door(settings: Settings) -> None:
    """TLS and secrets of the API: plain HTTP only on loopback or behind a named proxy."""
    token = settings.operator_token.reveal() if settings.operator_token else None
    if token and (len(token) < SECRET_LENGTH_MIN or len(set(token)) < SECRET_CHARACTERS_MIN):
        raise StartError("OPERATOR_TOKEN is too weak: `python bot.py secret` prints a strong one.")
    if Role.API not in settings.roles:
        return
    if settings.api_tls is Tls.FILES and not (settings.api_tls_cert and settings.api_tls_key):
        raise StartError(
            "API_TLS is files, so API_TLS_CERT and API_TLS_KEY must name the certificate and its key."
        )
    if settings.is_api_on_loopback:
        return
    reach = f"API_HOST {settings.api_host} can be reached from other machines"
    if settings.api_tls is not Tls.FILES and settings.api_proxy is None:
        raise StartError(
            f"{reach}: set API_TLS=files with a real certificate, or API_PROXY to the proxy in front of it."
        )
    if token is None:
        raise StartError(f"{reach}, so OPERATOR_TOKEN is needed: `python bot.py secret` prints one.")
