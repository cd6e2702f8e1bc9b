"""`bot.py sources`: every vendor in a line; `sources check NAME`: one real question to one of them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from random import SystemRandom

from cogs.ui.sources import age_of, ago, changes_of, failures_of, latency_of, state_of, today_of
from cogs.ui.text import clean
from core.cli.questions import NoAnswerError, answer, questions
from core.clock import Clock, SystemClock
from core.domain.listings import SourceName
from core.domain.sources import SourceView, view
from core.errors import SourceChanged, StartError
from core.runtime import look_at_database, open_sources, plans
from core.services.allowances import AllowanceService
from core.services.sources import SourceService
from core.settings import Settings
from core.sources.http import SourceHttp
from db import migrate
from db.engine import Database

HEADINGS = ("source", "last answer", "failed", "today", "p50 / p95", "oldest data", "state")
SAMPLE_LENGTH_MAX = 300


async def run(settings: Settings, clock: Clock | None = None) -> int:
    """Print every vendor; 1 when one of them is down. Raises StartError."""
    clock = clock or SystemClock()
    views = await all_of_them(settings, clock)
    print(table(views, clock))
    for line in (line for each in views for line in not_understood(each)):
        print(line)
    return 1 if any(each.is_down for each in views) else 0


async def check(settings: Settings, name: str) -> int:
    """Ask the vendor one question, and print what was understood; 1 when nothing was. Raises StartError."""
    source = asked(settings, name)
    clock, samples = SystemClock(), list[bytes]()

    def keep(_error: SourceChanged, body: bytes) -> None:
        samples.append(body)

    async with look_at_house(settings) as db:
        book = None if db is None else AllowanceService(db, clock)
        async with SourceHttp(clock, random=SystemRandom(), book=book, on_change=keep) as http:
            began = clock.monotonic()
            try:
                said = await answer(questions(open_sources(settings, http))[source])
            except NoAnswerError as error:
                print(f"{source}: {error}")
                for sample in filter(None, samples[-1:]):
                    print(f"  the answer began: {_sample(sample.decode(errors='replace'))}")
                return 1
    print(f"{source} {said.says} ({(clock.monotonic() - began) * 1000:,.0f} ms)")
    for example in said.examples:
        print(f"  {clean(example)}")
    return 0


def asked(settings: Settings, name: str) -> SourceName:
    """The vendor of that name. Raises StartError when there is none, or it is switched off."""
    known = {plan.name.value: plan for plan in plans(settings)}
    name = name.strip().lower()
    if name not in known:
        raise StartError(f"There is no source {clean(name)!r}; there are {', '.join(known)}.")
    if known[name].off_because:
        raise StartError(f"{name} is off: {known[name].off_because}.")
    return known[name].name


async def all_of_them(settings: Settings, clock: Clock) -> tuple[SourceView, ...]:
    """Every vendor, with what running processes wrote down, where there is a database yet."""
    async with look_at_house(settings) as db:
        if db is not None:
            return await SourceService(db, clock, plans(settings)).all()
    return tuple(view(plan, None, None, (), clock.now()) for plan in plans(settings))


@asynccontextmanager
async def look_at_house(settings: Settings) -> AsyncIterator[Database | None]:
    """The database with our tables, beside whoever works on it; None before the first start."""
    async with look_at_database(settings) as db:
        yield db if db is not None and (await migrate.standing(db)).revision is not None else None


def table(views: Sequence[SourceView], clock: Clock) -> str:
    """In columns; the last is as long as it likes."""
    now = clock.now()
    rows = [HEADINGS] + [
        (
            each.plan.name.value,
            ago(each.seen.succeeded_at if each.seen else None, now),
            failures_of(each.seen),
            today_of(each),
            latency_of(each.seen),
            age_of(each.seen, now),
            state_of(each, now),
        )
        for each in views
    ]
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEADINGS) - 1)]
    return "\n".join(
        "  ".join([*(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    )


def not_understood(each: SourceView) -> list[str]:
    """That answers had another shape than documented, and how the newest of them began."""
    change = None if each.seen is None else each.seen.change
    if change is None:
        return []
    lines = ["", f"{each.plan.name}: {changes_of(each.seen)}"]
    return [*lines, f"  it began: {_sample(change.sample)}"] if change.sample else lines


def _sample(text: str) -> str:
    return clean(text, SAMPLE_LENGTH_MAX)
