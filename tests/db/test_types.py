"""Values come back from both engines as they went in, and what would not is refused."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, MetaData, Table, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from core.domain.money import AMOUNT_MAX, Amount, Unit
from core.domain.valuation import Evidence, EvidenceKind
from db.engine import Database
from db.types import BigId, Json, TextDecimal, UtcDateTime

EVIDENCE = Evidence(EvidenceKind.ALT, 2**53 + 1, 80, asset_name="Mew \x00 “né” 🃏", asset_id="a")
PAPER = Table(
    "paper",
    MetaData(),
    Column("id", BigId, primary_key=True),
    Column("at", UtcDateTime),
    Column("number", TextDecimal),
    Column("amount", BigInteger),
    Column("evidence", Json(tuple[Evidence, ...])),
    Column("sum", Json(Amount)),
)


async def round_trip(db: Database, column: str, value: object) -> Any:
    async with db.write() as tx:
        await tx.run_sync(PAPER.create)
        await tx.execute(PAPER.insert().values({column: value}))
    async with db.read() as tx:
        return (await tx.execute(select(PAPER.c[column]))).scalar_one()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", datetime(2026, 3, 1, 12, 0, 0, 123_457, tzinfo=UTC)),
        ("at", datetime(1, 1, 1, tzinfo=UTC)),
        ("at", datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
        ("number", Decimal("12345678901234567890.123456789012345678")),
        ("number", Decimal("-0.000000000000000000000000000000000001")),
        ("number", Decimal("1E+20")),
        ("amount", AMOUNT_MAX * 2 - 1),
        ("amount", -(2**63)),
        ("id", 2**63 - 1),
        ("evidence", (EVIDENCE, EVIDENCE)),
        ("evidence", ()),
        ("sum", Amount(AMOUNT_MAX, Unit.LAMPORTS)),
        ("at", None),
        ("number", None),
        ("sum", None),
    ],
)
async def test_a_value_comes_back_as_it_was(db: Database, column: str, value: object) -> None:
    assert await round_trip(db, column, value) == value


async def test_a_time_of_another_zone_comes_back_in_utc(db: Database) -> None:
    in_tokyo = datetime(2026, 3, 1, 21, tzinfo=timezone(timedelta(hours=9)))
    found = await round_trip(db, "at", in_tokyo)
    assert found == in_tokyo
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("at", datetime(2026, 3, 1), "needs its zone"),  # noqa: DTZ001
        ("number", Decimal("NaN"), "is finite"),
        ("number", Decimal("Infinity"), "is finite"),
    ],
)
async def test_what_would_not_come_back_is_refused(
    db: Database, column: str, value: object, said: str
) -> None:
    with pytest.raises(StatementError, match=said):
        await round_trip(db, column, value)


async def test_an_amount_beyond_64_bits_is_refused(db: Database) -> None:
    with pytest.raises((DBAPIError, OverflowError)):
        await round_trip(db, "amount", 2**63)


async def test_times_are_compared_as_times(db: Database) -> None:
    early, late = datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 3, 1, 10, tzinfo=UTC)
    await round_trip(db, "at", late)
    async with db.read() as tx:
        assert (await tx.execute(select(PAPER.c.id).where(PAPER.c.at > early))).first() is not None
        assert (await tx.execute(select(PAPER.c.id).where(PAPER.c.at > late))).first() is None


async def test_json_is_the_same_bytes_on_both_engines_and_is_checked_when_read(db: Database) -> None:
    await round_trip(db, "sum", Amount(5, Unit.LAMPORTS))
    async with db.write() as tx:
        stored = (await tx.execute(text("SELECT sum FROM paper"))).scalar_one()
        await tx.execute(text("""UPDATE paper SET sum = '{"value":"5","unit":"lamports"}'"""))
    assert stored == '{"value":5,"unit":"lamports"}'
    async with db.read() as tx:
        with pytest.raises(ValueError, match="Expected `int`"):
            (await tx.execute(select(PAPER.c.sum))).scalar_one()


async def test_ids_count_from_one_on_both_engines(db: Database) -> None:
    async with db.write() as tx:
        await tx.run_sync(PAPER.create)
        for _ in range(2):
            await tx.execute(PAPER.insert().values(amount=1))
        assert (await tx.execute(select(PAPER.c.id).order_by(PAPER.c.id))).scalars().all() == [1, 2]
