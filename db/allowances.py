"""How much of each vendor's allowance is used: across restarts, and by all processes together."""

from datetime import datetime

from sqlalchemy import Integer, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.allowances import Allowance, untouched
from db.base import Base
from db.engine import Tx, insert_new
from db.types import UtcDateTime


class AllowanceRow(Base):
    """One vendor's turns."""

    __tablename__ = "allowance"

    source: Mapped[str] = mapped_column(String(24), primary_key=True)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    day_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used: Mapped[int] = mapped_column(Integer)


async def lock(tx: Tx, source: str, now: datetime) -> Allowance:
    """A vendor's allowance, held until the transaction ends; untouched when it was never asked."""
    query = select(AllowanceRow.next_at, AllowanceRow.day_at, AllowanceRow.used)
    held = query.where(AllowanceRow.source == source).with_for_update()
    if (row := (await tx.execute(held)).first()) is None:
        new = untouched(now)
        values = {"source": source, "next_at": new.next_at, "day_at": new.day_at, "used": new.used}
        await tx.execute(insert_new(tx, AllowanceRow).values(values).on_conflict_do_nothing())
        row = (await tx.execute(held)).one()
    return Allowance(*row)


async def keep(tx: Tx, source: str, allowance: Allowance) -> None:
    values = {"next_at": allowance.next_at, "day_at": allowance.day_at, "used": allowance.used}
    await tx.execute(update(AllowanceRow).where(AllowanceRow.source == source).values(values))


async def all_of_them(tx: Tx) -> dict[str, Allowance]:
    """Every vendor that was ever asked."""
    rows = await tx.execute(select(AllowanceRow.__table__))
    return {row.source: Allowance(row.next_at, row.day_at, row.used) for row in rows}
