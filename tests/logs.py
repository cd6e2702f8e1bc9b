"""Logs as the running program writes them, into a text that a test can read; undone afterwards."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO

import structlog

from core.settings import LogFormat, LogLevel
from core.telemetry.logs import LIBRARY_LEVELS_MIN, configure_logging


class Terminal(StringIO):
    """A text that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@contextmanager
def written_logs(
    log_format: LogFormat = "json",
    *,
    level: LogLevel = "info",
    secrets: Sequence[str] = (),
    stream: StringIO | None = None,
) -> Iterator[StringIO]:
    """Configure logging, give the text it writes to, and put everything back."""
    root = logging.getLogger()
    handlers, root_level = root.handlers, root.level
    levels = {name: logging.getLogger(name).level for name in LIBRARY_LEVELS_MIN}
    stream = stream or StringIO()
    try:
        configure_logging(log_format=log_format, level=level, secrets=secrets, stream=stream)
        yield stream
    finally:
        root.handlers = handlers
        root.setLevel(root_level)
        for name, library_level in levels.items():
            logging.getLogger(name).setLevel(library_level)
        structlog.reset_defaults()
