"""The house behind a stage that has Discord's own time: what is told there happens at this moment."""

import dataclasses
from datetime import timedelta

import msgspec

from core.clock import ManualClock
from core.domain.catalog import SlabFacts
from core.domain.listings import Report
from db.engine import Database
from tests.cogs.memory import Memory, StepClock
from tests.services.house import House
from tests.services.reports import listed


class StageClock(ManualClock):
    """The clock of a stage, as services are handed it."""

    def __init__(self, stage: StepClock) -> None:
        super().__init__(stage.now())
        self.stage = stage
        self.now = stage.now  # type: ignore[method-assign]  # the stage's time goes on by itself
        self.monotonic = stage.monotonic  # type: ignore[method-assign]

    def advance(self, by: timedelta) -> None:
        self.stage.step(by.total_seconds())


def house_behind(memory: Memory, db: Database, clock: StepClock) -> House:
    """The house whose services the bot is handed from now on, as far as wallets and re-valuing need them."""
    house = House(db, clock=StageClock(clock))
    memory.services = dataclasses.replace(
        memory.services,
        guilds=house.guilds,
        posts=house.posts,
        follows=house.follows,
        revaluations=house.revaluations,
    )
    return house


def now_listed(
    house: House, price: float = 80, *, mint: str, seller: str = "seller", slab: SlabFacts | None = None
) -> Report:
    """On sale since this moment."""
    return at_this_moment(house, listed(price, mint=mint, seller=seller, slab=slab))


def at_this_moment(house: House, report: Report) -> Report:
    now = house.clock.now()
    event_id = f"{report.key.mint}@{now.isoformat()}"
    return msgspec.structs.replace(report, effective_at=now, seen_at=now, event_id=event_id)
