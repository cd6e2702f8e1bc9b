"""What each process saw of each vendor, as rows that every process can read."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Integer, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.listings import SourceName
from core.domain.sources import SAMPLE_BYTES_MAX, Change, SourceCalls
from db.base import Base
from db.engine import Tx, insert_new
from db.types import ERROR_LENGTH_MAX, Json, UtcDateTime, storable


class SourceCallsRow(Base):
    """One process's tally of one vendor; the next telling replaces it."""

    __tablename__ = "source_calls"

    process_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    source: Mapped[str] = mapped_column(String(24), primary_key=True)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
    calls: Mapped[int] = mapped_column(Integer)
    failures: Mapped[int] = mapped_column(Integer)
    changes: Mapped[int] = mapped_column(Integer)
    succeeded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[str] = mapped_column(String(ERROR_LENGTH_MAX))
    p50_ms: Mapped[int | None] = mapped_column(Integer)
    p95_ms: Mapped[int | None] = mapped_column(Integer)
    oldest_data_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    newest_data_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    change: Mapped[Change | None] = mapped_column(Json(Change))


async def keep(tx: Tx, process_id: str, told: Sequence[SourceCalls]) -> None:
    for calls in told:
        values = msgspec.structs.asdict(calls) | {
            "failure": storable(calls.failure, ERROR_LENGTH_MAX),
            "change": _storable(calls.change),
        }
        key = {"process_id": process_id, "source": values.pop("source")}
        insert_row = insert_new(tx, SourceCallsRow).values(key | values)
        await tx.execute(insert_row.on_conflict_do_update(index_elements=list(key), set_=values))


async def told(tx: Tx) -> dict[SourceName, list[SourceCalls]]:
    """Every tally that is kept, by vendor; one that no code of today knows is left out."""
    names = {name.value for name in SourceName}
    rows = await tx.execute(select(SourceCallsRow.__table__).where(SourceCallsRow.source.in_(names)))
    found: dict[SourceName, list[SourceCalls]] = {}
    for row in rows:
        values = {name: getattr(row, name) for name in SourceCalls.__struct_fields__}
        calls = SourceCalls(**values | {"source": SourceName(row.source)})
        found.setdefault(calls.source, []).append(calls)
    return found


async def forget_before(tx: Tx, at: datetime) -> None:
    """Tallies that nobody has told anew since."""
    await tx.execute(delete(SourceCallsRow).where(SourceCallsRow.told_at < at))


def _storable(change: Change | None) -> Change | None:
    if change is None:
        return None
    reason, sample = storable(change.reason, ERROR_LENGTH_MAX), storable(change.sample, SAMPLE_BYTES_MAX)
    return msgspec.structs.replace(change, reason=reason, sample=sample)
