"""Reading, writing and waiting on both engines; which addresses are accepted."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from core.errors import DatabaseAway, StartError
from db.catalog import TokenRow
from db.engine import Database, parse_url, sqlite_file
from tests.databases import on_sqlite
from tests.outages import fragile

WRITERS = 40
CUTS = 30
PATIENCE_S = 10


async def add_token(db: Database, address: str) -> None:
    async with db.write() as tx:
        await tx.execute(insert(TokenRow).values(chain="solana", address=address))


async def tokens(db: Database) -> list[str]:
    async with db.read() as tx:
        return list((await tx.execute(select(TokenRow.address).order_by(TokenRow.id))).scalars())


async def test_an_exception_undoes_everything_the_transaction_did(db: Database) -> None:
    async def fail() -> None:
        async with db.write() as tx:
            await tx.execute(insert(TokenRow).values(chain="solana", address="a"))
            raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        await fail()
    assert await tokens(db) == []


async def test_many_writers_at_once_lose_nothing(db: Database) -> None:
    await asyncio.gather(*(add_token(db, f"token-{n}") for n in range(WRITERS)))
    assert sorted(await tokens(db)) == sorted(f"token-{n}" for n in range(WRITERS))


async def test_two_programs_on_one_database_lose_nothing(db: Database) -> None:
    other = Database(db.url.render_as_string(hide_password=False))
    try:
        writers = [add_token(which, f"{n}") for n in range(WRITERS) for which in (db,)]
        writers += [add_token(other, f"other-{n}") for n in range(WRITERS)]
        await asyncio.gather(*writers)
    finally:
        await other.close()
    assert len(await tokens(db)) == 2 * WRITERS


async def test_a_reader_neither_waits_for_a_writer_nor_sees_half_of_its_work(db: Database) -> None:
    async with db.write() as tx:
        await tx.execute(insert(TokenRow).values(chain="solana", address="a"))
        assert await tokens(db) == []
    assert await tokens(db) == ["a"]


async def test_a_reader_sees_one_moment_until_it_ends(db: Database) -> None:
    async with db.read() as tx:
        query = select(TokenRow.address)
        assert (await tx.execute(query)).all() == []
        await add_token(db, "a")
        assert (await tx.execute(query)).all() == []
    assert await tokens(db) == ["a"]


async def test_a_reader_cannot_write(db: Database) -> None:
    async def write_while_reading() -> None:
        async with db.read() as tx:
            await tx.execute(insert(TokenRow).values(chain="solana", address="a"))

    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        await write_while_reading()
    await add_token(db, "b")
    assert await tokens(db) == ["b"]


async def test_a_writer_that_gives_up_waiting_leaves_the_next_one_free(db: Database) -> None:
    async with db.write() as tx:
        await tx.execute(insert(TokenRow).values(chain="solana", address="a"))
        late = asyncio.create_task(add_token(db, "a"))
        await asyncio.sleep(0.01)
        late.cancel()
        await asyncio.gather(late, return_exceptions=True)
    await add_token(db, "b")
    assert await tokens(db) == ["a", "b"]


@on_sqlite
async def test_a_writer_waits_for_another_program_and_can_be_called_off_at_once(db: Database) -> None:
    assert db.file is not None
    other = sqlite3.connect(db.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting, called_off = (asyncio.create_task(add_token(db, name)) for name in ("kept", "not wanted"))
    await asyncio.wait({waiting}, timeout=0.05)
    called_off.cancel()
    await asyncio.gather(called_off, return_exceptions=True)
    assert not waiting.done()
    other.execute("COMMIT")
    other.close()
    await waiting
    assert await tokens(db) == ["kept"]


async def test_a_writer_that_is_cut_off_at_any_moment_leaves_no_lock_and_no_half(db: Database) -> None:
    other = Database(db.url.render_as_string(hide_password=False))
    try:
        for steps in range(CUTS):
            writer = asyncio.create_task(add_token(db, f"cut-{steps}"))
            for _ in range(steps):
                await asyncio.sleep(0)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            async with asyncio.timeout(PATIENCE_S):
                await add_token(other, f"whole-{steps}")
    finally:
        await other.close()
    assert [token for token in await tokens(db) if token.startswith("whole")] == [
        f"whole-{steps}" for steps in range(CUTS)
    ]


async def test_a_database_that_is_there_is_reached(db: Database) -> None:
    await db.reach()


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        ("sqlite:///data/cartel.db", "sqlite+aiosqlite"),
        ("sqlite+pysqlite:///data/cartel.db", "sqlite+aiosqlite"),
        ("postgres://u:p@db.example/cartel", "postgresql+asyncpg"),
        ("postgresql://u:p@db.example:6000/cartel", "postgresql+asyncpg"),
        ("postgresql+psycopg://u:p@db.example/cartel", "postgresql+asyncpg"),
    ],
)
def test_an_address_gets_our_driver(text: str, driver: str) -> None:
    assert parse_url(text).drivername == driver


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not an address"),
        ("cartel.db", "is not an address"),
        ("mysql://u:p@host/cartel", "must begin with sqlite:/// or postgresql://"),
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("sqlite:///data/cartel.db?mode=ro", "holds mode, and nothing after the"),
        ("postgresql://u:p@host:port/cartel", "is not an address"),
        ("postgresql://u:p@host/cartel?channel_binding=prefer", "holds channel_binding, and only sslmode"),
    ],
)
def test_another_address_is_refused_in_one_sentence(text: str, said: str) -> None:
    with pytest.raises(StartError, match=said):
        parse_url(text)


def test_the_addresses_that_providers_hand_out_are_understood() -> None:
    url = parse_url("postgresql://u:p@db.example/cartel?sslmode=require")
    assert dict(url.query) == {"ssl": "require"}
    assert dict(parse_url("postgresql://u@/cartel?host=/run/postgresql").query) == {"host": "/run/postgresql"}


def test_only_sqlite_has_a_file() -> None:
    assert sqlite_file(parse_url("sqlite:////data/cartel.db")) == Path("/data/cartel.db")
    assert sqlite_file(parse_url("postgresql://host/cartel")) is None


async def test_a_database_that_does_not_answer_is_told_from_a_wrong_question(migrated_url: str) -> None:
    async with fragile(migrated_url) as opened:
        with pytest.raises(DBAPIError, match="nonsense"):
            async with opened.db.write() as tx:
                await tx.execute(text("SELECT * FROM nonsense"))
        async with opened.away():
            with pytest.raises(DatabaseAway):
                await add_token(opened.db, "a")
        await add_token(opened.db, "b")
        assert await tokens(opened.db) == ["b"]


async def test_a_file_that_is_no_database_is_told_in_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database at all, but long enough to have a header\n" * 20)
    database = Database(f"sqlite:///{file}")
    try:
        with pytest.raises(StartError, match=f"{file} cannot be opened: file is not a database"):
            await database.reach()
    finally:
        await database.close()


async def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    database = Database(f"sqlite:///{tmp_path / 'file' / 'cartel.db'}")
    try:
        with pytest.raises(StartError, match="cannot be opened"):
            await database.reach()
    finally:
        await database.close()


async def test_a_server_that_is_not_there_is_told_in_one_sentence(unused_tcp_port: int) -> None:
    database = Database(f"postgresql://someone:secret@127.0.0.1:{unused_tcp_port}/cartel")
    try:
        with pytest.raises(StartError, match="cannot be reached") as refused:
            await database.reach()
    finally:
        await database.close()
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)


@on_sqlite
async def test_sqlite_keeps_a_commit_and_the_rules_of_its_tables(db: Database) -> None:
    expected = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "recursive_triggers": 1}
    async with db.write() as tx:
        found = {name: (await tx.execute(text(f"PRAGMA {name}"))).scalar_one() for name in expected}
    assert found == expected
