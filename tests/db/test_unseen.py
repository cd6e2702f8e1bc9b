"""Posts that nobody saw are moved or withdrawn; one whose sending may have begun is never touched."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from db import posts, unseen
from db.engine import Database, Tx
from db.posts import PostRow
from tests.db.market import CHANNEL, GUILD, NOW, a_wish

RETRY = timedelta(seconds=30)


async def found(db: Database) -> list[tuple[int, str]]:
    async with db.read() as tx:
        rows = await tx.execute(select(PostRow.channel_id, PostRow.state).order_by(PostRow.id))
        return [(row.channel_id, row.state) for row in rows]


@pytest.fixture
async def outbox(db: Database) -> Database:
    """Two posts, of which the first was tried."""
    async with db.write() as tx:
        await posts.want_all(tx, [a_wish("a"), a_wish("b")], NOW)
        await posts.claim(tx, limit=1, now=NOW, retry_after=RETRY)
    return db


async def test_only_what_nobody_saw_is_moved(outbox: Database) -> None:
    async with outbox.write() as tx:
        await unseen.move(tx, [1, 2], 99, NOW)
    assert await found(outbox) == [(CHANNEL, "wanted"), (99, "wanted")]


@pytest.mark.parametrize("which", ["ids", "keys", "channel"])
async def test_only_what_nobody_saw_is_withdrawn(outbox: Database, which: str) -> None:
    async with outbox.write() as tx:
        await _withdraw(tx, which)
    assert await found(outbox) == [(CHANNEL, "wanted"), (CHANNEL, "withdrawn")]


async def test_what_a_server_waits_for_is_found_oldest_first_and_no_more_than_asked(outbox: Database) -> None:
    async with outbox.write() as tx:
        await posts.want_all(tx, [a_wish("c"), a_wish("d")], NOW)
        assert [post.id for post in await posts.unseen_of(tx, GUILD, 2)] == [2, 3]
        assert await posts.unseen_of(tx, GUILD + 1, 2) == []


async def _withdraw(tx: Tx, which: str) -> None:
    if which == "ids":
        await unseen.withdraw(tx, [1, 2])
    elif which == "keys":
        await unseen.withdraw_keys(tx, ["a", "b", "unknown"])
    else:
        await unseen.withdraw_from(tx, CHANNEL)
