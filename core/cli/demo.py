"""`bot.py demo`: the simulator and the ordinary bot, two processes, watched and restarted."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from core.errors import StartError
from core.settings import FROM_FILES, NAMES
from core.simulator.discord.population import ADA_ID, DEALS_ID

TOKEN = "demo-bot-token"  # noqa: S105  # opens the simulator only
READY_WITHIN_S = 30.0
ASK_EVERY_S = 0.5
RESTART_AFTER_S = (0.5, 1.0, 2.0, 5.0, 10.0)
STOP_WITHIN_S = 6.0
SETUP_TRIES = 20
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to start, and where."""

    data: Path
    port: int
    api_port: int
    pace: float

    @property
    def page(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.data.resolve() / "cartel.db"


async def run(plan: Plan) -> int:
    """Run both until SIGINT or SIGTERM; 0. Raises StartError when one of them cannot start."""
    plan.data.mkdir(parents=True, exist_ok=True)
    main = asyncio.current_task()
    assert main is not None, "runs as a task"
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, main.cancel)
    simulator = Child("simulator", _simulator_command(plan), dict(_inherited()), plan.data)
    bot = Child("bot", _bot_command(), bot_environment(plan, _inherited()), plan.data)
    with suppress(asyncio.CancelledError):
        try:
            await _serve(plan, simulator, bot)
        finally:
            await asyncio.shield(_stop_both(bot, simulator))
    print("Stopped. `make run` goes on where it was.")
    return 0


async def _serve(plan: Plan, simulator: "Child", bot: "Child") -> None:
    print("Cards Cartel demo: a pretend Discord and a pretend card market, all on this machine.")
    async with aiohttp.ClientSession(plan.page, timeout=aiohttp.ClientTimeout(total=10)) as page:
        is_new = not plan.database.exists()
        await simulator.start()
        await _until(simulator, lambda: _answers(page))
        await bot.start()
        await _until(bot, lambda: _is_online(page))
        if is_new:
            await _choose_channel(page)
        print(f"Page    {plan.page}  (read the deals, press the buttons, type / for commands)")
        print(f"API     http://127.0.0.1:{plan.api_port}/api/v1/deals")
        print(f"Logs    {plan.data}/bot.log, {plan.data}/simulator.log")
        print("The first deal appears within seconds. Ctrl-C stops; nothing is lost.", flush=True)
        await asyncio.gather(_keep_alive(simulator), _keep_alive(bot), _restart_when_asked(page, bot))


class Child:
    """One process of the demo; its output goes to a log file."""

    def __init__(self, name: str, command: list[str], environment: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._command = command
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=ROOT,
                env=dict(self._environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches us alone, and we end both in order
            )

    @property
    def has_ended(self) -> bool:
        return self._process is not None and self._process.returncode is not None

    async def wait(self) -> int:
        assert self._process is not None, "started before"
        return await self._process.wait()

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL for what does not end in time."""
        if self._process is None or self.has_ended:
            return
        self._process.terminate()
        try:
            async with asyncio.timeout(STOP_WITHIN_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    def last_words(self) -> str:
        """The last line it wrote: what went wrong, in its own words."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else "it said nothing"


async def _until(child: Child, condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for a child to be ready. Raises StartError with its own words when it ends instead."""
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            while not await condition():
                if child.has_ended:
                    raise StartError(f"The {child.name} did not start: {child.last_words()}")
                await asyncio.sleep(ASK_EVERY_S / 5)
    except TimeoutError as error:
        raise StartError(f"The {child.name} was not ready in time; see {child.log}.") from error


async def _keep_alive(child: Child) -> None:
    """Start a child again whenever it ends, more slowly the more often it does."""
    ended = 0
    while True:
        code = await child.wait()
        pause = RESTART_AFTER_S[min(ended, len(RESTART_AFTER_S) - 1)]
        print(f"The {child.name} ended ({code}); it starts again in {pause:g} s.", flush=True)
        await asyncio.sleep(pause)
        await child.start()
        ended += 1


async def _restart_when_asked(page: aiohttp.ClientSession, bot: Child) -> None:
    """The page can ask for a restart of the bot; stopping it is enough, it is kept alive."""
    seen = await _restarts_asked(page)
    while True:
        await asyncio.sleep(ASK_EVERY_S)
        asked = await _restarts_asked(page)
        if asked is not None and seen is not None and asked > seen:
            await bot.stop()
        seen = asked if asked is not None else seen


async def _restarts_asked(page: aiohttp.ClientSession) -> int | None:
    answer = await _get(page, "/sim/supervisor")
    return None if answer is None else int(str(answer["restart_requested"]))


async def _answers(page: aiohttp.ClientSession) -> bool:
    return await _get(page, "/sim/supervisor") is not None


async def _is_online(page: aiohttp.ClientSession) -> bool:
    state = await _get(page, f"/sim/discord/state?person={ADA_ID}")
    bot = {} if state is None else state["bot"]
    return isinstance(bot, dict) and bool(bot.get("online"))


async def _get(page: aiohttp.ClientSession, path: str) -> dict[str, object] | None:
    try:
        async with page.get(path) as response:
            answer = await response.json()
    except (aiohttp.ClientError, TimeoutError, OSError):
        return None
    return answer if isinstance(answer, dict) else None


async def _choose_channel(page: aiohttp.ClientSession) -> None:
    """On the first start Ada, the admin, says where deals go: exactly what an admin does in life."""
    command = {
        "person": str(ADA_ID),
        "channel": str(DEALS_ID),
        "type": "command",
        "name": "setup",
        "options": {"channel": str(DEALS_ID)},
    }
    for _ in range(SETUP_TRIES):
        async with page.post("/sim/discord/interactions", json=command) as response:
            interaction = (await response.json()).get("id")
        outcome = await _get(page, f"/sim/discord/interactions/{interaction}?settle=1") or {}
        if "Channel chosen" in str(outcome):
            return
        await asyncio.sleep(ASK_EVERY_S)
    print("The deals channel could not be chosen: type /setup on the page.")


def bot_environment(plan: Plan, inherited: Mapping[str, str]) -> dict[str, str]:
    """The bot is the ordinary one: settings alone point it at the simulator."""
    vendors = f"{plan.page}/vendors"
    ours = {*NAMES, *(f"{name}_FILE" for name in FROM_FILES)}
    return {name: value for name, value in inherited.items() if name not in ours} | {
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": plan.page,
        "WORLD": "demo",
        "DATABASE_URL": f"sqlite:///{plan.database}",
        "DATA_DIR": str(plan.data.resolve()),
        "API_PORT": str(plan.api_port),
        "API_TLS": "off",
        "LOG_FORMAT": "console",
        "COLLECTORCRYPT_URL": f"{vendors}/collectorcrypt",
        "COLLECTORCRYPT_POLL_S": "2",
        "MAGICEDEN_URL": f"{vendors}/magiceden/v2",
        "MAGICEDEN_POLL_S": "1",
        "ALT_URL": f"{vendors}/alt/graphql",
        "COINGECKO_URL": f"{vendors}/coingecko/api/v3",
    }


def _inherited() -> Mapping[str, str]:
    return os.environ


def _simulator_command(plan: Plan) -> list[str]:
    options = ["--port", str(plan.port), "--data", str(plan.data.resolve() / "simulator")]
    pace = ["--pace", f"{plan.pace:g}", "--bot-token", TOKEN]
    return [sys.executable, "-m", "core.simulator", *options, *pace]


def _bot_command() -> list[str]:
    return [sys.executable, str(ROOT / "bot.py"), "run", "--env-file", os.devnull]


async def _stop_both(bot: Child, simulator: Child) -> None:
    """The bot first, so that it takes its leave of a server that still answers."""
    await bot.stop()
    await simulator.stop()
