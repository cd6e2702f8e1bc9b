"""The demo as its visitors see it: over its page and its API, and as processes of this machine."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from core.cli.demo.plan import Plan
from core.simulator.discord.population import BOT_ID, DEALS_ID, TOM_ID

WAIT_S = 60.0
ASK_EVERY_S = 0.05
NAMES = {"bot": "bot.py run", "simulator": "core.simulator"}


async def until(happens: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something outside this process is so."""
    async with asyncio.timeout(WAIT_S):
        while not await happens():  # noqa: ASYNC110  # nobody can wake us
            await asyncio.sleep(ASK_EVERY_S)


async def processes_of(parent: int) -> dict[str, int]:
    """The bot and the simulator that a process started, by name."""
    listing = await asyncio.create_subprocess_exec(
        *("ps", "-A", "-ww", "-o", "pid=,ppid=,command="), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await listing.communicate()
    found: dict[str, int] = {}
    for line in out.decode().splitlines():
        pid, ppid, command = line.split(maxsplit=2)
        if int(ppid) == parent:
            found |= {name: int(pid) for name, part in NAMES.items() if part in command}
    return found


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Visitor:
    """Looks at a demo and acts in it."""

    def __init__(self, plan: Plan, session: aiohttp.ClientSession, parent: int) -> None:
        self.plan = plan
        self._session = session
        self._parent = parent

    async def ask(self, path: str) -> dict[str, Any] | None:
        """What the simulator answers; None while it is away."""
        return await self._get(f"{self.plan.page}{path}")

    async def tell(self, path: str, body: object = None) -> dict[str, Any]:
        async with self._session.post(f"{self.plan.page}{path}", json=body) as answer:
            return dict(await answer.json())

    async def posts(self) -> list[str]:
        """The bot's messages in the deals channel, as texts, oldest first."""
        seen = await self.ask(f"/sim/discord/channels/{DEALS_ID}/messages?person={TOM_ID}&limit=200")
        found = [] if seen is None else seen["messages"]
        return [str(message) for message in found if message["author"]["id"] == str(BOT_ID)]

    async def new_post(self) -> str:
        """List a bargain, and wait until it is posted: the message."""
        offered = await self.tell("/sim/market/list", {"discount_bps": 4_000})
        await until(lambda: self._is_posted(offered["mint"]))
        return next(post for post in await self.posts() if offered["mint"] in post)

    async def until_online(self) -> None:
        await until(self.is_online)

    async def is_online(self) -> bool:
        state = await self.ask(f"/sim/discord/state?person={TOM_ID}")
        return state is not None and bool(state["bot"]["online"])

    async def children(self) -> dict[str, int]:
        return await processes_of(self._parent)

    async def until_new(self, name: str, before: int) -> None:
        """Wait until another process of this name runs."""

        async def is_new() -> bool:
            return (await self.children()).get(name, before) != before

        await until(is_new)

    async def deals(self) -> list[dict[str, Any]]:
        """What the API shows."""
        answer = await self._get(self.plan.api)
        assert answer is not None, "the API answers"
        return list(answer["items"])

    async def _is_posted(self, mint: str) -> bool:
        return any(mint in post for post in await self.posts())

    async def _get(self, url: str) -> dict[str, Any] | None:
        try:
            async with self._session.get(url) as answer:
                return dict(await answer.json())
        except aiohttp.ClientError:
            return None
