"""The processes of the demo: started, kept alive, ended in order, and never left behind."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from core.cli.demo.plan import ROOT
from core.errors import StartError

READY_WITHIN_S = 30.0
ASK_EVERY_S = 0.1
RESTART_AFTER_S = (0.5, 1.0, 2.0, 5.0, 10.0)
WELL_AFTER_S = 60.0
"""Who ran this long starts again as fast as the first time."""
STOP_WITHIN_S = 6.0
LAST_WORDS_MAX = 300
# Its input closes when the demo ends, however it ends; the last line names who must not be left behind then.
GUARDIAN = 'while read -r line; do left=$line; done; [ -z "$left" ] || kill $left'


class Guardian:
    """A shell that ends the children when the demo was killed and could not."""

    def __init__(self) -> None:
        self._children: dict[str, int] = {}
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *("/bin/sh", "-c", GUARDIAN),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )

    def watch(self, name: str, pid: int) -> None:
        """End this process too, instead of the one that had its name before."""
        self._children[name] = pid
        self._tell()

    async def stop(self) -> None:
        """All have ended: nobody is to be killed."""
        if self._process is None:
            return
        self._children.clear()
        self._tell()
        assert self._process.stdin is not None, "a pipe"
        self._process.stdin.close()  # communicate() alone leaves it open on Python 3.11
        await self._process.wait()

    def _tell(self) -> None:
        assert self._process is not None, "started first"
        assert self._process.stdin is not None, "a pipe"
        self._process.stdin.write(f"{' '.join(map(str, self._children.values()))}\n".encode())


class Child:
    """One process of the demo; its output goes to a log file."""

    def __init__(
        self, name: str, command: list[str], environment: Mapping[str, str], log: Path, guardian: Guardian
    ) -> None:
        self.name = name
        self.log = log
        self._command = command
        self._environment = environment
        self._guardian = guardian
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=ROOT,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches us alone, and we end both in order
            )
        self._guardian.watch(self.name, self._process.pid)

    async def until(self, is_ready: Callable[[], Awaitable[bool]]) -> None:
        """Wait for it to be ready. Raises StartError with its own words when it ends instead."""
        try:
            async with asyncio.timeout(READY_WITHIN_S):
                while not await is_ready():
                    if self._has_ended:
                        raise StartError(f"The {self.name} did not start: {self._last_words()}")
                    await asyncio.sleep(ASK_EVERY_S)
        except TimeoutError as error:
            raise StartError(f"The {self.name} was not ready in time; {self.log} says why.") from error

    async def keep_alive(self) -> None:
        """Start it again whenever it ends, more slowly the more often it does."""
        ended, clock = 0, asyncio.get_running_loop().time
        while True:
            began = clock()
            assert self._process is not None, "started before"
            code = await self._process.wait()
            ended = 0 if clock() - began > WELL_AFTER_S else ended
            pause = RESTART_AFTER_S[min(ended, len(RESTART_AFTER_S) - 1)]
            how, why = (f"ended ({code})", f"; {self.log} says why") if code else ("ended", "")
            print(f"The {self.name} {how} and starts again in {pause:g} s{why}.", flush=True)
            await asyncio.sleep(pause)
            await self.start()
            ended += 1

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL for what does not end in time."""
        if self._process is None or self._has_ended:
            return
        self._process.terminate()
        try:
            async with asyncio.timeout(STOP_WITHIN_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    @property
    def _has_ended(self) -> bool:
        return self._process is not None and self._process.returncode is not None

    def _last_words(self) -> str:
        """The last line it wrote: what went wrong, in its own words."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1][:LAST_WORDS_MAX] if lines else "it said nothing."
