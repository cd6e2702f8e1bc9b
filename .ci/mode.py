"""Prints what `make run` starts: `run` when a Discord token is set, else `demo`."""

from core.errors import StartError
from core.settings import load


def mode() -> str:
    try:
        settings = load()
    except StartError:
        return "run"  # which says what is wrong
    return "run" if settings.discord_token else "demo"


print(mode())
