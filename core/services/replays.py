"""Replays: a server's changed settings over the days that were, before anybody saves them."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from core.clock import Clock
from core.domain.deals import DealPolicy
from core.domain.guilds import ServerSettings
from core.domain.outcomes import Known, Outcome, outcome_of
from core.domain.replays import (
    DAYS_MAX,
    EXAMPLES_MAX,
    VERSIONS_MAX,
    Example,
    Quick,
    Replay,
    Would,
    is_unvalued,
    only_in,
    side,
    with_quick,
    would_call,
    would_post,
)
from core.errors import LimitReached, NotFound
from core.services.askers import Askers
from db import aftermath, guild_settings, guilds, replays
from db.engine import Database
from db.outcomes import Case

PAGE = 250
ASKING_MAX = 4
"""So many may wait for their replay: each may take some seconds."""
TRIED_MAX = 5
TOO_OFTEN = (
    "Those were {most} replays within a minute, and each goes through many listings. Try again in {left}."
)
FOLLOWED = 100
"""Listings whose end is looked up at a time."""


class _Tally(msgspec.Struct):
    """What the pages gave so far; deals newest first."""

    present: list[Would]
    changed: list[Would]
    seen: int = 0
    not_valued: int = 0
    not_judged: int = 0
    is_cut: bool = False


class ReplayService:
    """One replay at a time: it is nobody's hurry, and the listings of this moment are."""

    def __init__(
        self, db: Database, clock: Clock, *, page: int = PAGE, versions_max: int = VERSIONS_MAX
    ) -> None:
        """Of more than `versions_max` versions the oldest are left out; `page` are read at a time."""
        self.db = db
        self.clock = clock
        self.page = page
        self.versions_max = versions_max
        self._one_at_a_time = asyncio.Lock()
        self._asking = 0
        self._servers: set[int] = set()
        self._askers = Askers(clock, TOO_OFTEN, most=TRIED_MAX)

    async def try_out(self, guild_id: int, user_id: int, days: int, quick: Quick) -> Replay:
        """A person's draft (or what holds now) with a few quick choices, against what holds now.

        Raises NotFound for an unknown server, InvalidInput for choices that make no sense, LimitReached for
        who asks all the time, or while another is under way for the same server.
        """
        self._askers.take(user_id)
        if guild_id in self._servers:
            raise LimitReached("A replay is under way for this server: try again when it is done.")
        self._servers.add(guild_id)
        try:
            return await self._try_out(guild_id, user_id, days, quick)
        finally:
            self._servers.remove(guild_id)

    async def _try_out(self, guild_id: int, user_id: int, days: int, quick: Quick) -> Replay:
        async with self.db.read() as tx:
            guild = await guilds.get(tx, guild_id)
            if guild is None:
                raise NotFound("This server is not known yet; try again in a few seconds.")
            draft = await guild_settings.draft(tx, guild, user_id)
        present = guild.settings
        changed = with_quick(present if draft is None else draft.result, quick)
        return await self.replay(present, changed, days)

    async def replay(self, present: ServerSettings, changed: ServerSettings, days: int) -> Replay:
        """What both would have posted in these days (at most 90), and what became of it.

        Raises LimitReached while too many are asked for.
        """
        days = max(1, min(days, DAYS_MAX))
        if self._asking >= ASKING_MAX:
            raise LimitReached("Too many replays are asked for at the moment: try again in a minute.")
        self._asking += 1
        try:
            return await self._replay(present, changed, days)
        finally:
            self._asking -= 1

    async def _replay(self, present: ServerSettings, changed: ServerSettings, days: int) -> Replay:
        since = self.clock.now() - timedelta(days=days)
        async with self._one_at_a_time:
            tally = await self._call(present.policy, changed.policy, since)
            now_posted = would_post(reversed(tally.present), present)
            then_posted = would_post(reversed(tally.changed), changed)
            known = await self._follow([*now_posted, *then_posted])
            before = await self._outcomes(now_posted, known, present.policy)
            after = await self._outcomes(then_posted, known, changed.policy)
        gained, lost = only_in(then_posted, now_posted), only_in(now_posted, then_posted)
        return Replay(
            days=days,
            since=since,
            looked_at=tally.seen,
            not_valued=tally.not_valued,
            not_judged=tally.not_judged,
            is_cut=tally.is_cut,
            is_changed=changed != present,
            present=side(now_posted, before, present.policy),
            changed=side(then_posted, after, changed.policy),
            gained=len(gained),
            lost=len(lost),
            best_gained=_examples(gained, after),
            best_lost=_examples(lost, before),
        )

    async def _call(self, present: DealPolicy, changed: DealPolicy, since: datetime) -> _Tally:
        """Both policies on every version, page by page; between pages everybody else has a turn."""
        tally, before = _Tally([], []), None
        while True:
            async with self.db.read() as tx:
                found = await replays.seen_since(tx, since, before=before, limit=self.page)
            tally.seen += found.seen
            tally.not_judged += found.not_judged
            for one in found.judged:
                tally.present += filter(None, [would_call(one, present)])
                tally.changed += filter(None, [would_call(one, changed)])
                tally.not_valued += is_unvalued(one, changed)
            await asyncio.sleep(0)
            before = found.before
            if before is None or tally.seen >= self.versions_max:
                tally.is_cut = before is not None
                return tally

    async def _follow(self, posted: Iterable[Would]) -> dict[int, Known]:
        """How their listings ended, and what their kinds sold for, by version."""
        by_version = {would.version_id: would for would in posted}
        cases = [_case(would) for would in by_version.values()]
        known: dict[int, Known] = {}
        for start in range(0, len(cases), FOLLOWED):
            async with self.db.read() as tx:
                known |= await aftermath.known(tx, cases[start : start + FOLLOWED])
            await asyncio.sleep(0)
        return known

    async def _outcomes(
        self, posted: Sequence[Would], known: dict[int, Known], policy: DealPolicy
    ) -> dict[int, Outcome]:
        found, now = {}, self.clock.now()
        for number, would in enumerate(posted):
            found[would.version_id] = outcome_of(would.called(policy), known[would.version_id], now)
            if number % PAGE == 0:
                await asyncio.sleep(0)
        return found


def _case(would: Would) -> Case:
    """As a case to follow; whose rates would judge it does not matter for what is known."""
    return Case(would.version_id, would.version_id, would.slab_id, would.called(DealPolicy()))


def _examples(posted: Sequence[Would], outcomes: dict[int, Outcome]) -> tuple[Example, ...]:
    return tuple(Example(would, outcomes[would.version_id]) for would in posted[:EXAMPLES_MAX])
