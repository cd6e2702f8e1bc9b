"""What the demo asks of the simulator's page: is it there, is the bot online, and what a person does."""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

import aiohttp

from core.simulator.discord.population import ADA_ID, DEALS_ID

ASK_EVERY_S = 0.5
ANSWER_LIMIT_S = 20
SETUP_TRIES = 20

Json: TypeAlias = dict[str, object]


class Page:
    """The simulator, over HTTP. What it does not answer is None or False, never an exception."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def is_there(self) -> bool:
        return await self.restarts_asked() is not None

    async def bot_is_online(self) -> bool:
        state = await self._get(f"/sim/discord/state?person={ADA_ID}")
        bot = {} if state is None else state["bot"]
        return isinstance(bot, dict) and bool(bot.get("online"))

    async def restarts_asked(self) -> int | None:
        """How often a person asked for a restart of the bot."""
        answer = await self._get("/sim/supervisor")
        return None if answer is None else int(str(answer["restart_requested"]))

    async def restart_asked(self) -> None:
        """Wait until a person asks for a restart of the bot."""
        before = await self.restarts_asked()
        while True:
            await asyncio.sleep(ASK_EVERY_S)
            now = await self.restarts_asked()
            if before is not None and now is not None and now > before:
                return
            before = before if now is None else now

    async def choose_channel(self) -> bool:
        """Ada, the admin, says where deals go, as an admin does in life. Whether the bot agreed."""
        command = {
            "person": str(ADA_ID),
            "channel": str(DEALS_ID),
            "type": "command",
            "name": "setup",
            "options": {"channel": str(DEALS_ID)},
            "settle": True,
        }
        for _ in range(SETUP_TRIES):
            asked = self._session.post("/sim/discord/interactions", json=command)
            if "Channel chosen" in str(await _answer(asked)):
                return True
            await asyncio.sleep(ASK_EVERY_S)
        return False

    async def _get(self, path: str) -> Json | None:
        return await _answer(self._session.get(path))


async def _answer(asked: AbstractAsyncContextManager[aiohttp.ClientResponse]) -> Json | None:
    try:
        async with asked as response:
            answer = await response.json()
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return None
    return answer if isinstance(answer, dict) else None
