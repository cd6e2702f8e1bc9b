"""Verify: what slab a token is, when more than one source has a say."""

from collections.abc import Mapping

import msgspec

from core.clock import Clock
from core.domain.catalog import SlabFacts
from core.domain.deals import Reason
from core.domain.listings import Mint, SourceName
from core.sources.base import SlabSource
from db import catalog
from db.catalog import Slab
from db.engine import Database
from db.listings import Version

AUTHORITY = SourceName.COLLECTOR_CRYPT
"""The vault's own catalogue: others must agree with it."""


class Identity(msgspec.Struct, frozen=True):
    """The slab of a token and who vouched for it; without one, `reason` says why not."""

    slab: Slab | None
    verified_by: str
    reason: Reason | None = None


class IdentityService:
    """Asks the authority, and holds another reporter's word against it."""

    def __init__(self, db: Database, clock: Clock, slabs: Mapping[SourceName, SlabSource]) -> None:
        self.db = db
        self.clock = clock
        self.slabs = slabs

    async def of(self, version: Version) -> Identity:
        """Who the listed token is. Raises SourceError when somebody who must be asked does not answer."""
        stored = await self._known(version.token_id) or await self._learn(version)
        if stored is None:
            return Identity(None, AUTHORITY.value, reason=Reason.NOT_A_SLAB)
        reporter = SourceName(version.source)
        if reporter is AUTHORITY or reporter not in self.slabs:
            return Identity(stored, AUTHORITY.value)
        theirs = await self._ask(reporter, version.key.mint)
        if theirs is None:
            return Identity(stored, AUTHORITY.value)
        verified_by = f"{AUTHORITY}+{reporter}"
        if differs(stored.facts, theirs):
            return Identity(None, verified_by, Reason.MISMATCH)
        return Identity(stored, verified_by)

    async def _known(self, token_id: int) -> Slab | None:
        async with self.db.read() as tx:
            return await catalog.slab_of(tx, token_id)

    async def _learn(self, version: Version) -> Slab | None:
        """Ask the authority, and keep what it says: identity is a fact, not a verdict."""
        facts = await self._ask(AUTHORITY, version.key.mint)
        if facts is None:
            return None
        now = self.clock.now()
        async with self.db.write() as tx:
            await catalog.link(tx, version.token_id, await catalog.keep_slab(tx, facts, now), now)
            return await catalog.slab_of(tx, version.token_id)

    async def _ask(self, source: SourceName, mint: Mint) -> SlabFacts | None:
        return await self.slabs[source].slab(mint)


def differs(ours: SlabFacts, theirs: SlabFacts) -> bool:
    """Whether two sources describe two different slabs: company, certificate or grade."""
    return (ours.grader, ours.certificate, ours.grade.tenths) != (
        theirs.grader,
        theirs.certificate,
        theirs.grade.tenths,
    )
