"""What is paid as the world lives on: the sales tell the fair value, as in a market that behaves."""

from datetime import timedelta
from statistics import median

import pytest
from msgspec import Struct

from core.simulator.market.life import TRAPS
from core.simulator.market.settings import WorldSettings
from core.simulator.market.things import Activity, Deed
from core.simulator.market.values import fair_usd_micros
from core.simulator.market.world import World
from tests.simulator.market.conftest import BORN

pytestmark = pytest.mark.slow

SEEDS = (11, 12, 13)
HOURS = 24


class Day(Struct, frozen=True):
    """A day of a world: what was sold before and during it, in parts of the fair value, and open orders."""

    world: World
    traps: set[str]
    before: list[float]
    lived: list[float]
    open_orders: list[int]


def honest_sales(world: World) -> list[Activity]:
    """All but those to oneself."""
    sales = (act for act in world.book.activities if act.deed is Deed.SALE)
    return [act for act in sales if act.buyer != world.scenery.partner(act.seller)]


def paid_share(world: World, act: Activity) -> float:
    paid = world.rates.dollars(act.price_atoms, act.currency, act.at_ms)
    return paid / fair_usd_micros(world.scenery.kind(world.token(act.mint)), act.at_ms)


@pytest.fixture(scope="module", params=SEEDS)
def day(request: pytest.FixtureRequest) -> Day:
    world = World(WorldSettings(seed=request.param, cards=400), BORN, pace=4)
    traps = {order.mint for order in world.book.open_orders() if order.mood in TRAPS}
    before = [paid_share(world, act) for act in honest_sales(world)]
    open_orders = []
    for hours in range(1, HOURS + 1):
        world.live(BORN + timedelta(hours=hours))
        open_orders.append(len(world.book))
    lived = [paid_share(world, act) for act in honest_sales(world) if act.at_ms > world.born_ms]
    return Day(world, traps, before, lived, open_orders)


def spread(shares: list[float]) -> float:
    """The median distance from the median."""
    middle = median(shares)
    return median(abs(share - middle) for share in shares)


def test_the_middle_of_the_sales_is_the_fair_value(day: Day) -> None:
    assert len(day.lived) > 2000
    assert 0.97 <= median(day.lived) <= 1.03
    assert 0.97 <= median(day.lived[:300]) <= 1.03


def test_sales_scatter_about_as_they_did_before_the_world_began(day: Day) -> None:
    assert 0.7 * spread(day.before) <= spread(day.lived) <= 1.5 * spread(day.before)


def test_there_are_bargains_among_the_sales_and_they_are_few(day: Day) -> None:
    assert 0.08 <= sum(share < 0.82 for share in day.lived) / len(day.lived) <= 0.25


def test_bargains_are_sold_soonest_and_dear_asks_hardly_ever(day: Day) -> None:
    cheap, fair, dear = (waits(day.world, *bounds) for bounds in ((0, 0.82), (0.94, 1.06), (1.15, 1.4)))
    assert 2 <= median(cheap) < 20
    assert median(fair) > 4 * median(cheap)
    assert len(dear) < len(fair) / 50


def waits(world: World, low: float, high: float) -> list[float]:
    """For how many minutes that which was sold at such a share of its value had been asked at this price."""
    asked: dict[str, Activity] = {}
    found = []
    for act in world.book.activities:
        before = asked.pop(act.mint, None)
        if act.deed in (Deed.LIST, Deed.REPRICE):
            asked[act.mint] = act
        elif act.deed is Deed.SALE and before is not None and low <= paid_share(world, act) <= high:
            found.append((act.at_ms - before.at_ms) / 60_000)
    return found


def test_nobody_buys_a_trap(day: Day) -> None:
    """What is taken off sale may be offered anew at another price."""
    first: dict[str, Deed] = {}
    for act in day.world.book.activities:
        if act.at_ms > day.world.born_ms and act.mint in day.traps:
            first.setdefault(act.mint, act.deed)
    assert set(first.values()) == {Deed.DELIST}


def test_the_number_of_open_orders_stays_level(day: Day) -> None:
    usual = day.world.settings.listings
    assert 0.9 * usual <= min(day.open_orders) <= max(day.open_orders) <= 1.2 * usual
