"""The composition root: what a start needs, what it refuses in one sentence, and that it closes in order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from structlog.testing import capture_logs

from core.clock import ManualClock
from core.domain.deals import DEFAULT_POLICY, policy_hash
from core.domain.listings import SourceName, Venue
from core.domain.operations import ProcessState, SourceHealth
from core.errors import StartError
from core.runtime import Runtime, SourceBoard, open_database, open_runtime, within_limit
from core.services.operations import OperationService
from core.settings import Secret, Settings, World
from core.settings.vendors import VendorSettings
from core.sources.base import Breaker
from db import guilds, operations, processes
from db.engine import Database
from tests.databases import NOW, on_sqlite

NOBODY = "http://127.0.0.1:9"
PATIENCE_S = 30
REASON = "5 failures in a row"


def settings(url: str, folder: Path, **otherwise: Any) -> Settings:
    """Vendors that nobody asks, and a folder of the test's own."""
    names = [field.name for field in structs.fields(VendorSettings) if isinstance(field.default, str)]
    vendors = dict.fromkeys(names, NOBODY)
    return Settings(**{"database_url": url, "data_dir": folder, **vendors, **otherwise})


@asynccontextmanager
async def opened(chosen: Settings) -> AsyncIterator[Database]:
    async with open_database(chosen, ManualClock(NOW)) as db:
        yield db


async def running(db: Database) -> tuple[ProcessState, ...]:
    async with db.read() as tx:
        return tuple(await processes.processes(tx))


async def test_a_start_leaves_a_database_that_is_stamped_and_has_the_default_policy(
    database_url: str, tmp_path: Path
) -> None:
    async with opened(settings(database_url, tmp_path)) as db, db.write() as tx:
        assert await operations.world(tx) == World.REAL
        assert await guilds.keep_policy(tx, DEFAULT_POLICY, NOW) == policy_hash(DEFAULT_POLICY)


@pytest.mark.parametrize(("first", "then"), [(World.DEMO, World.REAL), (World.REAL, World.DEMO)])
async def test_a_database_of_another_world_is_refused(
    database_url: str, tmp_path: Path, first: World, then: World
) -> None:
    async with opened(settings(database_url, tmp_path, world=first)):
        """Stamped."""
    with pytest.raises(StartError, match=f"holds a {first} market, and this start is for a {then} one"):
        async with opened(settings(database_url, tmp_path, world=then)):
            pytest.fail("opened")
    async with opened(settings(database_url, tmp_path, world=first)):
        """Still its own."""


async def test_a_start_that_may_not_migrate_says_so(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(StartError, match="older than this code"):
        async with open_runtime(settings(database_url, tmp_path), may_migrate=False):
            pytest.fail("opened")


@on_sqlite
async def test_a_second_process_on_a_sqlite_file_is_refused(migrated_url: str, tmp_path: Path) -> None:
    chosen = settings(migrated_url, tmp_path)
    async with open_runtime(chosen):
        with pytest.raises(StartError, match="already runs on"):
            async with open_runtime(chosen):
                pytest.fail("opened")
    async with open_runtime(chosen):
        """The first is gone."""


async def test_a_process_is_known_while_it_runs_and_forgotten_when_it_ended(
    migrated_url: str, tmp_path: Path
) -> None:
    chosen = settings(migrated_url, tmp_path)
    async with open_runtime(chosen) as runtime:
        [me] = await running(runtime.db)
        assert (me.id, me.roles) == (runtime.services.operations.me.id, "bot,jobs,api")
    reader = Database(migrated_url)
    assert await running(reader) == ()
    await reader.close()


async def test_a_start_that_fails_inside_closes_what_it_opened(migrated_url: str, tmp_path: Path) -> None:
    async def fail() -> None:
        async with open_runtime(settings(migrated_url, tmp_path)):
            raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        await fail()
    async with open_runtime(settings(migrated_url, tmp_path)) as runtime:
        assert len(await running(runtime.db)) == 1


def sources_of(runtime: Runtime) -> tuple[list[SourceName], ...]:
    sources = runtime.sources
    kinds = (sources.listings, sources.activities, sources.valuations, sources.rates)
    return tuple([source.name for source in kind] for kind in kinds)


@on_sqlite
async def test_the_free_vendors_are_on_by_themselves(migrated_url: str, tmp_path: Path) -> None:
    async with open_runtime(settings(migrated_url, tmp_path)) as runtime:
        assert sources_of(runtime) == (
            [SourceName.COLLECTOR_CRYPT],
            [SourceName.MAGIC_EDEN],
            [],
            [SourceName.COINGECKO, SourceName.COINBASE, SourceName.JUPITER],
        )
        assert set(runtime.sources.states) == {Venue.CC, Venue.ME}
        assert runtime.analytics is None


@on_sqlite
async def test_vendors_are_switched_on_and_off_by_settings(migrated_url: str, tmp_path: Path) -> None:
    chosen = settings(migrated_url, tmp_path, magiceden_enabled=False, alt_url=NOBODY, alt_key=Secret("k"))
    async with open_runtime(chosen) as runtime:
        _, activities, valuations, _ = sources_of(runtime)
        assert (activities, valuations) == ([], [SourceName.ALT])
        assert set(runtime.sources.slabs) == {SourceName.COLLECTOR_CRYPT}
        assert set(runtime.sources.states) == {Venue.CC, Venue.ME}


async def test_a_vendors_state_is_written_down_beside_the_call_that_noticed(
    db: Database, tmp_path: Path
) -> None:
    service = OperationService(db, ManualClock(NOW), a_process())
    board = SourceBoard(service)
    board.record(SourceName.ALT, Breaker(True, 5, NOW, REASON), at=NOW + timedelta(seconds=9))
    await board.close()
    assert await service.sources() == (SourceHealth("alt", True, NOW, REASON),)
    board.record(SourceName.ALT, Breaker(False, 0, None), at=NOW + timedelta(seconds=60))
    await board.close()
    assert await service.sources() == (SourceHealth("alt", False, NOW + timedelta(seconds=60)),)


async def test_a_state_that_cannot_be_written_down_is_logged(unused_tcp_port: int) -> None:
    away = Database(f"postgresql://someone@127.0.0.1:{unused_tcp_port}/cartel")
    board = SourceBoard(OperationService(away, ManualClock(NOW), a_process()))
    with capture_logs() as lines:
        board.record(SourceName.ALT, Breaker(True, 5, NOW, REASON), at=NOW)
        await board.close()
        await asyncio.sleep(0)
    await away.close()
    assert [line["event"] for line in lines] == ["a vendor's state was not written down"]


async def test_a_step_of_closing_that_is_slow_to_be_called_off_does_not_hold_up_the_end() -> None:
    async def silent() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    with capture_logs() as lines:
        async with asyncio.timeout(PATIENCE_S):
            await within_limit(silent, limit_s=0.01)
    assert [line["event"] for line in lines] == ["closing was cut short"]


async def test_a_bug_in_a_step_of_closing_is_not_hidden() -> None:
    async def broken() -> None:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        await within_limit(broken)


def a_process() -> ProcessState:
    return ProcessState("me", "bot", "1.0", NOW, NOW, None, gateway_is_up=False)
