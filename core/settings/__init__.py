"""One frozen Settings, read once from the environment, `.env` and `*_FILE` secrets.

Nothing else in the program reads the environment. A value that cannot be understood ends the start
with one sentence naming the setting.
"""

from core.settings.kinds import LogFormat, LogLevel, Role, Secret, Tls, World
from core.settings.model import FROM_FILES, NAMES, SECRETS, Settings, is_loopback
from core.settings.reading import load, names_in

__all__ = [
    "FROM_FILES",
    "NAMES",
    "SECRETS",
    "LogFormat",
    "LogLevel",
    "Role",
    "Secret",
    "Settings",
    "Tls",
    "World",
    "is_loopback",
    "load",
    "names_in",
]
