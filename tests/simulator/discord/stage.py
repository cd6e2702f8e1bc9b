"""A bot that does with every interaction what a test says, and keeps what Discord refused."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import discord
from discord import app_commands

from core.simulator.discord.interactions import Interaction
from core.simulator.discord.population import DEALS_ID, TOM_ID
from tests.simulator.discord.conftest import PATIENCE_S, Bot, LookAlike

Asked = discord.Interaction[Any]
Act = Callable[[Asked], Awaitable[object]]


class Stage:
    """Tom runs the one command or presses the one button; the acts that a test names follow in turn."""

    def __init__(self, look_alike: LookAlike) -> None:
        self.look_alike = look_alike
        self.refused: list[discord.HTTPException] = []
        self.bot = Bot()
        self.bot.tree.add_command(app_commands.Command(name="do", description="d", callback=_nothing))
        self.bot.event(self.on_interaction)
        self._acts: tuple[Act, ...] = ()
        self._done = asyncio.Event()

    @property
    def codes(self) -> list[tuple[int, int]]:
        """Status and code of every refusal."""
        return [(error.status, error.code) for error in self.refused]

    async def on_interaction(self, interaction: Asked) -> None:
        for act in self._acts:
            try:
                await act(interaction)
            except discord.HTTPException as error:
                self.refused.append(error)
        self._done.set()

    async def run(self, *acts: Act) -> Interaction:
        people = self.look_alike.world.people
        return await self._after(acts, people.run_command(TOM_ID, DEALS_ID, "do"))

    async def press(self, message_id: int, *acts: Act) -> Interaction:
        people = self.look_alike.world.people
        return await self._after(acts, people.press(TOM_ID, message_id, "button"))

    async def submit(self, *acts: Act) -> Interaction:
        people = self.look_alike.world.people
        return await self._after(acts, people.submit_modal(TOM_ID, "form", {"text": "x"}))

    async def post(self) -> discord.Message:
        """A message with the button."""
        return await self.bot.channel(DEALS_ID).send("deal", view=one_button())

    async def _after(self, acts: tuple[Act, ...], acting: Coroutine[Any, Any, Interaction]) -> Interaction:
        """The newest interaction once the acts are over, whether or not it was answered."""
        self._acts = acts
        self._done.clear()
        task = asyncio.create_task(acting)
        await asyncio.wait_for(self._done.wait(), PATIENCE_S)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return self.look_alike.world.interactions.all()[-1]


async def _nothing(interaction: discord.Interaction) -> None:
    """What the command does is in `on_interaction`."""


def one_button() -> discord.ui.View:
    return discord.ui.View(timeout=None).add_item(discord.ui.Button(label="b", custom_id="button"))


def form() -> discord.ui.Modal:
    made = discord.ui.Modal(title="t", custom_id="form")
    made.add_item(discord.ui.TextInput(label="l", custom_id="text"))
    return made


def raw(stage: Stage, kind: int, **parts: Any) -> Act:
    """Answer past discord.py, which knows of an earlier answer of its own only."""

    async def act(interaction: Asked) -> None:
        path = f"/interactions/{interaction.id}/{interaction.token}/callback"
        await stage.look_alike.api("POST", path, json={"type": kind, "data": parts})

    return act
