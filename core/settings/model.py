"""Everything that can be set, as one frozen value."""

import ipaddress
import re
from pathlib import Path
from typing import Annotated, get_args, get_type_hints
from urllib.parse import unquote

from msgspec import Meta, structs

from core.settings.kinds import LogFormat, LogLevel, Role, Secret, Snowflake, Tls, World
from core.settings.vendors import VendorSettings

# Up to the last @, as the database's own parser reads it: a password may hold a slash.
_PASSWORD = re.compile(r"[\w+]+://[^:/]*:(.*)@")


class Settings(VendorSettings, frozen=True, kw_only=True):
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


KINDS = get_type_hints(Settings, include_extras=True)
"""The type of each setting, by its field's name."""
NAMES: tuple[str, ...] = tuple(field.name.upper() for field in structs.fields(Settings))
SECRETS: tuple[str, ...] = tuple(name for name in NAMES if Secret in get_args(KINDS[name.lower()]))
FROM_FILES = (*SECRETS, "DATABASE_URL")
"""What may also be given as NAME_FILE, the path of a file that holds the value."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
