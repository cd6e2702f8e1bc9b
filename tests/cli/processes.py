"""`bot.py` as a process of its own: run to its end, or started and told to end, with what it said."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import REPOSITORY_ROOT

WAIT_S = 60.0
NO_FILE = ("--env-file", os.devnull)
NO_SETTINGS: Mapping[str, str] = {}
# What Python forgives silently and an orderly end must not leave behind.
TELLING = {"PYTHONWARNINGS": "default::ResourceWarning,default::RuntimeWarning"}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended, and what it said until then."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The last line of standard error; all before it are log lines that tell of nothing wrong."""
        *before, last = self.err.splitlines()
        assert [json.loads(line)["level"] for line in before] == ["info"] * len(before)
        return last


async def start(
    *arguments: str, settings: Mapping[str, str], folder: Path = REPOSITORY_ROOT, log: Path | None = None
) -> asyncio.subprocess.Process:
    """`bot.py` with these settings and no others; its output is piped, or goes to a file."""
    environment = {"PATH": os.environ["PATH"], **TELLING, **settings}
    command = (sys.executable, str(REPOSITORY_ROOT / "bot.py"), *arguments)
    if log is None:
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=environment, stdout=pipe, stderr=pipe
        )
    with log.open("ab") as file:
        return await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=environment, stdout=file, stderr=file
        )


async def run(
    *arguments: str, settings: Mapping[str, str] = NO_SETTINGS, folder: Path = REPOSITORY_ROOT
) -> Ended:
    """Run to the end."""
    process = await start(*arguments, settings=settings, folder=folder)
    async with asyncio.timeout(WAIT_S):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


async def refusal(*arguments: str, settings: Mapping[str, str] = NO_SETTINGS) -> str:
    """The one sentence with which a start ends that cannot succeed."""
    ended = await run("run", *NO_FILE, *arguments, settings=settings)
    assert (ended.code, ended.out) == (1, "")
    return ended.sentence


@dataclass(frozen=True, slots=True)
class Running:
    """A process that serves, and the file of its logs."""

    process: asyncio.subprocess.Process
    log: Path

    async def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to end; its exit code."""
        self.process.send_signal(how)
        async with asyncio.timeout(WAIT_S):
            return await self.process.wait()

    def lines(self) -> list[dict[str, object]]:
        """Its log lines; whatever is no log line fails."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def complaints(self) -> list[dict[str, object]]:
        """The log lines that tell of something wrong."""
        return [line for line in self.lines() if line["level"] not in {"debug", "info"}]

    async def said(self, event: str) -> dict[str, object]:
        """The first log line of this event, as soon as it is there."""
        async with asyncio.timeout(WAIT_S):
            while True:
                for line in self.log.read_text(encoding="utf-8").splitlines():
                    if f'"event": "{event}"' in line:
                        return dict(json.loads(line))
                assert self.process.returncode is None, self.log.read_text(encoding="utf-8")
                await asyncio.sleep(0.02)


@asynccontextmanager
async def running(*arguments: str, settings: Mapping[str, str], log: Path) -> AsyncIterator[Running]:
    """`bot.py run`, killed at the end unless it ended before."""
    process = await start("run", *NO_FILE, *arguments, settings=settings, log=log)
    try:
        yield Running(process, log)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
