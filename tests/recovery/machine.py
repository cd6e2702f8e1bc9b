"""One machine for recovery tests: the simulator in this loop, the real bot as a process to kill."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from core.simulator.app import Simulator
from core.simulator.discord.population import BOT_ID, DEALS_ID
from core.simulator.discord.wire import Json
from tests.conftest import REPOSITORY_ROOT

WAIT_S = 120.0


class BotProcess:
    """`bot.py run`, started, killed without warning, started again."""

    def __init__(self, environment: dict[str, str], log: Path, *, roles: str = "bot,jobs,api") -> None:
        self._environment = {"PATH": os.environ["PATH"], **environment}
        self._roles = roles
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "bot.py", "run", "--env-file", os.devnull, "--roles", self._roles,
                cwd=REPOSITORY_ROOT, env=self._environment, stdout=log, stderr=log,
            )  # fmt: skip

    async def kill(self) -> None:
        """kill -9: nothing is closed, nothing is said."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()

    async def stop(self, wait_s: float) -> int:
        """SIGTERM; the exit code. Raises TimeoutError when it takes longer than `wait_s`."""
        assert self._process is not None, "started before"
        self._process.terminate()
        async with asyncio.timeout(wait_s):
            return await self._process.wait()

    def said(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")


async def online(simulator: Simulator) -> None:
    await simulator.discord.watchers.until(lambda: simulator.discord.sessions.is_online, seconds=WAIT_S)


async def offline(simulator: Simulator) -> None:
    await simulator.discord.watchers.until(lambda: not simulator.discord.sessions.is_online, seconds=WAIT_S)


def posts_about(simulator: Simulator, mint: str) -> list[Json]:
    """The bot's messages in the deals channel that show a token."""
    found = [m for m in simulator.discord.messages.all_in(DEALS_ID) if m.author_id == BOT_ID]
    return [m.to_view() for m in found if mint in str(m.payload) and not m.payload.get("flags", 0) & 64]


async def post_about(simulator: Simulator, mint: str) -> Json:
    watchers = simulator.discord.watchers
    await watchers.until(lambda: bool(posts_about(simulator, mint)), seconds=WAIT_S)
    return posts_about(simulator, mint)[0]
