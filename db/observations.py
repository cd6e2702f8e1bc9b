"""Observations: one row for each report that was worked, so that a replay changes nothing."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.listings import Report
from db.base import Base
from db.engine import Tx, insert_new
from db.listings import ListingRow, VersionRow
from db.types import BigId, UtcDateTime


class ObservationRow(Base):
    """One report of a state, by the source's own name for it; the same one twice is a replay.

    `version_id` is the version it opened or confirmed, None when it changed nothing or ended one.
    """

    __tablename__ = "observation"
    __table_args__ = (UniqueConstraint("source", "event_id", "said", name="uq_observation_event"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"), index=True)
    source: Mapped[str] = mapped_column(String(24))
    event_id: Mapped[str] = mapped_column(String(200))
    said: Mapped[str] = mapped_column(String(16))
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed: Mapped[str] = mapped_column(String(16))


async def is_replay(tx: Tx, report: Report) -> bool:
    """Whether this very report was worked before."""
    query = select(ObservationRow.id).where(
        ObservationRow.source == report.source.value,
        ObservationRow.event_id == report.event_id,
        ObservationRow.said == report.said.value,
    )
    return (await tx.execute(query)).first() is not None


async def observe(tx: Tx, listing_id: int, report: Report, changed: str, version_id: int | None) -> None:
    """Remember the report, so that it works once; a known one that works again is of its new version."""
    row = {
        "listing_id": listing_id,
        "version_id": version_id,
        "source": report.source.value,
        "event_id": report.event_id,
        "said": report.said.value,
        "effective_at": report.effective_at,
        "seen_at": report.seen_at,
        "changed": changed,
    }
    new = insert_new(tx, ObservationRow).values(row)
    if version_id is None:
        await tx.execute(new.on_conflict_do_nothing())
    else:
        keys = ["source", "event_id", "said"]
        await tx.execute(new.on_conflict_do_update(index_elements=keys, set_={"version_id": version_id}))


async def replays(tx: Tx, source: str, event_ids: Sequence[str]) -> set[tuple[str, str]]:
    """(event id, what it said) of those reports that were worked before."""
    query = select(ObservationRow.event_id, ObservationRow.said).where(
        ObservationRow.source == source, ObservationRow.event_id.in_(event_ids)
    )
    return {(row.event_id, row.said) for row in await tx.execute(query)}


async def confirm_replayed(tx: Tx, source: str, event_ids: Sequence[str], seen_at: datetime) -> None:
    """A page repeats what it said before: versions that are still current were seen live again."""
    current = (
        select(ObservationRow.version_id)
        .join(ListingRow, ListingRow.id == ObservationRow.listing_id)
        .where(
            ObservationRow.source == source,
            ObservationRow.event_id.in_(event_ids),
            ListingRow.is_open,
            ListingRow.version_id == ObservationRow.version_id,
        )
    )
    live = update(VersionRow).where(VersionRow.id.in_(current), VersionRow.last_seen_live_at < seen_at)
    await tx.execute(live.values(last_seen_live_at=seen_at))
