"""Values that operators set by hand: who set what, when, until when and why; and what is valued anew then."""

import structlog

from core.clock import Clock
from core.domain.catalog import slab_name
from core.domain.overrides import Override, Wanted, checked
from core.domain.questions import read_question
from core.errors import InvalidInput, NotFound
from core.events import Bus, Topic
from core.services.questions import look_up
from db import overrides, work
from db.engine import Database, Tx
from db.work import Priority

LISTED_MAX = 50
VALUED_ANEW_MAX = 1_000

log = structlog.get_logger(__name__)


class OverrideService:
    """A kind's value by hand. Who may set one, the caller knows."""

    def __init__(self, db: Database, clock: Clock, bus: Bus) -> None:
        self.db = db
        self.clock = clock
        self.bus = bus

    async def set(self, what: str, wanted: Wanted, *, by: int) -> Override:
        """The kind of a token, certificate or link has this value from now on, instead of any set before.

        Raises InvalidInput for what is not understood or out of bounds, NotFound for a slab we do not know.
        """
        question, now = read_question(what), self.clock.now()
        setting = checked(wanted, now)
        async with self.db.write() as tx:
            known = await look_up(tx, question)
            if known.slab is None:
                raise NotFound("I do not know that slab: it must have been on sale where I look.")
            if known.alike > 1:
                raise InvalidInput("ALT has one page for several slabs. Give the certificate that is meant.")
            facts, subject = known.slab.facts, known.slab.subject
            title = slab_name(facts.grader, facts.grade, facts.title)
            override_id = await overrides.add(tx, subject, title, setting, by=by, now=now)
            await self._value_anew(tx, subject)
        self.bus.wake(Topic.WORK)
        log.info("a value was set by hand", override=override_id, subject=subject, by=by)
        return Override(override_id, subject, title, setting, by, now)

    async def clear(self, override_id: int, *, by: int) -> Override:
        """The value stands no more. Raises NotFound when it did not, so one of two is told."""
        async with self.db.write() as tx:
            cleared = await overrides.clear(tx, override_id, by=by, now=self.clock.now())
            if cleared is None:
                raise NotFound("No value set by hand stands under this number any more.")
            await self._value_anew(tx, cleared.subject)
        self.bus.wake(Topic.WORK)
        log.info("a value set by hand was cleared", override=override_id, by=by)
        return cleared

    async def end_expired(self) -> int:
        """Where a value's time is over, what is on sale of its kind is judged again; how many those were."""
        async with self.db.write() as tx:
            subjects = await overrides.end_expired(tx, self.clock.now(), limit=LISTED_MAX)
            for subject in subjects:
                await self._value_anew(tx, subject)
        if subjects:
            self.bus.wake(Topic.WORK)
        return len(subjects)

    async def standing(self) -> tuple[Override, ...]:
        """What stands now, newest first."""
        async with self.db.read() as tx:
            return tuple(await overrides.standing(tx, self.clock.now(), limit=LISTED_MAX))

    async def history(self) -> tuple[Override, ...]:
        """Whatever was set, newest first, with who cleared it."""
        async with self.db.read() as tx:
            return tuple(await overrides.history(tx, limit=LISTED_MAX))

    async def _value_anew(self, tx: Tx, subject: str) -> None:
        """What is on sale of that kind is judged again, after everything fresh."""
        found = await overrides.open_versions(tx, subject, limit=VALUED_ANEW_MAX)
        await work.add(tx, dict.fromkeys(found, 0), priority=Priority.RECHECK, now=self.clock.now())
