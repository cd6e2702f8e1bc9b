"""`bot.py import`: reads a history file into the database."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from core.clock import SystemClock
from core.domain.history import LINE_BYTES_MAX
from core.errors import StartError
from core.runtime import open_database
from core.services.history import HistoryService, Progress
from core.settings import Settings
from db.engine import DATABASE_FAILURES, reason_of

TELL_EVERY_S = 3.0


async def run(settings: Settings, file: Path) -> int:
    """Read the file, and say what was new. Raises StartError."""
    clock = SystemClock()
    try:
        with file.open("rb") as opened:
            async with open_database(settings, clock) as db:
                service = HistoryService(
                    db, clock, world=settings.world.value, told=_tell_fault, progressed=_Teller().tell
                )
                print(summary(await service.read(lines_of(opened))))
    except FileNotFoundError as error:
        raise StartError(f"There is no file {file}.") from error
    except DATABASE_FAILURES as error:
        reason = f"The import of {file} broke off: {reason_of(error)}; what was read before is kept."
        raise StartError(reason) from error
    return 0


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    """The lines; of one that is too long only as much as shows it."""
    while text := file.readline(LINE_BYTES_MAX + 1):
        yield text
        while len(text) > LINE_BYTES_MAX and not text.endswith(b"\n"):
            text = file.readline(LINE_BYTES_MAX + 1)


def summary(progress: Progress) -> str:
    """What was new and what was left out, in a paragraph."""
    left_out = [
        (progress.known, "already known"),
        (progress.still_open, "still on sale at its end"),
        (progress.recent, "younger than an hour"),
        (progress.without_rate, "without a rate to dollars"),
        (progress.faults, "not understood"),
    ]
    parts = [f"{count:,} {why}" for count, why in left_out if count]
    new = f"{progress.lines:,} lines read: {progress.stays:,} stays on sale, {progress.prices:,} prices new."
    return f"{new} Left out: {', '.join(parts)}." if parts else new


def _tell_fault(number: int, reason: str) -> None:
    print(f"line {number}: {reason}", file=sys.stderr)


class _Teller:
    """Says every few seconds how far it came."""

    def __init__(self) -> None:
        self._told_at = time.monotonic()

    def tell(self, progress: Progress) -> None:
        if time.monotonic() - self._told_at >= TELL_EVERY_S:
            self._told_at = time.monotonic()
            print(f"{progress.lines:,} lines read …", flush=True)
