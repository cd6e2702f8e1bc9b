"""Reading the settings: the environment, `.env` and `*_FILE` secrets, each value as its type."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
from dotenv.parser import Binding, parse_stream
from msgspec import inspect

from core.errors import StartError
from core.settings.kinds import Role, Secret
from core.settings.model import FROM_FILES, KINDS, NAMES, SECRETS, Settings
from core.settings.rules import refuse_an_open_door, refuse_bad_addresses, refuse_half_a_pair, wrong

SECRET_FILE_CHARACTERS_MAX = 4096


def load(environ: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")) -> Settings:
    """Read the settings: the environment (the process's own by default) wins over the file.

    An empty value means "not set". Raises StartError with one sentence for the first thing that is wrong.
    """
    texts = {**_given(_from_file(env_file)), **_given(os.environ if environ is None else environ)}
    values = {name.lower(): _value(name, text) for name, text in texts.items()}
    settings = Settings(**values)  # type: ignore[arg-type]  # each was converted to its field's type
    refuse_bad_addresses(settings)
    refuse_half_a_pair(settings)
    refuse_an_open_door(settings)
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
    except (OSError, ValueError) as error:
        raise StartError(f"{name}_FILE names {path}, which cannot be read.") from error
    if not text or len(text) > SECRET_FILE_CHARACTERS_MAX:
        raise StartError(f"{name}_FILE names {path}, which is {'too large' if text else 'empty'}.")
    return text


def _value(name: str, text: str) -> object:
    if not text.isprintable():  # no header takes a line break, no path the bytes of another encoding
        raise StartError(f"{name} holds a line break or another invisible character: one line is expected.")
    if name in SECRETS:
        return Secret(text)
    if name == "ROLES":
        return _roles(text)
    kind = KINDS[name.lower()]
    try:
        return msgspec.convert(text, kind, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise wrong(name, text, _expected(inspect.type_info(kind))) from error


def _path(kind: type, text: object) -> object:
    return kind(text)


def _roles(text: str) -> tuple[Role, ...]:
    names = [part.strip() for part in text.split(",") if part.strip()]
    if not names or any(name not in set(Role) for name in names):
        raise wrong("ROLES", text, "one or more of bot, jobs and api, parted by commas,")
    return tuple(role for role in Role if role.value in names)


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
