"""The only translator of errors to Discord: what the person is told, and what is logged, once.

discord.py swallows what a dynamic item, an interaction check or an autocomplete raises: all of them
are wrapped in `guarded()`. Commands come here through the command tree and the bot.
"""

import re
import secrets
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import aiohttp
import discord
import structlog
from discord import app_commands
from discord.ext import commands

from cogs.ui.format import relative
from cogs.ui.text import code, plain
from core.domain.listings import SourceName
from core.errors import DatabaseAway, SourceError, UserError

if TYPE_CHECKING:
    from cogs.client import CartelBot
    from core.services import Services

VENDORS: dict[str, str] = {
    SourceName.COLLECTOR_CRYPT: "Collector Crypt",
    SourceName.MAGIC_EDEN: "Magic Eden",
    SourceName.ALT: "ALT",
    SourceName.PRICECHARTING: "PriceCharting",
    SourceName.PSA: "PSA",
    SourceName.EBAY: "eBay",
    SourceName.TCGPLAYER: "TCGplayer",
    SourceName.TCGCSV: "TCGCSV",
    SourceName.TCGDEX: "TCGdex",
    SourceName.SCRYFALL: "Scryfall",
    SourceName.YGOPRODECK: "YGOPRODeck",
    SourceName.COINGECKO: "CoinGecko",
    SourceName.COINBASE: "Coinbase",
    SourceName.JUPITER: "Jupiter",
    SourceName.PYTH: "Pyth",
    SourceName.HELIUS: "Helius",
    SourceName.SOLANA: "Solana",
    SourceName.BEEZIE: "Beezie",
    SourceName.OPENSEA: "OpenSea",
    SourceName.DISCORD: "Discord",
}
UNREACHABLE = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)
"""What a conversation with Discord may end in through no fault of ours."""
TEXT_LENGTH_MAX = 1_900
UNKNOWN_WITHOUT_ANSWER = {"v1:buy": ", so I cannot tell whether this is still on sale"}
STALE = "This command has changed since Discord last showed it to you. Reload Discord, then try again."
AWAY = "I cannot reach my own records at the moment. Nothing was lost; try again in a minute."
NOT_HERE = "This command cannot be used here, or not by you."
OWNERS_ONLY = "This command is for those who run this bot."
UNTAKEN = "Discord did not take the answer. Try again."
_NO_LONGER_ANSWERABLE = frozenset({10062, 40060})  # older than 3 s, or answered by another process

log = structlog.get_logger(__name__)

Rest = ParamSpec("Rest")
Item = TypeVar("Item")
Answer = TypeVar("Answer")
Interaction = discord.Interaction[Any]
"""discord.py's own methods leave the client open; what is ours is a CartelBot."""
Method = Callable[Concatenate[Item, Interaction, Rest], Coroutine[Any, Any, Answer]]


def guarded(
    otherwise: Callable[Rest, Answer],
) -> Callable[[Method[Item, Rest, Answer]], Method[Item, Rest, Answer]]:
    """Let nothing escape a method that discord.py calls for a press, a check or a choice.

    `otherwise` is given the arguments after the interaction and makes what is returned after an error.
    """

    def guard(method: Method[Item, Rest, Answer]) -> Method[Item, Rest, Answer]:
        @wraps(method)
        async def run(
            self: Item, interaction: Interaction, /, *rest: Rest.args, **named: Rest.kwargs
        ) -> Answer:
            try:
                result = await method(self, interaction, *rest, **named)
            except Exception as error:  # discord.py would swallow it, and the person would wait in vain
                await answer(interaction, error)
                return otherwise(*rest, **named)
            if interaction.response.is_done():
                ended(interaction, "ok")
            return result

        return run

    return guard


def untouched(item: Any, match: re.Match[str], /) -> Any:
    """What a guarded `from_custom_id` returns after an error: discord.py's own item, which does nothing."""
    return item


async def answer(interaction: Interaction, error: Exception) -> None:
    """Tell the person what went wrong, privately, whether or not they were answered before. Never raises."""
    cause = _cause(error)
    ended(interaction, type(cause).__name__)
    if isinstance(cause, discord.HTTPException) and cause.code in _NO_LONGER_ANSWERABLE:
        log.warning("interaction answered too late", code=cause.code, custom_id=_subject(interaction))
        return
    bot: CartelBot = interaction.client
    text = await explain(cause, bot.services, subject=_subject(interaction))
    if interaction.type is discord.InteractionType.autocomplete:
        return  # choices have no place for a sentence
    try:
        if interaction.response.is_done():
            await interaction.followup.send(text, ephemeral=True)
        else:
            await interaction.response.send_message(text, ephemeral=True)
    except (*UNREACHABLE, RuntimeError) as lost:  # RuntimeError: aiohttp's closed session, at a stop
        log.warning("answer lost", reason=repr(lost)[:200], subject=_subject(interaction))


async def answer_command(context: commands.Context["CartelBot"], error: Exception) -> None:
    """The same for a command by mention. Words that are no command are nobody's error. Never raises."""
    cause = _cause(error)
    if isinstance(cause, commands.CommandNotFound):
        return
    subject = context.command.qualified_name if context.command else ""
    text = await explain(cause, context.bot.services, subject=subject)
    try:
        await context.reply(text, mention_author=False)
    except (*UNREACHABLE, RuntimeError) as lost:
        log.warning("answer lost", reason=repr(lost)[:200], subject=subject)


def ended(interaction: Interaction, outcome: str) -> None:
    """Count what became of a command or a press."""
    bot: CartelBot = interaction.client
    bot.metrics.interaction_ended(_verb(_subject(interaction)), outcome)


async def explain(error: Exception, services: "Services", *, subject: str) -> str:
    """The sentence for a person. A bug is logged here, once, and shown as its reference."""
    if isinstance(error, UserError):
        return str(error)[:TEXT_LENGTH_MAX] or NOT_HERE
    if isinstance(error, SourceError):
        return await _unanswered(error, services, subject)
    if isinstance(error, DatabaseAway):  # told once, by those who run the jobs
        return AWAY
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        return STALE
    if isinstance(error, app_commands.TransformerError):
        return f"{code(str(error.value), 80)} is not something this command understands."
    if isinstance(error, commands.CheckFailure):
        return OWNERS_ONLY
    if isinstance(error, app_commands.CheckFailure):
        return NOT_HERE
    if isinstance(error, commands.UserInputError):
        return f"That command was not complete or not understood: {plain(str(error))}"
    if isinstance(error, aiohttp.ClientError):
        # Vendors' failures are SourceErrors by now: this was the conversation with Discord.
        log.warning("Discord did not take an answer", reason=repr(error)[:200], subject=subject)
        return UNTAKEN
    return report(error, subject=subject)


def report(error: BaseException, *, subject: str) -> str:
    """Log a bug once, with a reference by which the operator finds what the person saw."""
    reference = secrets.token_hex(4)
    log.error("bug", reference=reference, subject=subject, exc_info=error)
    return f"Something went wrong on our side; nothing you did. Reference `{reference}`."


async def _unanswered(error: SourceError, services: "Services", subject: str) -> str:
    vendor = VENDORS.get(error.source, plain(error.source, 40))
    since = await _down_since(error.source, services)
    so = UNKNOWN_WITHOUT_ANSWER.get(_verb(subject), "")
    return f"{vendor} does not answer right now{since}{so}. Nothing was lost; try again in a minute."


async def _down_since(source: str, services: "Services") -> str:
    try:
        since = await services.operations.down_since(source)
    except Exception as error:  # the sentence matters more than since when it is true
        report(error, subject="source health")
        return ""
    return f" (since {relative(since)})" if since else ""


def _cause(error: Exception) -> Exception:
    wrappers = (app_commands.CommandInvokeError, commands.CommandInvokeError, commands.HybridCommandError)
    while isinstance(error, wrappers):
        error = error.original
    return error


def _verb(subject: str) -> str:
    """A command as it is, a button without its database key."""
    return ":".join(subject.split(":")[:2])


def _subject(interaction: Interaction) -> str:
    """What was used, for the log: the command's name or the button's id."""
    if interaction.command is not None:
        return interaction.command.qualified_name
    return str(interaction.data.get("custom_id", "")) if interaction.data else ""
