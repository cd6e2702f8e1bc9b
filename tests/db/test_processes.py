"""Processes that live, processes that are gone, and what becomes of what those had taken."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from core.domain.operations import ProcessState
from db import jobs, posts, processes, work
from db.engine import Database
from tests.databases import on_postgres, on_sqlite
from tests.db.market import NOW, SECOND, a_wish, list_tokens
from tests.postgres import PostgresServer, execute

LEASE = timedelta(seconds=60)


def a_process(id: str) -> ProcessState:
    return ProcessState(id, "bot,jobs,api", "1.0", NOW, NOW, None, gateway_is_up=False)


async def start(db: Database, *ids: str) -> None:
    async with db.write() as tx:
        for id in ids:
            await processes.start_process(tx, a_process(id))


async def bury(db: Database, *, but: str) -> list[str]:
    async with db.write() as tx:
        return await processes.bury_the_dead(tx, but=but)


async def running(db: Database) -> dict[str, ProcessState]:
    async with db.read() as tx:
        return {process.id: process for process in await processes.processes(tx)}


async def test_a_heartbeat_says_when_and_whether_the_gateway_is_up(db: Database) -> None:
    await start(db, "me", "other")
    async with db.write() as tx:
        await processes.beat(tx, "me", gateway_is_up=True, now=NOW + SECOND)
        await processes.beat(tx, "me", gateway_is_up=False, now=NOW + SECOND * 11)
        await processes.beat(tx, "other", gateway_is_up=None, now=NOW + SECOND)
    found = await running(db)
    assert found["me"].heartbeat_at == NOW + SECOND * 11
    assert (found["me"].gateway_is_up, found["me"].gateway_at) == (False, NOW + SECOND)
    assert (found["other"].gateway_is_up, found["other"].gateway_at) == (False, None)


async def test_a_process_that_ends_is_forgotten(db: Database) -> None:
    await start(db, "me", "me", "other")
    async with db.write() as tx:
        await processes.end_process(tx, "other")
    assert list(await running(db)) == ["me"]


@on_sqlite
async def test_on_sqlite_every_other_process_is_gone(db: Database) -> None:
    await start(db, "me", "old", "older")
    await db.hold_sign_of_life("me")
    assert sorted(await bury(db, but="me")) == ["old", "older"]
    assert list(await running(db)) == ["me"]


@on_postgres
async def test_on_postgresql_a_process_lives_until_its_connection_ends(db: Database) -> None:
    other = Database(db.url.render_as_string(hide_password=False))
    await start(db, "me", "other", "killed")
    await db.hold_sign_of_life("me")
    await other.hold_sign_of_life("other")
    assert await bury(db, but="me") == ["killed"]
    await other.close()
    assert await bury(db, but="me") == ["other"]
    assert await bury(db, but="nobody") == []


@on_postgres
async def test_asking_about_a_process_does_not_take_its_sign_of_life(db: Database) -> None:
    await start(db, "late")
    other = Database(db.url.render_as_string(hide_password=False))
    try:
        async with db.write() as tx:
            await processes.bury_the_dead(tx, but="me")
        await other.hold_sign_of_life("late")
        await start(db, "late")
        assert await bury(db, but="me") == []
    finally:
        await other.close()


@on_postgres
async def test_a_sign_of_life_is_taken_anew_when_its_connection_broke(
    db: Database, request: pytest.FixtureRequest
) -> None:
    server: PostgresServer = request.getfixturevalue("postgres_server")
    await start(db, "me")
    await db.hold_sign_of_life("me")
    await db.hold_sign_of_life("me")
    cut = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
    await execute(server.url(str(db.url.database)), cut)
    await db.hold_sign_of_life("me")
    assert await bury(db, but="other") == []


async def test_the_dead_leave_their_jobs_their_work_and_their_posts(db: Database) -> None:
    [version] = await list_tokens(db, 1)
    async with db.write() as tx:
        await jobs.plan_job(tx, "poll", NOW)
        await jobs.lease_job(tx, "poll", "dead", now=NOW, lease=LEASE, even_early=False)
        await work.add(tx, {version: 0}, priority=0, now=NOW)
        await work.claim(tx, "dead", limit=1, below=9, now=NOW, lease=LEASE)
        await posts.want(tx, a_wish(), NOW)
        await posts.claim(tx, limit=1, now=NOW, retry_after=LEASE)
        await processes.hand_over(tx, [], NOW)
        assert await jobs.lease_job(tx, "poll", "me", now=NOW, lease=LEASE, even_early=False) is None
        await processes.hand_over(tx, ["dead"], NOW)
        assert await jobs.lease_job(tx, "poll", "me", now=NOW, lease=LEASE, even_early=False) == 2
        assert len(await work.claim(tx, "me", limit=1, below=9, now=NOW, lease=LEASE)) == 1
        assert len(await posts.claim(tx, limit=1, now=NOW, retry_after=LEASE)) == 1


@on_postgres
async def test_a_connection_that_the_server_cut_is_replaced(
    db: Database, request: pytest.FixtureRequest
) -> None:
    server: PostgresServer = request.getfixturevalue("postgres_server")
    await start(db, "me")
    name = str(db.url.database)
    await execute(
        server.admin_url, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    )
    async with db.read() as tx:
        assert (await tx.execute(text("SELECT 1"))).scalar_one() == 1
