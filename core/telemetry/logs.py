"""Structured logs: ours and every library's pass one redactor and leave as JSON or as coloured lines."""

import logging
import sys
import threading
from collections.abc import Iterable
from contextlib import AbstractContextManager, suppress
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from core.settings import LogFormat, LogLevel
from core.telemetry.redaction import Redactor

LIBRARY_LEVELS_MIN = {
    "alembic": logging.WARNING,
    "aiohttp.access": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "apscheduler": logging.WARNING,
    "discord": logging.INFO,
    "posthog": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "urllib3": logging.WARNING,
}
"""Below these a library tells every statement, frame or run, whatever our own level is."""
AT_DEBUG_ONLY = {
    "discord.client": ("Attempting a reconnect",),
    "discord.gateway": ("Shard ID %s has stopped responding",),
}
"""Told at every try of a library to connect, at whatever level; we say once that it is lost and once that it
is back. Of these libraries all that is below a warning is left to debugging too."""
MANY_LINES = frozenset({"exception", "stack"})


def configure_logging(
    *, log_format: LogFormat, level: LogLevel, secrets: Iterable[str], stream: TextIO | None = None
) -> None:
    """Send all logs of this process to `stream` (standard error by default), replacing what was set up."""
    stream = sys.stderr if stream is None else stream
    is_console = log_format == "console" or (log_format == "auto" and stream.isatty())
    handler = _Handler(stream)
    handler.addFilter(_is_worth_telling)
    handler.setFormatter(_formatter(Redactor(secrets), is_console=is_console, has_colours=stream.isatty()))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name, least in LIBRARY_LEVELS_MIN.items():
        logging.getLogger(name).setLevel(max(least, root.level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_origin(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def bind_correlation(correlation: str) -> AbstractContextManager[None]:
    """Every line logged within, by libraries too and in tasks started there, carries this id."""
    return structlog.contextvars.bound_contextvars(correlation=correlation)


def log_uncaught() -> None:
    """Log what Python would print past the logs, and so past the redactor: uncaught errors and warnings."""
    log = logging.getLogger("python")
    print_error = sys.excepthook

    def uncaught(kind: type[BaseException], error: BaseException, trace: object) -> None:
        if issubclass(kind, KeyboardInterrupt):
            print_error(kind, error, error.__traceback__)
        else:
            log.critical("uncaught error", exc_info=error)

    def in_thread(args: threading.ExceptHookArgs) -> None:
        log.critical("uncaught error in a thread", exc_info=args.exc_value)

    def unraisable(args: "sys.UnraisableHookArgs") -> None:
        log.error("error where none can be raised", exc_info=args.exc_value)

    sys.excepthook = uncaught
    threading.excepthook = in_thread
    sys.unraisablehook = unraisable
    logging.captureWarnings(True)


class _Handler(logging.StreamHandler[TextIO]):
    """The only handler; a record that cannot be rendered is told of, never printed raw."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the library's name
        kind = type(sys.exc_info()[1]).__name__
        told = logging.LogRecord(
            record.name,
            logging.ERROR,
            record.pathname,
            record.lineno,
            "a log line was lost: %s",
            (kind,),
            None,
        )
        with suppress(OSError, ValueError):
            self.stream.write(self.format(told) + self.terminator)


def _is_worth_telling(record: logging.LogRecord) -> bool:
    beginnings = AT_DEBUG_ONLY.get(record.name)
    if beginnings is None or logging.getLogger().isEnabledFor(logging.DEBUG):
        return True
    return record.levelno >= logging.WARNING and not str(record.msg).startswith(beginnings)


def _origin() -> list[Processor]:
    """What is known only where and when a line is logged."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _formatter(redactor: Redactor, *, is_console: bool, has_colours: bool) -> logging.Formatter:
    def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        many = {key: redactor.lines(str(event[key])) for key in MANY_LINES & event.keys()}
        few = redactor.plain({key: value for key, value in event.items() if key not in MANY_LINES})
        return {**few, **many} if isinstance(few, dict) else many

    renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if is_console:
        renderer = structlog.dev.ConsoleRenderer(colors=has_colours)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_origin(),
        processors=[
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            redact,
            renderer,
        ],
    )
