"""Rules the tables keep by themselves, on both engines."""

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase

from db import deals, listings, versions
from db.catalog import KindRow, SlabRow, TokenRow
from db.deals import VerdictRow
from db.engine import Database
from db.listings import ListingRow, VersionRow
from db.versions import Opening
from db.work import WorkRow
from tests.db.market import NOW, a_report, a_verdict, judge, list_token


async def refuses(db: Database, table: type[DeclarativeBase], **values: object) -> str:
    """The rule that an insert breaks."""
    with pytest.raises(IntegrityError) as refused:
        async with db.write() as tx:
            await tx.execute(insert(table).values(**values))
    return str(refused.value.orig).casefold()


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (KindRow, {"card_id": 9, "grader": "PSA", "grade_tenths": 100, "grade_label": ""}),
        (WorkRow, {"version_id": 9, "priority": 0, "prior": 0, "created_at": NOW, "next_try_at": NOW}),
    ],
)
async def test_what_a_row_names_must_exist(
    db: Database, table: type[DeclarativeBase], values: dict[str, object]
) -> None:
    assert "foreign key" in await refuses(db, table, **values)


async def test_a_token_is_one_row(db: Database) -> None:
    async with db.write() as tx:
        await tx.execute(insert(TokenRow).values(chain="solana", address="a"))
    assert "unique" in await refuses(db, TokenRow, chain="solana", address="a")


async def test_an_ask_has_its_unit(db: Database) -> None:
    async with db.write() as tx:
        await list_token(tx)
    row = {
        "venue": "me",
        "token_id": 1,
        "seller": "s",
        "is_open": True,
        "state_at": NOW,
        "state_seen_at": NOW,
    }
    assert "ask_has_unit" in await refuses(db, ListingRow, ask_amount=1, **row)


async def test_a_version_asks_something(db: Database) -> None:
    async with db.write() as tx:
        await list_token(tx)
    row = {"listing_id": 1, "episode_id": 1, "n": 2, "ask_unit": "usd_micros", "source": "alt"}
    times = {"first_seen_at": NOW, "last_seen_live_at": NOW}
    assert "ask_is_positive" in await refuses(db, VersionRow, ask_amount=0, is_baseline=False, **row, **times)


async def test_the_versions_of_a_listing_are_numbered_once(db: Database) -> None:
    async with db.write() as tx:
        version_id = await list_token(tx)
        assert (await listings.version(tx, version_id)) is not None
        await versions.begin(tx, [Opening(1, a_report(ask=90), episode_id=1)], is_baseline=False)
    row = {"listing_id": 1, "episode_id": 1, "n": 2, "ask_unit": "usd_micros", "source": "alt"}
    times = {"first_seen_at": NOW, "last_seen_live_at": NOW}
    assert "unique" in await refuses(db, VersionRow, ask_amount=1, is_baseline=False, **row, **times)


@pytest.mark.parametrize(("tier", "reason"), [(None, None), ("gold", "too_dear")])
async def test_a_verdict_is_a_tier_or_a_reason(db: Database, tier: str | None, reason: str | None) -> None:
    async with db.write() as tx:
        version_id = await list_token(tx)
    row = {"version_id": version_id, "policy_hash": a_verdict(1).policy_hash, "verified_by": ""}
    said = await refuses(db, VerdictRow, tier=tier, reason=reason, decided_at=NOW, ours_ms=1, **row)
    assert "tier_or_reason" in said


async def test_a_version_has_one_verdict_under_a_policy(db: Database) -> None:
    async with db.write() as tx:
        version_id = await list_token(tx)
        await judge(tx, version_id)
        assert await deals.add(tx, [a_verdict(version_id)]) == {}


async def test_a_certificate_is_one_slab(db: Database) -> None:
    row = {"grader": "PSA", "certificate": "1", "seen_at": NOW, "facts": None}
    assert "null" in await refuses(db, SlabRow, **row)
