"""The exported past: lines in an order that can be read once, and the same as the world knows."""

from collections import Counter
from datetime import datetime, timedelta
from operator import attrgetter
from typing import TypeVar

import msgspec
import pytest

from core.simulator.market.history import (
    HeaderLine,
    KindLine,
    Line,
    ListingLine,
    RateLine,
    SaleLine,
    TokenLine,
    ValuationLine,
    export_history,
)
from core.simulator.market.things import Currency, Deed, Venue
from core.simulator.market.world import World

HOUR = timedelta(hours=1)

_L = TypeVar("_L")


@pytest.fixture
def lines(world: World, born: datetime) -> list[Line]:
    """The history of a world that has lived for an hour."""
    world.live(born + HOUR)
    return [msgspec.json.decode(line, type=Line) for line in export_history(world, born + HOUR).splitlines()]


def of(lines: list[Line], kind: type[_L]) -> list[_L]:
    return [line for line in lines if isinstance(line, kind)]


def test_the_first_line_says_where_the_others_come_from(lines: list[Line], born: datetime) -> None:
    assert lines[0] == HeaderLine(version=1, world="demo", made_at=born + HOUR)


def test_references_point_upwards_and_events_follow_the_time(lines: list[Line]) -> None:
    kinds = {line.id for line in of(lines, KindLine)}
    tokens = of(lines, TokenLine)
    assert {token.kind for token in tokens} <= kinds
    assert {line.mint for line in of(lines, ListingLine)} <= {token.mint for token in tokens}
    assert {line.kind for line in of(lines, SaleLine)} <= kinds
    assert {line.kind for line in of(lines, ValuationLine)} <= kinds
    events = lines[1 + len(kinds) + len(tokens) :]
    assert events == sorted(events, key=attrgetter("at"))


def test_every_order_and_every_sale_is_there(lines: list[Line], world: World) -> None:
    told = of(lines, ListingLine)
    deeds = Counter(act.deed for act in world.book.activities)
    states = Counter(line.state for line in told)
    assert states["sold"] == deeds[Deed.SALE]
    assert states["listed"] == deeds[Deed.LIST] + deeds[Deed.REPRICE]
    assert {line.venue for line in told} == {venue.value for venue in Venue}
    assert all((line.buyer is not None) == (line.state == "sold") for line in told)
    stood = [sale for sale in world.all_outside_sales() if sale.skipped_reason is None]
    assert len(of(lines, SaleLine)) == len(stood)


def test_orders_end_as_the_book_says(lines: list[Line], world: World) -> None:
    last = {line.mint: line for line in of(lines, ListingLine)}
    for order in world.book.open_orders():
        unit = "lamports" if order.currency is Currency.SOL else "usd_micros"
        assert (last[order.mint].state, last[order.mint].amount) == ("listed", order.price_atoms)
        assert last[order.mint].unit == unit


def test_rates_and_values_reach_back_to_the_beginning(lines: list[Line], born: datetime) -> None:
    assert of(lines, RateLine)[0].at == of(lines, ValuationLine)[0].at == born - timedelta(days=120)
    assert all(
        line.low_usd_micros <= line.usd_micros <= line.high_usd_micros for line in of(lines, ValuationLine)
    )


def test_the_same_world_has_the_same_past(world: World, lines: list[Line], born: datetime) -> None:
    other = World(world.settings, born, pace=12)
    other.live(born + HOUR)
    assert export_history(other, born + HOUR) == export_history(world, born + HOUR)
