"""kill -9 inside a /deals replay: it writes nothing, whenever that is, and asking again gives the answer."""

from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from db.tables import METADATA
from tests.recovery.mortal import Fate, Mortal, Order
from tests.recovery.scenes import LOTS, TRIED, appraise_lots, lot
from tests.services.house import GUILD, House

pytestmark = pytest.mark.slow

OF_PROCESSES = {"process", "job"}


async def everything(house: House) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables that outlive a process."""
    async with house.db.read() as tx:
        return {
            table.name: [tuple(row) for row in await tx.execute(select(table).order_by(*table.primary_key))]
            for table in METADATA.sorted_tables
            if table.name not in OF_PROCESSES
        }


async def test_whenever_it_is_killed_nothing_is_stored_and_asking_again_works(
    house: House, one: Mortal
) -> None:
    await house.join()
    appraise_lots(house, 0)
    await house.tell(*map(lot, LOTS))
    await house.appraisal.work_due()
    house.pass_time(3_600)
    answer = await house.replays.try_out(GUILD, 1, 7, TRIED)
    assert answer.present.posted == answer.looked_at == len(LOTS)
    before = await everything(house)
    assert before["verdict"]
    for n in count(1):
        order = Order("replay", n, at_s=3_600, dies_before=n, reads_too=True)
        fate = await one.play(order)
        assert await everything(house) == before
        assert await house.replays.try_out(GUILD, n, 7, TRIED) == answer
        if fate is Fate.LIVED:
            break
    assert n > len(LOTS)
