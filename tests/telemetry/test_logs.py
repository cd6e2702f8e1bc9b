"""Logs: no secret in any line, one shape for all loggers, a correlation that follows."""

import asyncio
import json
import logging
import subprocess
import sys
from io import StringIO

import pytest
import structlog

from core.settings import LogFormat, LogLevel, Secret, load
from core.telemetry import bind_correlation
from core.telemetry.redaction import Plain
from tests.logs import Terminal, written_logs

CANARY = 'cana"ry/9f+8e 7d'
PASSWORD = "pa/ss@word"
SETTINGS = {"ALT_KEY": CANARY, "DATABASE_URL": f"postgresql://cartel:{PASSWORD}@db/cartel"}
FORMATS: tuple[LogFormat, ...] = ("json", "console")

log = structlog.stdlib.get_logger("core.test")


def lines(stream: StringIO) -> list[dict[str, Plain]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def log_the_canary_everywhere() -> None:
    """Each way in which a text can get into a line."""
    library = logging.getLogger("discord.http")
    log.info(CANARY)
    log.info("said %s", CANARY, text=CANARY, nested={CANARY: [CANARY, (CANARY,), {CANARY}]})
    log.info("encoded", url="https://a/b?x=cana%22ry%2F9f%2B8e%207d", form="cana%22ry%2F9f%2B8e+7d")
    log.info(
        "rendered", of=ValueError(CANARY), bytes=CANARY.encode(), secret=Secret(CANARY), deep=deep(CANARY)
    )
    library.info("%s with %r", CANARY, {"body": CANARY})
    library.warning(json.dumps({"a": CANARY}), extra={"canary": CANARY}, stack_info=True)
    library.info("%s %s", CANARY)
    for logger in (log, library):
        try:
            raise_from_below()
        except RuntimeError as error:
            logger.error("failed", exc_info=error)
            logger.exception("failed: %s", error)


def deep(text: str) -> object:
    value: object = text
    for _ in range(20):
        value = [value]
    return value


def raise_from_below() -> None:
    try:
        raise ConnectionError(f"connect to {SETTINGS['DATABASE_URL']}", {"key": CANARY})
    except ConnectionError as error:
        raise RuntimeError(CANARY, PASSWORD) from error


@pytest.mark.parametrize("log_format", FORMATS)
def test_a_planted_secret_is_in_no_line(log_format: LogFormat, capsys: pytest.CaptureFixture[str]) -> None:
    secrets = load(SETTINGS, None).secret_texts
    with written_logs(log_format, level="debug", secrets=secrets) as stream:
        log_the_canary_everywhere()
    written = stream.getvalue() + "".join(capsys.readouterr())
    assert written.count("failed") >= 4
    assert not any(part in written for part in ("9f+8e", "9f%2B8e", "ss@word", "pa/ss"))


def test_a_line_of_json_says_what_when_who_and_how_bad() -> None:
    with written_logs() as stream:
        log.warning("listing seen", price_usd_micros=5)
        logging.getLogger("discord.client").warning("shard %d is back", 7)
    ours, library = lines(stream)
    assert ours.pop("timestamp")
    assert ours == {
        "event": "listing seen",
        "level": "warning",
        "logger": "core.test",
        "price_usd_micros": 5,
    }
    assert (library["event"], library["level"], library["logger"]) == (
        "shard 7 is back",
        "warning",
        "discord.client",
    )


@pytest.mark.parametrize(
    ("log_format", "stream", "is_json", "has_colours"),
    [
        ("auto", StringIO(), True, False),
        ("auto", Terminal(), False, True),
        ("json", Terminal(), True, False),
        ("console", StringIO(), False, False),
    ],
)
def test_a_terminal_gets_colours_and_a_file_json(
    log_format: LogFormat, stream: StringIO, is_json: bool, has_colours: bool
) -> None:
    with written_logs(log_format, stream=stream):
        log.info("ready")
    assert (stream.getvalue().startswith("{"), "\x1b[" in stream.getvalue()) == (is_json, has_colours)


@pytest.mark.parametrize("log_format", FORMATS)
def test_text_from_outside_cannot_begin_a_line_or_steer_the_terminal(log_format: LogFormat) -> None:
    with written_logs(log_format) as stream:
        log.info("title", title="Charizard\n2026 [error] forged\r\x1b[2J\x9b")
    assert stream.getvalue().count("\n") == 1
    assert not {"\r", "\x1b", "\x9b"} & set(stream.getvalue())


@pytest.mark.parametrize(
    ("level", "expected"), [("debug", ["core.debug", "core.info", "discord.info"]), ("error", [])]
)
def test_libraries_do_not_tell_every_frame_and_statement(level: LogLevel, expected: list[str]) -> None:
    with written_logs(level=level) as stream:
        for name in ("core", "discord", "sqlalchemy"):
            logging.getLogger(name).debug("%s.debug", name)
            logging.getLogger(f"{name}.engine").info("%s.info", name)
    assert [line["event"] for line in lines(stream)] == expected


def test_a_line_that_cannot_be_rendered_is_told_of() -> None:
    with written_logs() as stream:
        logging.getLogger("discord").warning("%d", "no number")
    assert [(line["event"], line["logger"]) for line in lines(stream)] == [
        ("a log line was lost: TypeError", "discord")
    ]


async def test_a_correlation_follows_into_tasks_and_libraries_and_ends() -> None:
    async def work() -> None:
        log.info("valued")
        logging.getLogger("discord.http").warning("posted")

    with written_logs() as stream:
        with bind_correlation("v42"):
            await asyncio.create_task(work())
            with bind_correlation("v43"):
                log.info("another")
            log.info("again")
        log.info("after")
    told = [(line["event"], line.get("correlation")) for line in lines(stream)]
    assert told == [
        ("valued", "v42"),
        ("posted", "v42"),
        ("another", "v43"),
        ("again", "v42"),
        ("after", None),
    ]


PROGRAM = """
import sys, threading, warnings
from core.telemetry.logs import configure_logging, log_uncaught

class Unraisable:
    def __del__(self): raise ValueError(sys.argv[1])

configure_logging(log_format="json", level="info", secrets=[sys.argv[1]])
log_uncaught()
thread = threading.Thread(target=int, args=(sys.argv[1],))
thread.start()
thread.join()
Unraisable()
warnings.warn(sys.argv[1])
raise RuntimeError(sys.argv[1])
"""


def test_uncaught_errors_and_warnings_are_logged_without_the_secret(pytestconfig: pytest.Config) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, CANARY],
        cwd=pytestconfig.rootpath,
        capture_output=True,
        text=True,
        check=False,
    )
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(line["level"], line["logger"]) for line in told] == [
        ("critical", "python"),
        ("error", "python"),
        ("warning", "py.warnings"),
        ("critical", "python"),
    ]
    assert "9f+8e" not in done.stdout + done.stderr
