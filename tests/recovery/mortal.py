"""A process that plays scenes in children of its own, each killed or stopped before the commit it is told.

`python -m tests.recovery.mortal DATABASE`: an order a line on standard input; on standard output the child's
id, and then what became of it. A database shows nothing new but by a commit, so that a process killed before
each of them in turn was killed at every moment that can make a difference.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from core.clock import ManualClock
from db import processes
from db.engine import Database
from tests.conftest import REPOSITORY_ROOT
from tests.databases import NOW
from tests.recovery import scenes
from tests.services.house import House

PATIENCE_S = 40.0
LOOKS = ("SELECT", "PRAGMA", "BEGIN")
NAME = "mortal"


class Order(msgspec.Struct, frozen=True):
    """A scene to play so many seconds after the beginning, for the n-th time.

    Killed before this commit of something written, or stopped there; `reads_too` counts every commit.
    Stopped as well before the first statement with the words `stops_at`.
    """

    scene: str
    n: int = 0
    at_s: float = 0.0
    dies_before: int | None = None
    stops_before: int | None = None
    reads_too: bool = False
    stops_at: str = ""


class Fate(StrEnum):
    """What became of a child."""

    LIVED = "lived"
    KILLED = "killed"
    STOPPED = "stopped"
    FAILED = "failed"


class Mortal:
    """The hand on one such process."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process = process
        self._log = log
        self._child = 0

    async def begin(self, order: Order) -> None:
        """Let a child begin."""
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")
        await self._process.stdin.drain()
        self._child = int(await self._line())

    async def fate(self) -> Fate:
        """What becomes of the child next. Raises AssertionError, with what it said, when it failed."""
        fate = Fate(await self._line())
        assert fate is not Fate.FAILED, self._log.read_text(encoding="utf-8")[-4_000:]
        if fate is not Fate.STOPPED:
            self._child = 0
        return fate

    async def play(self, order: Order) -> Fate:
        await self.begin(order)
        return await self.fate()

    def kill(self) -> None:
        """kill -9, also of a child that is stopped."""
        os.kill(self._child, signal.SIGKILL)

    def go_on(self) -> None:
        """A stopped child goes on."""
        os.kill(self._child, signal.SIGCONT)

    async def close(self) -> None:
        if self._child:
            self.kill()
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    async def _line(self) -> str:
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            return (await self._process.stdout.readline()).decode().strip()


@asynccontextmanager
async def mortal(url: str, log: Path) -> AsyncIterator[Mortal]:
    """A process that plays scenes on this database."""
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.recovery.mortal", url),
            cwd=REPOSITORY_ROOT, env={"PATH": os.environ["PATH"]},
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=errors,
        )  # fmt: skip
    one = Mortal(process, log)
    try:
        yield one
    finally:
        await one.close()


async def take_over(house: House) -> None:
    """As a process does that finds another one dead; PostgreSQL may take a moment to notice."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            await house.operations.heartbeat(gateway_is_up=None)
            async with house.db.read() as tx:
                if len(await processes.processes(tx)) == 1:
                    return
            await asyncio.sleep(0.01)


def serve(url: str) -> None:
    """One order after the other; each child is forked off with everything imported already."""
    for line in sys.stdin:
        order = msgspec.json.decode(line, type=Order)
        child = os.fork()
        if not child:
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what it logs is no answer
            asyncio.run(play(order, url))
            os._exit(0)
        say(str(child))
        watch(child)


def watch(child: int) -> None:
    while True:
        _, status = os.waitpid(child, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            break
        say(Fate.STOPPED)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    say(Fate.KILLED if killed else Fate.LIVED if status == 0 else Fate.FAILED)


def say(word: str) -> None:
    print(word, flush=True)


async def play(order: Order, url: str) -> None:
    """The scene, as a process of the house that is not this test's."""
    db = Database(url)
    house = House(db, clock=ManualClock(NOW + timedelta(seconds=order.at_s)))
    house.operations = house.process(NAME)
    house.appraisal = house.worker(NAME)
    await house.operations.begin()
    arm(order)
    scene = getattr(scenes, order.scene)
    await scene(house, order.n)
    await db.close()


def arm(order: Order) -> None:
    """From now on the process ends, or stops, where it was told."""
    commits = count(1)
    words = [order.stops_at] if order.stops_at else []

    def look(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if order.reads_too or not statement.lstrip().upper().startswith(LOOKS):
            connection.info["wrote"] = True
        if words and words[0] in statement:
            words.clear()
            os.kill(os.getpid(), signal.SIGSTOP)

    def before_commit(connection: Connection) -> None:
        if not connection.info.pop("wrote", False):
            return
        n = next(commits)
        if n == order.dies_before:
            os.kill(os.getpid(), signal.SIGKILL)
        if n == order.stops_before:
            os.kill(os.getpid(), signal.SIGSTOP)

    event.listen(Engine, "before_cursor_execute", look)
    event.listen(Engine, "commit", before_commit)


if __name__ == "__main__":
    serve(sys.argv[1])
