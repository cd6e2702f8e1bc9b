"""The rows that a listing left on its way through the line."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from core.domain.deals import DealTier, Reason
from core.domain.listings import Reported, Venue
from core.domain.money import Amount, Unit
from core.domain.posts import Payload, PostState, said_of
from core.domain.traces import Former, Held, Judged, ListingTrace, ShownAs, Told, VersionTrace, Waiting
from core.domain.valuation import Valuation
from db.deals import RevisionRow, VerdictRow
from db.digests import DigestLineRow
from db.engine import Tx
from db.guilds import PolicyRow
from db.listings import ListingRow, VersionRow
from db.observations import ObservationRow
from db.posts import PostRow
from db.prices import ValuationRow
from db.quarantine import QuarantineRow
from db.work import WorkRow

LISTINGS_MAX = 5
VERSIONS_MAX = 10
TOLD_MAX = 40
REVISIONS_MAX = 30


async def of_token(
    tx: Tx, token_id: int, policy_hash: str, *, guild_id: int | None
) -> tuple[ListingTrace, ...]:
    """The token's listings: open ones first, then the newest. Posts are those of one server, or none."""
    query = select(ListingRow.__table__).where(ListingRow.token_id == token_id)
    newest = query.order_by(ListingRow.is_open.desc(), ListingRow.state_at.desc()).limit(LISTINGS_MAX)
    found = (await tx.execute(newest)).all()
    return tuple([await _listing(tx, row, policy_hash, guild_id) for row in found])


async def said_in(tx: Tx, message_id: int) -> Payload | None:
    """What a message of ours says; None for any other message."""
    query = select(PostRow.payload).where(PostRow.message_id == message_id)
    return (await tx.execute(query.limit(1))).scalar_one_or_none()


async def _listing(
    tx: Tx, row: Row[*tuple[Any, ...]], policy_hash: str, guild_id: int | None
) -> ListingTrace:
    closed_as = None if row.closed_as is None else Reported(row.closed_as)
    versions = await _versions(tx, row.id, policy_hash, guild_id)
    told = await _told(tx, row.id)
    return ListingTrace(Venue(row.venue), row.seller, row.is_open, closed_as, row.state_at, versions, told)


async def _versions(
    tx: Tx, listing_id: int, policy_hash: str, guild_id: int | None
) -> tuple[VersionTrace, ...]:
    query = select(VersionRow.__table__).where(VersionRow.listing_id == listing_id)
    rows = (await tx.execute(query.order_by(VersionRow.n.desc()).limit(VERSIONS_MAX))).all()
    ids = [row.id for row in rows]
    judged, waiting = await _judged(tx, ids, policy_hash), await _waiting(tx, ids)
    posts = {} if guild_id is None else await _posts(tx, ids, policy_hash, guild_id)
    by_any = select(VerdictRow.version_id).where(VerdictRow.version_id.in_(ids)).distinct()
    judged_by_any = set((await tx.execute(by_any)).scalars())
    held, digests = await _held(tx, ids), await _digests(tx, ids, guild_id)
    return tuple(
        VersionTrace(
            row.id,
            row.n,
            Amount(row.ask_amount, Unit(row.ask_unit)),
            row.source,
            row.listed_at,
            row.first_seen_at,
            row.last_seen_live_at,
            row.ended_at,
            row.is_baseline,
            row.id in judged_by_any,
            judged.get(row.id),
            waiting.get(row.id),
            held.get(row.id),
            tuple(posts.get(row.id, ())),
            digests.get(row.id),
        )
        for row in rows
    )


async def _judged(tx: Tx, version_ids: Collection[int], policy_hash: str) -> dict[int, Judged]:
    verdict = (VerdictRow.version_id, VerdictRow.tier, VerdictRow.reason, VerdictRow.discount_bps)
    when = (VerdictRow.verified_by, VerdictRow.decided_at, VerdictRow.ours_ms, VerdictRow.revised_at)
    value = (ValuationRow.value_usd_micros, ValuationRow.low_usd_micros, ValuationRow.high_usd_micros)
    query = (
        select(*verdict, *when, *value, ValuationRow.confidence, ValuationRow.evidence)
        .outerjoin(ValuationRow, ValuationRow.id == VerdictRow.valuation_id)
        .where(VerdictRow.version_id.in_(version_ids), VerdictRow.policy_hash == policy_hash)
    )
    found = (await tx.execute(query)).all()
    before = await _before(tx, [row.version_id for row in found if row.revised_at], policy_hash)
    return {row.version_id: _judgement(row, before.get(row.version_id, ())) for row in found}


async def _before(tx: Tx, version_ids: Collection[int], policy_hash: str) -> dict[int, list[Former]]:
    query = select(RevisionRow.__table__).where(
        RevisionRow.version_id.in_(version_ids), RevisionRow.policy_hash == policy_hash
    )
    found: defaultdict[int, list[Former]] = defaultdict(list)
    for row in await tx.execute(query.order_by(RevisionRow.id.desc()).limit(REVISIONS_MAX)):
        found[row.version_id].append(Former(*_result(row), row.discount_bps, row.decided_at))
    return found


def _result(row: Row[*tuple[Any, ...]]) -> tuple[DealTier | None, Reason | None]:
    tier = None if row.tier is None else DealTier(row.tier)
    return tier, None if row.reason is None else Reason(row.reason)


def _judgement(row: Row[*tuple[Any, ...]], before: Iterable[Former]) -> Judged:
    valuation = None
    if row.value_usd_micros is not None:
        bounds = (row.low_usd_micros, row.high_usd_micros)
        valuation = Valuation(row.value_usd_micros, *bounds, row.confidence, row.evidence)
    when = (row.decided_at, row.ours_ms, row.revised_at)
    return Judged(*_result(row), row.discount_bps, row.verified_by, *when, valuation, tuple(before))


async def _waiting(tx: Tx, version_ids: Collection[int]) -> dict[int, Waiting]:
    query = select(WorkRow.__table__).where(WorkRow.version_id.in_(version_ids))
    return {
        row.version_id: Waiting(row.created_at, row.next_try_at, row.attempts, row.parked_at, row.error or "")
        for row in await tx.execute(query)
    }


async def _held(tx: Tx, version_ids: Collection[int]) -> dict[int, Held]:
    query = select(QuarantineRow.__table__).where(QuarantineRow.version_id.in_(version_ids))
    return {
        row.version_id: Held(row.suspicion, row.held_at, row.released_at, row.released_by)
        for row in await tx.execute(query)
    }


async def _digests(tx: Tx, version_ids: Collection[int], guild_id: int | None) -> dict[int, datetime]:
    """When the digests are due that these versions wait for."""
    query = select(DigestLineRow.version_id, DigestLineRow.due_at).where(
        DigestLineRow.version_id.in_(version_ids),
        DigestLineRow.guild_id == guild_id,
        DigestLineRow.post_id.is_(None),
    )
    return {row.version_id: row.due_at for row in await tx.execute(query)}


async def _posts(
    tx: Tx, version_ids: Collection[int], policy_hash: str, guild_id: int
) -> dict[int, list[ShownAs]]:
    """Those about a version alone, and the digests with a line of it."""
    columns = (PostRow.__table__, VerdictRow.policy_hash, PolicyRow.body)
    policies = PolicyRow.hash == VerdictRow.policy_hash
    alone = (
        select(*columns, PostRow.version_id.label("about"))
        .outerjoin(VerdictRow, VerdictRow.id == PostRow.verdict_id)
        .outerjoin(PolicyRow, policies)
        .where(PostRow.version_id.in_(version_ids), PostRow.guild_id == guild_id)
    )
    among = (
        select(*columns, DigestLineRow.version_id.label("about"))
        .join(DigestLineRow, DigestLineRow.post_id == PostRow.id)
        .join(VerdictRow, VerdictRow.id == DigestLineRow.verdict_id)
        .join(PolicyRow, policies)
        .where(DigestLineRow.version_id.in_(version_ids), DigestLineRow.guild_id == guild_id)
    )
    found: defaultdict[int, list[ShownAs]] = defaultdict(list)
    for query in (alone, among):
        for row in await tx.execute(query.order_by(PostRow.id)):
            found[row.about].append(_shown_as(row, policy_hash, is_digest=query is among))
    return found


def _shown_as(row: Row[*tuple[Any, ...]], policy_hash: str, *, is_digest: bool) -> ShownAs:
    where = (row.id, row.channel_id, row.guild_id, row.message_id, PostState(row.state))
    told = (row.created_at, row.sent_at, row.error or "", is_digest)
    said = said_of(row.payload, row.about)
    if said is None:
        return ShownAs(*where, *told)
    policy = None if row.policy_hash == policy_hash else row.body
    return ShownAs(*where, *told, said.tier, said.discount_bps, policy)


async def _told(tx: Tx, listing_id: int) -> tuple[Told, ...]:
    query = select(ObservationRow.__table__).where(ObservationRow.listing_id == listing_id)
    newest = query.order_by(ObservationRow.seen_at.desc(), ObservationRow.id.desc()).limit(TOLD_MAX)
    return tuple(
        Told(row.source, Reported(row.said), row.effective_at, row.seen_at, row.changed)
        for row in await tx.execute(newest)
    )
