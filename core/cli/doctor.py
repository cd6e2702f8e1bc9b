"""`bot.py doctor`: one line a thing, what is wrong with it, and what to do."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from random import SystemRandom
from typing import NamedTuple

import aiohttp
import discord

from cogs.client import LOGIN_REFUSED, UNREACHABLE, point_at, refuse_spent_sessions, unreachable
from cogs.ui.guilds import NEEDED, WISHED, missing_permissions
from core.cli.questions import CALL_LIMIT_S, NoAnswerError, Question, answer, questions
from core.clock import Clock, SystemClock
from core.domain.guilds import Guild
from core.domain.listings import SourceName
from core.errors import StartError
from core.runtime import look_at_database, open_sources, plans
from core.settings import FROM_FILES, NAMES, Settings, load, names_in
from core.sources.http import SourceHttp
from db import guilds, migrate
from db.engine import Database

CLOCK_OFF_MAX = timedelta(seconds=5)
WITHOUT = {SourceName.ALT: ": values rest on sales and insured values alone"}
NOT_MADE_YET = "not made yet; the first start makes it"


class Finding(NamedTuple):
    """One line. `does_work` is None for what is merely switched off."""

    what: str
    does_work: bool | None
    says: str


async def run(env_file: Path) -> int:
    """Print the findings; 0 when nothing is wrong."""
    failed = 0
    async for finding in examine(env_file, SystemClock()):
        mark = {True: "ok ", False: "BAD", None: "off"}[finding.does_work]
        print(f"{mark}  {finding.what:<15} {finding.says}", flush=True)
        failed += finding.does_work is False
    print("\nEverything needed works." if not failed else f"\n{failed} to mend.")
    return 1 if failed else 0


async def examine(env_file: Path, clock: Clock) -> AsyncIterator[Finding]:
    """Look at settings, database, Discord, each source and the clock."""
    try:
        settings = load(env_file=env_file)
    except StartError as error:
        yield Finding("settings", False, str(error))
        return
    yield _settings(env_file)
    yield await _database(settings)
    for look in (_discord, _clock, _sources):
        async for finding in look(settings, clock):
            yield finding


def _settings(env_file: Path) -> Finding:
    known = {*NAMES, *(f"{name}_FILE" for name in FROM_FILES)}
    strange = [name for name in names_in(env_file) if name not in known] if env_file.exists() else []
    if strange:
        return Finding(
            "settings", False, f"{env_file} sets {', '.join(strange)}, which no setting is called."
        )
    return Finding(
        "settings", True, f"read from {env_file}" if env_file.exists() else "defaults; there is no .env"
    )


async def _database(settings: Settings) -> Finding:
    try:
        async with look_at_database(settings) as db:
            return await _standing(db, settings) if db else Finding("database", True, NOT_MADE_YET)
    except StartError as error:
        return Finding("database", False, str(error))


async def _standing(db: Database, settings: Settings) -> Finding:
    where = await migrate.standing(db)
    if where.world not in {None, settings.world.value}:
        return Finding("database", False, f"holds a {where.world} market: name another DATABASE_URL.")
    if where.revision is None:
        return Finding("database", True, "empty; the first start makes its tables")
    if not where.is_known:
        await migrate.refuse_too_new(db)
        return Finding("database", True, f"at {where.revision}: newer than this code, and still serves it")
    if where.revision != where.head:
        return Finding("database", True, f"at {where.revision}; the next start brings it to {where.head}")
    return Finding("database", True, f"up to date, at {where.revision}")


async def _discord(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    if settings.discord_token is None:
        yield Finding("discord", False, "DISCORD_TOKEN is not set: without it only `bot.py demo` runs.")
        return
    point_at(settings.discord_api_url)
    async with discord.Client(intents=discord.Intents.none()) as client:
        try:
            await client.login(settings.discord_token.reveal())
            await refuse_spent_sessions(client)
        except discord.LoginFailure:
            yield Finding("discord", False, LOGIN_REFUSED)
            return
        except StartError as error:
            yield Finding("discord", False, str(error))
            return
        except UNREACHABLE as error:
            yield Finding("discord", False, unreachable(error))
            return
        yield Finding("discord", True, f"logged in as {client.user}")
        async for finding in _channels(settings, client):
            yield finding


async def _channels(settings: Settings, client: discord.Client) -> AsyncIterator[Finding]:
    """What the bot may do in the channels that were chosen."""
    try:
        async with look_at_database(settings) as db:
            chosen = await _chosen(db) if db else []
    except StartError:
        return  # said in the database's own line
    if not chosen:
        yield Finding("channel", None, "no server has chosen one yet: an admin types /setup")
    for guild in chosen:
        for channel_id in sorted(guild.settings.channels):
            yield await _channel(client, guild, channel_id)


async def _chosen(db: Database) -> list[Guild]:
    if (await migrate.standing(db)).revision is None:
        return []
    async with db.read() as tx:
        return await guilds.with_channel(tx)


async def _channel(client: discord.Client, chosen: Guild, channel_id: int) -> Finding:
    name, what = chosen.name, "channel"
    try:
        guild = await client.fetch_guild(chosen.id)
        channel = await guild.fetch_channel(channel_id)
        assert client.user is not None, "logged in"
        me = await guild.fetch_member(client.user.id)
    except discord.HTTPException as error:
        return Finding(
            what, False, f"{name}: a chosen channel is out of reach ({error.text}): run /setup again."
        )
    missing = missing_permissions(channel.permissions_for(me), NEEDED | WISHED)
    if missing:
        return Finding(what, False, f"{name}: grant the bot {', '.join(missing)} in #{channel.name}.")
    if chosen.paused_because and channel_id == chosen.deals_channel_id:
        return Finding(what, False, f"{name}: paused, because {chosen.paused_because} Run /setup again.")
    return Finding(what, True, f"{name}: may post in #{channel.name}")


async def _clock(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Our clock against Discord's: nonces, leases and times of posts rest on it."""
    limit = aiohttp.ClientTimeout(total=CALL_LIMIT_S)
    url = f"{settings.discord_api_url.rstrip('/')}/api/v10/gateway"
    try:
        async with aiohttp.ClientSession(timeout=limit) as session, session.get(url) as response:
            theirs = parsedate_to_datetime(response.headers.get("Date", "")).astimezone(UTC)
    except (*UNREACHABLE, ValueError, TypeError):
        yield Finding("clock", None, "not compared: Discord gives no time")
        return
    off = abs(clock.now() - theirs)
    if off > CLOCK_OFF_MAX:
        yield Finding(
            "clock", False, f"{off.total_seconds():.0f} s off Discord's: set this machine's clock (NTP)."
        )
    else:
        yield Finding("clock", True, "agrees with Discord's")


async def _sources(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """One real call each."""
    async with SourceHttp(clock, random=SystemRandom()) as http:
        asked = questions(open_sources(settings, http))
        for finding in await asyncio.gather(*(_asked(name, question) for name, question in asked.items())):
            yield finding
    for plan in plans(settings):
        if plan.off_because:
            yield Finding(plan.name, None, plan.off_because + WITHOUT.get(plan.name, ""))


async def _asked(name: str, question: Question) -> Finding:
    try:
        return Finding(name, True, (await answer(question)).says)
    except NoAnswerError as error:
        return Finding(name, False, str(error))
