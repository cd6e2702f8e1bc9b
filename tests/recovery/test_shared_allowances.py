"""What a vendor allows is one number for the house, however many processes ask or start again."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from core.domain.listings import SourceName
from db import allowances
from db.engine import Database
from tests.conftest import REPOSITORY_ROOT
from tests.databases import on_postgres
from tests.recovery.asker import LIMITS
from tests.sources.server import ScriptedServer

pytestmark = pytest.mark.slow
QUESTIONS_EACH = 30
FRESH_MAY_USE = 36
"""Nine tenths of the day: the rest is kept for clicks."""


@pytest.fixture
async def vendor() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer().open() as server:
        yield server


async def asking_process(url: str, database_url: str) -> int:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.recovery.asker", url, database_url, str(QUESTIONS_EACH)),
        cwd=REPOSITORY_ROOT, env={"PATH": os.environ["PATH"]}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told, _ = await process.communicate()
    assert process.returncode == 0
    return int(told)


@on_postgres
async def test_two_processes_share_one_allowance(
    vendor: ScriptedServer, migrated_url: str, db: Database
) -> None:
    began = datetime.now(UTC)
    told = await asyncio.gather(*(asking_process(vendor.url, migrated_url) for _ in range(2)))
    assert sum(told) == len(vendor.asked) == FRESH_MAY_USE
    async with db.read() as tx:
        kept = (await allowances.all_of_them(tx))[SourceName.PSA]
    assert kept.used == FRESH_MAY_USE
    evenly_s = (FRESH_MAY_USE - 1) * 60 / LIMITS.per_minute
    assert (kept.next_at - began).total_seconds() >= evenly_s  # no turn was nearer to another than allowed


async def test_a_start_over_brings_no_new_allowance(vendor: ScriptedServer, migrated_url: str) -> None:
    first = await asking_process(vendor.url, migrated_url)
    second = await asking_process(vendor.url, migrated_url)
    assert (first, second) == (QUESTIONS_EACH, FRESH_MAY_USE - QUESTIONS_EACH)
