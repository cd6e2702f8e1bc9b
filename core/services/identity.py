"""Verify: what slab a token is, when more than one source has a say."""

from collections.abc import Mapping

import msgspec

from core.clock import Clock
from core.domain.catalog import SlabFacts
from core.domain.deals import Reason
from core.domain.listings import Mint, SourceName, Venue
from core.errors import SourceUnavailable
from core.services import slabs
from core.sources.base import SlabSource
from db import catalog
from db.catalog import Slab
from db.engine import Database
from db.listings import Version

AUTHORITIES: Mapping[Venue, SourceName] = {
    Venue.CC: SourceName.COLLECTOR_CRYPT,
    Venue.ME: SourceName.COLLECTOR_CRYPT,
    Venue.BEEZIE: SourceName.BEEZIE,
    Venue.COURTYARD: SourceName.OPENSEA,
}
"""Who knows the vault whose tokens are sold at a venue: others must agree with it."""


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
        stated = await self.stated(version)
        return stated if stated.slab is None else await self.verified(version, stated.slab)

    async def stated(self, version: Version) -> Identity:
        """What the authority says that the token is. Raises SourceError when it must be asked in vain."""
        authority = AUTHORITIES[version.key.venue]
        stored = await self._known(version.token_id) or await self._learn(version, authority)
        if stored is None:
            return Identity(None, authority.value, reason=Reason.NOT_A_SLAB)
        return Identity(stored, authority.value)

    async def verified(self, version: Version, stated: Slab) -> Identity:
        """The slab, when whoever reported the listing says the same. Raises SourceError."""
        authority, reporter = AUTHORITIES[version.key.venue], SourceName(version.source)
        if reporter is authority or reporter not in self.slabs:
            return Identity(stated, authority.value)
        theirs = await self._ask(reporter, version.key.mint)
        if theirs is None:
            return Identity(stated, authority.value)
        verified_by = f"{authority}+{reporter}"
        if differs(stated.facts, theirs):
            return Identity(None, verified_by, Reason.MISMATCH)
        return Identity(stated, verified_by)

    async def _known(self, token_id: int) -> Slab | None:
        async with self.db.read() as tx:
            return await catalog.slab_of(tx, token_id)

    async def _learn(self, version: Version, authority: SourceName) -> Slab | None:
        """Ask the authority, and keep what it says: identity is a fact, not a verdict."""
        facts = await self._ask(authority, version.key.mint)
        if facts is None:
            return None
        now = self.clock.now()
        async with self.db.write() as tx:
            return (await slabs.keep(tx, {version.token_id: facts}, now))[version.token_id]

    async def _ask(self, source: SourceName, mint: Mint) -> SlabFacts | None:
        if source not in self.slabs:
            raise SourceUnavailable(source, "is switched off")
        return await self.slabs[source].slab(mint)


def differs(ours: SlabFacts, theirs: SlabFacts) -> bool:
    """Whether two sources describe two different slabs: company, certificate or grade."""
    return (ours.grader, ours.certificate, ours.grade.tenths) != (
        theirs.grader,
        theirs.certificate,
        theirs.grade.tenths,
    )
