"""`bot.py run`: the roles of this process, from the first connection to an orderly end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial

import structlog

from cogs.client import CartelBot, logged_in, point_at, stay_connected
from cogs.publisher import Publisher
from core.domain.listings import SourceName
from core.errors import StartError
from core.events import Topic
from core.jobs import Job, JobRunner
from core.runtime import Runtime, open_runtime
from core.settings import Role, Settings
from core.web.app import create_app
from core.web.context import WebConfig
from core.web.server import serve
from core.web.tls import server_tls

log = structlog.get_logger(__name__)

HEARTBEAT = timedelta(seconds=10)
PUBLISH_EVERY = timedelta(seconds=1)
APPRAISE_EVERY = timedelta(seconds=1)
ANALYTICS_EVERY = timedelta(seconds=30)
BACKFILL_EVERY = timedelta(seconds=20)
MEASURE_EVERY = timedelta(seconds=10)
TELL_EVERY = timedelta(seconds=10)
ELSEWHERE_EVERY = timedelta(seconds=60)
"""Other vaults have thin books, and their vendors little patience."""
FOLLOW_EVERY = timedelta(seconds=1)
WALLETS_EVERY = timedelta(seconds=15)
ASKED_EVERY = timedelta(seconds=3)
FOLLOW_UP_EVERY = timedelta(minutes=1)
VALUE_CALLS_EVERY = timedelta(minutes=5)
REVALUE_EVERY = timedelta(minutes=10)
VALUES_END_EVERY = timedelta(minutes=5)
GREET_EVERY = timedelta(seconds=15)
HELD_EVERY = timedelta(minutes=1)
CATCH_UP_EVERY = timedelta(seconds=5)
"""An admin who saved a policy looks at the open deals next."""
RECONCILE_EVERY = timedelta(minutes=20)
HINTED_AT = frozenset({SourceName.COLLECTOR_CRYPT, SourceName.MAGIC_EDEN})
"""Whose newest listings are looked at when the chain tells that there is one."""


async def run(settings: Settings, *, may_migrate: bool) -> int:
    """Serve until cancelled; 0. Raises StartError when the start is impossible."""
    if Role.BOT in settings.roles and settings.discord_token is None:
        raise StartError(
            "DISCORD_TOKEN is not set: put it in .env, or try everything without one: `python bot.py demo`."
        )
    try:
        async with open_runtime(settings, may_migrate=may_migrate) as runtime:
            await serve_roles(runtime)
    except asyncio.CancelledError:
        log.info("stopped")
    return 0


async def serve_roles(runtime: Runtime) -> None:
    """Run every role of this process until it is cancelled or Discord turns the bot away.

    What can make a start impossible comes first: the port, then the login, and only then the jobs.
    """
    settings = runtime.settings
    bot = open_bot(runtime) if Role.BOT in settings.roles else None
    async with AsyncExitStack() as stack:
        if Role.API in settings.roles:
            await stack.enter_async_context(serving(runtime))
        if bot is not None:
            await stack.enter_async_context(logged_in(bot, _token(settings)))
        await stack.enter_async_context(ticking(runtime, jobs_of(runtime, bot)))
        if Role.JOBS in settings.roles:
            await stack.enter_async_context(listening(runtime))
        await (stay_connected(bot) if bot is not None else asyncio.Event().wait())


def open_bot(runtime: Runtime) -> CartelBot:
    """The Discord client, pointed where the settings say."""
    settings = runtime.settings
    point_at(settings.discord_api_url)
    return CartelBot(
        runtime.services,
        metrics=runtime.metrics,
        clock=runtime.clock,
        operator_guild_id=settings.operator_guild_id,
    )


def jobs_of(runtime: Runtime, bot: CartelBot | None) -> list[Job]:
    """What this process does again and again, by its roles."""
    jobs = [beating(runtime, bot), measuring(runtime), telling(runtime)]
    if runtime.sources.hints or runtime.settings.helius_webhook_secret is not None:
        jobs.append(following_hints(runtime))
    if bot is not None:
        jobs.append(publishing(runtime, bot))
    if Role.JOBS in runtime.settings.roles:
        jobs += market_jobs(runtime)
        if runtime.analytics is not None:
            jobs.append(Job("analytics", ANALYTICS_EVERY, runtime.analytics.send_new, timedelta(minutes=1)))
    return jobs


def market_jobs(runtime: Runtime) -> list[Job]:
    """Everything that is done again and again for the market, in the order in which it is due at a start."""
    listings, settings = runtime.listings, runtime.settings
    vault_every = timedelta(seconds=settings.collectorcrypt_poll_s)
    housekeep, work_due = runtime.services.operations.housekeep, runtime.appraisal.work_due
    return [
        Job("poll-rates", timedelta(seconds=60), runtime.prices.poll_rates, timedelta(seconds=60)),
        *(
            Job(
                f"poll-{source.name}",
                vault_every if source.name is SourceName.COLLECTOR_CRYPT else ELSEWHERE_EVERY,
                partial(listings.poll_listings, source),
                timedelta(minutes=15),
                wakes_on=Topic.LISTINGS if source.name in HINTED_AT else None,
            )
            for source in runtime.sources.listings
        ),
        *(
            Job(
                f"poll-{source.name}",
                timedelta(seconds=settings.magiceden_poll_s),
                partial(listings.poll_activities, source),
                timedelta(minutes=5),
                wakes_on=Topic.LISTINGS if source.name in HINTED_AT else None,
            )
            for source in runtime.sources.activities
        ),
        Job("appraise", APPRAISE_EVERY, work_due, timedelta(minutes=5), wakes_on=Topic.WORK),
        Job("catch-up-policies", CATCH_UP_EVERY, runtime.policies.catch_up, timedelta(minutes=2)),
        Job("greet", GREET_EVERY, runtime.arrivals.greet_due, timedelta(minutes=2)),
        Job("release-held", HELD_EVERY, runtime.services.quarantine.look_again, timedelta(minutes=1)),
        Job("make-digests", GREET_EVERY, runtime.digests.make_due, timedelta(minutes=2)),
        *following_up(runtime),
        Job("backfill", BACKFILL_EVERY, runtime.backfill.work_due, timedelta(minutes=10)),
        Job("housekeep", timedelta(hours=1), housekeep, timedelta(minutes=5)),
    ]


def following_up(runtime: Runtime) -> list[Job]:
    """What is on sale is asked about until it ends; everything is read whole now and then."""
    rechecks, doubts, long = runtime.rechecks, Topic.RECHECKS, timedelta(minutes=4)
    return [
        Job("recheck", timedelta(seconds=10), rechecks.recheck_due, long, wakes_on=doubts),
        Job("recheck-asked", ASKED_EVERY, runtime.services.revaluations.work_due, long),
        Job("follow-wallets", WALLETS_EVERY, runtime.services.follows.look_due, long),
        Job("recheck-missing", timedelta(seconds=30), rechecks.recheck_missing, long, wakes_on=doubts),
        Job("follow-up", FOLLOW_UP_EVERY, runtime.outcomes.follow_up, long),
        Job("value-calls", VALUE_CALLS_EVERY, runtime.outcomes.value_milestones, long),
        Job("revalue", REVALUE_EVERY, rechecks.revalue_due, timedelta(minutes=1)),
        Job("end-values", VALUES_END_EVERY, runtime.services.overrides.end_expired, timedelta(minutes=1)),
        *(
            Job(
                f"reconcile-{source.name}",
                RECONCILE_EVERY,
                partial(runtime.reconcile.read_whole, source),
                timedelta(minutes=15),
            )
            for source in runtime.sources.counted
        ),
    ]


def measuring(runtime: Runtime) -> Job:
    """The metrics tell how much waits for a verdict."""

    async def measure() -> None:
        depth = await runtime.services.operations.queue()
        age = runtime.clock.now() - depth.oldest_at if depth.oldest_at is not None else timedelta(0)
        runtime.metrics.work_waits(depth.waiting, age.total_seconds())
        parked = await runtime.services.operations.parked()
        runtime.metrics.rows_parked(listings=parked.listings.count, posts=parked.posts.count)

    return Job("measure", MEASURE_EVERY, measure, MEASURE_EVERY, is_local=True)


def telling(runtime: Runtime) -> Job:
    """What this process saw of the vendors becomes rows that any process can read."""

    async def tell() -> None:
        services = runtime.services
        await services.sources.tell(services.operations.me.id, runtime.tally.told())

    return Job("tell-sources", TELL_EVERY, tell, TELL_EVERY, is_local=True)


def following_hints(runtime: Runtime) -> Job:
    """Each process follows the hints that were pushed to it, at once."""
    return Job(
        "follow-hints",
        FOLLOW_EVERY,
        runtime.services.hints.work_due,
        timedelta(minutes=5),
        wakes_on=Topic.HINTS,
        is_local=True,
    )


def publishing(runtime: Runtime, bot: CartelBot) -> Job:
    """The outbox is shown by one process at a time, at once when a post is wanted."""
    publisher = Publisher(bot, services=runtime.services, clock=runtime.clock, metrics=runtime.metrics)
    return Job(
        "publish",
        PUBLISH_EVERY,
        publisher.publish_due,
        timedelta(minutes=2),
        role=Role.BOT,
        wakes_on=Topic.POSTS,
    )


def beating(runtime: Runtime, bot: CartelBot | None) -> Job:
    """Every process says that it lives, and whether Discord's gateway is connected."""

    async def beat() -> None:
        is_up = None if bot is None else bot.gateway_is_up
        await runtime.services.operations.heartbeat(gateway_is_up=is_up)

    return Job("heartbeat", HEARTBEAT, beat, HEARTBEAT, is_local=True)


@asynccontextmanager
async def serving(runtime: Runtime) -> AsyncIterator[str]:
    """The HTTPS app inside this loop; gives its address."""
    settings = runtime.settings
    app = create_app(runtime.services, runtime.metrics, config=WebConfig.of(settings), clock=runtime.clock)
    async with serve(app, settings, server_tls(settings, runtime.clock)) as url:
        log.info("the API listens", url=url)
        yield url


@asynccontextmanager
async def listening(runtime: Runtime) -> AsyncIterator[None]:
    """Whoever pushes word of the chain is heard until the block ends."""
    tell = runtime.services.hints.tell
    tasks = [
        asyncio.create_task(source.listen(tell), name=f"hints:{source.name}")
        for source in runtime.sources.hints
    ]
    for task in tasks:
        task.add_done_callback(_ended)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _ended(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("nobody listens to the chain any more", task=task.get_name(), error=repr(task.exception()))


@asynccontextmanager
async def ticking(runtime: Runtime, jobs: list[Job]) -> AsyncIterator[JobRunner]:
    """The job table, running."""
    runner = JobRunner(jobs, runtime.leases, runtime.bus, runtime.metrics)
    await runner.start()
    try:
        yield runner
    finally:
        await runner.stop()


def _token(settings: Settings) -> str:
    assert settings.discord_token is not None, "the bot role was checked to have its token"
    return settings.discord_token.reveal()
