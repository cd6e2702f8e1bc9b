"""Lists that people turn the pages of: what each asked for, so that its buttons live through a restart."""

from datetime import datetime

from sqlalchemy import BigInteger, String, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.filters import DealFilter
from db.base import Base
from db.engine import Tx
from db.types import BigId, Json, UtcDateTime

DEALS = "deals"


class PageRow(Base):
    """A list somebody opened; which page of it is shown stands in the buttons."""

    __tablename__ = "page"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    query: Mapped[DealFilter] = mapped_column(Json(DealFilter))
    by: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


async def keep(tx: Tx, query: DealFilter, *, by: int, now: datetime) -> int:
    """Remember what was asked for; its id is what buttons carry."""
    row = {"kind": DEALS, "query": query, "by": by, "at": now}
    return (await tx.execute(insert(PageRow).values(row).returning(PageRow.id))).scalar_one()


async def get(tx: Tx, page_id: int) -> DealFilter | None:
    query = select(PageRow.query).where(PageRow.id == page_id, PageRow.kind == DEALS)
    return (await tx.execute(query)).scalar_one_or_none()
