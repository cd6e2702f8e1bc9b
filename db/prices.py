"""Price points and valuations: insert-only history of what was asked, paid and thought."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Row,
    Select,
    SmallInteger,
    String,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.charts import Worth
from core.domain.money import USD_MICROS, Amount, Unit
from core.domain.prices import PricePoint, PriceType, Rate
from core.domain.valuation import Evidence, Sale, Valuation
from db.base import Base
from db.engine import Tx, insert_all_new, insert_new
from db.types import BigId, Json, TextDecimal, UtcDateTime

KEY_LENGTH_MAX = 200


class PricePointRow(Base):
    """One price of a subject. For a rate `rate` is exact and the amount is it in micro-dollars.

    `apart` says why a price counts for nothing, None when it counts.
    """

    __tablename__ = "price_point"
    __table_args__ = (Index("ix_price_point_history", "subject", "type", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(String(24))
    type: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    known_at: Mapped[datetime] = mapped_column(UtcDateTime)
    amount: Mapped[int] = mapped_column(BigInteger)
    unit: Mapped[str] = mapped_column(String(16))
    usd_micros: Mapped[int] = mapped_column(BigInteger)
    rate: Mapped[Decimal | None] = mapped_column(TextDecimal)
    rate_id: Mapped[int | None] = mapped_column(ForeignKey("price_point.id"))
    dedupe_key: Mapped[str] = mapped_column(String(KEY_LENGTH_MAX), unique=True)
    apart: Mapped[str | None] = mapped_column(String(16))


_POINTS = Base.metadata.tables[PricePointRow.__tablename__]


class ValuationRow(Base):
    """What a kind (or a slab without one) was thought to be worth; the newest by known_at counts."""

    __tablename__ = "valuation"
    __table_args__ = (Index("ix_valuation_current", "subject", "known_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject: Mapped[str] = mapped_column(String(60))
    valued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    known_at: Mapped[datetime] = mapped_column(UtcDateTime)
    value_usd_micros: Mapped[int] = mapped_column(BigInteger)
    low_usd_micros: Mapped[int] = mapped_column(BigInteger)
    high_usd_micros: Mapped[int] = mapped_column(BigInteger)
    confidence: Mapped[int] = mapped_column(SmallInteger)
    evidence: Mapped[tuple[Evidence, ...]] = mapped_column(Json(tuple[Evidence, ...]))


async def add_point(tx: Tx, point: PricePoint, *, rate_id: int | None = None) -> None:
    """Add a price unless its key is known."""
    await add_points(tx, [(point, rate_id)])


async def add_points(tx: Tx, points: Iterable[tuple[PricePoint, int | None]]) -> None:
    """Add these prices, each with the id of its rate, but those whose key is known."""
    rows = [
        {
            "subject": point.subject,
            "source": point.source,
            "type": point.type.value,
            "at": point.at,
            "known_at": point.known_at,
            "amount": point.amount.value,
            "unit": point.amount.unit.value,
            "usd_micros": point.usd_micros,
            "rate_id": rate_id,
            "dedupe_key": point.key[:KEY_LENGTH_MAX],
        }
        for point, rate_id in points
    ]
    await insert_all_new(tx, PricePointRow, rows)


async def known_points(tx: Tx, keys: Collection[str]) -> dict[str, int]:
    """The ids of those prices that are known, by their keys."""
    if not keys:
        return {}
    query = select(PricePointRow.dedupe_key, PricePointRow.id).where(PricePointRow.dedupe_key.in_(list(keys)))
    return {row.dedupe_key: row.id for row in await tx.execute(query)}


async def move_sales(tx: Tx, to: Mapping[str, str]) -> None:
    """Sales of these subjects are sales of those."""
    are_theirs = (PricePointRow.subject.in_(list(to)), PricePointRow.type == PriceType.SALE.value)
    found = await tx.execute(select(PricePointRow.subject).where(*are_theirs).distinct())
    moves = [{"of": subject, "to": to[subject]} for subject in found.scalars() if to[subject] != subject]
    if moves:
        is_sale = (PricePointRow.subject == bindparam("of"), PricePointRow.type == PriceType.SALE.value)
        await tx.execute(update(_POINTS).where(*is_sale).values(subject=bindparam("to")), moves)


async def set_apart(tx: Tx, ids: Collection[int], why: str) -> None:
    """These prices count for nothing."""
    if not ids:
        return
    await tx.execute(update(PricePointRow).where(PricePointRow.id.in_(list(ids))).values(apart=why))


async def count_again(tx: Tx, ids: Collection[int], why: str) -> None:
    """Those of these prices that were set apart for this reason count again."""
    if ids:
        apart = update(PricePointRow).where(PricePointRow.id.in_(list(ids)), PricePointRow.apart == why)
        await tx.execute(apart.values(apart=None))


async def judge_points(tx: Tx, keys: Collection[str], why: str | None) -> None:
    """The prices of these keys count for nothing from now on; None: they count again."""
    if keys:
        named = update(PricePointRow).where(PricePointRow.dedupe_key.in_(list(keys)))
        await tx.execute(named.values(apart=why))


async def add_rate(tx: Tx, rate: Rate, known_at: datetime) -> int:
    """Keep a rate; its id is what converted amounts name."""
    micros = int(rate.usd * USD_MICROS)
    row = {
        "subject": f"pair:{rate.pair}",
        "source": rate.source,
        "type": PriceType.RATE.value,
        "at": rate.at,
        "known_at": known_at,
        "amount": micros,
        "unit": Unit.USD_MICROS.value,
        "usd_micros": micros,
        "rate": rate.usd,
        "dedupe_key": f"rate:{rate.pair}:{rate.source}:{rate.at.isoformat()}",
    }
    await tx.execute(insert_new(tx, PricePointRow).values(row).on_conflict_do_nothing())
    key = PricePointRow.dedupe_key == row["dedupe_key"]
    return (await tx.execute(select(PricePointRow.id).where(key))).scalar_one()


async def latest_rate(tx: Tx, pair: str, until: datetime) -> tuple[int, Rate] | None:
    """The newest known rate of a pair and its id; none of a later time, which a wrong clock wrote."""
    query = (
        _rates(pair)
        .where(PricePointRow.at <= until)
        .order_by(PricePointRow.at.desc(), PricePointRow.id.desc())
    )
    return _rate(pair, (await tx.execute(query.limit(1))).first())


async def rate_near(tx: Tx, pair: str, at: datetime, within: timedelta) -> tuple[int, Rate] | None:
    """The rate of a pair that is nearest to a time, and its id."""
    before = _rates(pair).where(PricePointRow.at <= at, PricePointRow.at >= at - within)
    after = _rates(pair).where(PricePointRow.at > at, PricePointRow.at <= at + within)
    found = [
        _rate(pair, (await tx.execute(query.limit(1))).first())
        for query in (before.order_by(PricePointRow.at.desc()), after.order_by(PricePointRow.at))
    ]
    return min((one for one in found if one is not None), key=lambda one: abs(one[1].at - at), default=None)


def _rates(pair: str) -> Select[int, Decimal | None, str, datetime]:
    return select(PricePointRow.id, PricePointRow.rate, PricePointRow.source, PricePointRow.at).where(
        PricePointRow.subject == f"pair:{pair}", PricePointRow.type == PriceType.RATE.value
    )


def _rate(pair: str, row: Row[int, Decimal | None, str, datetime] | None) -> tuple[int, Rate] | None:
    return None if row is None or row.rate is None else (row.id, Rate(pair, row.rate, row.source, row.at))


async def sales(
    tx: Tx, subject: str, *, since: datetime, until: datetime | None = None, limit: int = 200
) -> list[Sale]:
    """The newest sales of a subject that count; none after `until` where it is given."""
    query = (
        select(PricePointRow.at, PricePointRow.usd_micros)
        .where(
            PricePointRow.subject == subject,
            PricePointRow.type == PriceType.SALE.value,
            PricePointRow.at >= since,
            PricePointRow.apart.is_(None),
        )
        .order_by(PricePointRow.at.desc())
        .limit(limit)
    )
    if until is not None:
        query = query.where(PricePointRow.at <= until)
    return [Sale(*row) for row in await tx.execute(query)]


async def worths(tx: Tx, subject: str, *, since: datetime, before: datetime, limit: int) -> list[Worth]:
    """What a subject was thought to be worth in that time, newest first."""
    query = (
        select(ValuationRow.known_at, ValuationRow.value_usd_micros)
        .add_columns(ValuationRow.low_usd_micros, ValuationRow.high_usd_micros)
        .where(
            ValuationRow.subject == subject, ValuationRow.known_at >= since, ValuationRow.known_at < before
        )
        .order_by(ValuationRow.known_at.desc(), ValuationRow.id.desc())
        .limit(limit)
    )
    return [Worth(*row) for row in await tx.execute(query)]


async def current_values(tx: Tx, subjects: Collection[str]) -> dict[str, int]:
    """What these subjects were last thought to be worth, in micro-dollars; the unknown are left out."""
    order = (ValuationRow.known_at.desc(), ValuationRow.id.desc())
    age = func.row_number().over(partition_by=ValuationRow.subject, order_by=order).label("age")
    query = select(ValuationRow.subject, ValuationRow.value_usd_micros, age)
    told = query.where(ValuationRow.subject.in_(list(subjects))).subquery()
    newest = select(told.c.subject, told.c.value_usd_micros).where(told.c.age == 1)
    return {row[0]: row[1] for row in await tx.execute(newest)}


async def current_valuation(tx: Tx, subject: str) -> Valuation | None:
    """The newest valuation by when it was known."""
    query = (
        select(ValuationRow.__table__)
        .where(ValuationRow.subject == subject)
        .order_by(ValuationRow.known_at.desc(), ValuationRow.id.desc())
        .limit(1)
    )
    row = (await tx.execute(query)).first()
    if row is None:
        return None
    return Valuation(
        row.value_usd_micros, row.low_usd_micros, row.high_usd_micros, row.confidence, row.evidence
    )


async def newest_evidence(tx: Tx, *, limit: int) -> list[tuple[Evidence, ...]]:
    """What the newest valuations of all kinds rest on, each with its best evidence first."""
    query = select(ValuationRow.evidence).order_by(ValuationRow.id.desc()).limit(limit)
    return list((await tx.execute(query)).scalars())


async def add_valuation(tx: Tx, subject: str, valuation: Valuation, now: datetime) -> int:
    """Insert a valuation and the vendor values it rests on."""
    row = {
        "subject": subject,
        "valued_at": valuation.evidence[0].said_at or now,
        "known_at": now,
        "value_usd_micros": valuation.value_usd_micros,
        "low_usd_micros": valuation.low_usd_micros,
        "high_usd_micros": valuation.high_usd_micros,
        "confidence": valuation.confidence,
        "evidence": valuation.evidence,
    }
    done = await tx.execute(insert(ValuationRow).values(row).returning(ValuationRow.id))
    valuation_id = done.scalar_one()
    await add_points(tx, [(point, None) for point in _value_points(subject, valuation.evidence, now)])
    return valuation_id


def _value_points(subject: str, evidence: Sequence[Evidence], now: datetime) -> list[PricePoint]:
    """One for each answer of a vendor, however many valuations rest on it."""
    return [
        PricePoint(
            subject=subject,
            source=item.kind.value,
            type=PriceType.VALUATION,
            at=at,
            known_at=now,
            amount=Amount(item.value_usd_micros, Unit.USD_MICROS),
            usd_micros=item.value_usd_micros,
            key=f"valuation:{subject}:{item.kind}:{at.isoformat()}",
        )
        for item, at in ((item, item.said_at or now) for item in evidence)
    ]
