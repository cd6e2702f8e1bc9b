"""The Discord client: what it listens to, what it loads, and how it starts and stops."""

import asyncio
import hashlib
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import aiohttp
import discord
import msgspec
import structlog
import yarl
from discord import app_commands
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from cogs.ui.buttons import BuyButton, CopyButton
from cogs.ui.errors import Interaction, answer, answer_command, ended, report
from cogs.ui.format import duration
from cogs.ui.pages import PageButton
from cogs.ui.revaluations import CancelButton
from cogs.ui.sending import request_counter
from cogs.ui.settings import SETTINGS_ITEMS
from cogs.ui.setup import SETUP_ITEMS
from core.clock import Clock
from core.errors import StartError
from core.services import Services
from core.telemetry import Metrics

EXTENSIONS = ("cogs.admin", "cogs.deals", "cogs.follows", "cogs.guilds", "cogs.operations", "cogs.pings")
DYNAMIC_ITEMS = (
    BuyButton,
    CopyButton,
    PageButton,
    *SETUP_ITEMS,
    *SETTINGS_ITEMS,
    CancelButton,
)
DISCORD = "https://discord.com"
SESSIONS_LEFT_MIN = 50
LOGIN_LIMIT_S = 60
CLOSE_PATIENCE_S = 1.0
CANCEL_EVERY_S = 0.1
RATE_LIMIT_WAIT_MAX_S = 30.0
"""A longer wait is raised as RateLimited instead of being slept through; discord.py takes no less."""
LOGIN_REFUSED = "Discord does not accept DISCORD_TOKEN: copy it again from the developer portal."
_CLOSED_FOR_TOKEN = 4004
UNREACHABLE = (
    discord.DiscordServerError,
    discord.GatewayNotFound,
    aiohttp.ClientError,
    OSError,
    TimeoutError,
)

SlashCommand: TypeAlias = (
    "app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu"
)

log = structlog.get_logger(__name__)


class CartelTree(app_commands.CommandTree["CartelBot"]):
    """Slash commands; every error of theirs goes through the one translator."""

    async def on_error(
        self, interaction: discord.Interaction["CartelBot"], error: app_commands.AppCommandError, /
    ) -> None:
        await answer(interaction, error)


class CartelBot(commands.Bot):
    """Translates between Discord and the services; asks Discord for nothing privileged."""

    def __init__(
        self,
        services: Services,
        *,
        metrics: Metrics,
        clock: Clock,
        operator_guild_id: int | None,
        guild_ready_timeout_s: float = 2.0,
    ) -> None:
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # we have no voice
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=CartelTree,
            intents=discord.Intents.default(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            max_ratelimit_timeout=RATE_LIMIT_WAIT_MAX_S,
            guild_ready_timeout=guild_ready_timeout_s,
            http_trace=request_counter(),
        )
        self.services = services
        self.metrics = metrics
        self.clock = clock
        self.operator_guild_id = operator_guild_id
        self.connecting: asyncio.Task[None] | None = None
        self._lost_at: datetime | None = None

    @property
    def gateway_is_up(self) -> bool:
        """Whether Discord tells us at this moment what happens: ready, and the socket open."""
        socket: DiscordWebSocket | None = self.ws
        return self.is_ready() and socket is not None and socket.open

    async def setup_hook(self) -> None:
        for extension in EXTENSIONS:
            await self.load_extension(extension)
        self.add_dynamic_items(*DYNAMIC_ITEMS)
        known = await self.services.operations.commands_hash(self._own_id())
        if known != self.commands_digest():
            await self.sync_commands()

    @property
    def home(self) -> discord.Object | None:
        """The operator's server, where there are commands that are nowhere else."""
        return None if self.operator_guild_id is None else discord.Object(self.operator_guild_id)

    async def sync_commands(self) -> int:
        """Give Discord all slash commands and remember that it has them; returns how many."""
        count = len(await self.tree.sync()) + await self._sync_home()
        await self.services.operations.remember_commands(self._own_id(), self.commands_digest())
        log.info("commands synced", count=count)
        return count

    async def _sync_home(self) -> int:
        if self.home is None:
            return 0
        try:
            return len(await self.tree.sync(guild=self.home))
        except (discord.Forbidden, discord.NotFound):
            log.warning("the bot is not in the server OPERATOR_GUILD_ID names", guild=self.home.id)
            return 0

    def commands_digest(self) -> str:
        """The content of all slash commands as one hash: another one means that Discord must be told."""
        everywhere = self.tree.get_commands()
        at_home = self.tree.get_commands(guild=self.home) if self.home else []
        payload = [sorted(map(self._payload, scope), key=_name) for scope in (everywhere, at_home)]
        return hashlib.sha256(
            msgspec.json.encode([self.operator_guild_id, *payload], order="sorted")
        ).hexdigest()

    def _payload(self, command: SlashCommand) -> dict[str, object]:
        return command.to_dict(self.tree)

    def dispatch(self, event_name: str, /, *args: object, **kwargs: object) -> None:
        """Nothing is told after the end: discord.py has let go of its loop by then, and would stumble."""
        if self.loop is not discord.utils.MISSING:
            super().dispatch(event_name, *args, **kwargs)

    async def on_disconnect(self) -> None:
        """Called at every try that fails, too; told of once."""
        if self._lost_at is None and not self.is_closed():
            self._lost_at = self.clock.now()
            log.warning("Discord is lost")

    async def on_ready(self) -> None:
        self._tell_connected()

    async def on_resumed(self) -> None:
        self._tell_connected()

    async def on_guild_available(self, guild: discord.Guild) -> None:
        await self.services.guilds.joined(guild.id, guild.name)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self.services.guilds.joined(guild.id, guild.name)
        if guild.id == self.operator_guild_id:
            await self._sync_home()

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self.services.guilds.left(guild.id)

    async def on_app_command_completion(self, interaction: Interaction, _command: object) -> None:
        ended(interaction, "ok")

    async def on_command_error(self, context: commands.Context[Any], error: commands.CommandError, /) -> None:
        await answer_command(context, error)

    async def on_error(self, event_method: str, /, *_args: object, **_kwargs: object) -> None:
        error = sys.exc_info()[1]
        if error is not None:
            report(error, subject=event_method)

    def _tell_connected(self) -> None:
        lost_at, self._lost_at = self._lost_at, None
        if lost_at is None:
            log.info("Discord is connected")
        else:
            log.info("Discord is back", lost=duration(self.clock.now() - lost_at))

    def _own_id(self) -> int:
        assert self.application_id is not None, "known as soon as the bot is logged in"
        return self.application_id


def point_at(api_url: str) -> None:
    """Speak to a look-alike of Discord instead: its REST under /api/v10, its gateway under /gateway.

    For the whole process, before the client starts. Discord's own address changes nothing.
    """
    if api_url.rstrip("/") == DISCORD:
        return
    base = yarl.URL(api_url.rstrip("/"))
    Route.BASE = f"{base}/api/v10"
    DiscordWebSocket.DEFAULT_GATEWAY = base.with_scheme("wss" if base.scheme == "https" else "ws") / "gateway"


@asynccontextmanager
async def logged_in(bot: CartelBot, token: str) -> AsyncIterator[None]:
    """The bot from its login, which starts no session yet, to its closing.

    Raises StartError when Discord refuses the token, cannot be reached, or has too few sessions left.
    """
    try:
        try:
            async with asyncio.timeout(LOGIN_LIMIT_S):
                await bot.login(token)
                await refuse_spent_sessions(bot)
        except discord.LoginFailure as error:
            raise StartError(LOGIN_REFUSED) from error
        except UNREACHABLE as error:
            raise StartError(unreachable(error)) from error
        yield
    finally:
        await _close(bot)


async def refuse_spent_sessions(client: discord.Client) -> None:
    """Keep a reserve of the sessions Discord grants a day. Raises StartError."""
    _, _, limit = await client.http.get_bot_gateway()
    if limit["remaining"] < SESSIONS_LEFT_MIN:
        renewal = duration(timedelta(milliseconds=limit["reset_after"]))
        raise StartError(
            f"Discord grants this token only {limit['remaining']} more starts (of {limit['total']}), and "
            f"{SESSIONS_LEFT_MIN} are kept back: wait {renewal}, and see what restarts the bot so often."
        )


async def stay_connected(bot: CartelBot) -> None:
    """Serve until cancelled or closed. Raises StartError when the gateway does not take the bot."""
    # A task of its own: discord.py can lose a cancellation while it connects (wait_for of Python 3.11).
    bot.connecting = asyncio.create_task(bot.connect(reconnect=True), name="discord")
    await asyncio.wait({bot.connecting})
    try:
        bot.connecting.result()
    except discord.ConnectionClosed as closed:
        if closed.code == _CLOSED_FOR_TOKEN:
            raise StartError(LOGIN_REFUSED) from closed
        raise
    except AttributeError as error:
        # discord.py 2.7 stumbles over its own missing socket when the very first connection fails.
        if getattr(bot, "ws", None) is None:
            raise StartError(unreachable(OSError("the gateway does not answer"))) from error
        raise


async def _close(bot: CartelBot) -> None:
    """Say goodbye to Discord, but do not wait long for one that is silent."""
    if not bot.is_closed():
        try:
            async with asyncio.timeout(CLOSE_PATIENCE_S):
                await bot.close()
        except TimeoutError:
            await bot.http.close()
    if bot.connecting is not None:
        while not bot.connecting.done():
            bot.connecting.cancel()
            await asyncio.wait({bot.connecting}, timeout=CANCEL_EVERY_S)
        await asyncio.gather(bot.connecting, return_exceptions=True)  # what ended it was told, or is this


def unreachable(error: Exception) -> str:
    """The sentence for any of UNREACHABLE."""
    number = getattr(error, "errno", None) or 0
    reason = os.strerror(number) if number > 0 else str(error)[:200].rstrip(".") or "no answer"
    return f"Discord cannot be reached at {yarl.URL(Route.BASE).origin()} ({reason}): check the network."


def _name(payload: dict[str, object]) -> str:
    return str(payload["name"])
