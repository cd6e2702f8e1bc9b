"""What happens by itself: a sane mix, deals soon, traps now and then, neither drought nor flood."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from core.simulator.market.settings import WorldSettings
from core.simulator.market.things import Activity, Deed, Mood, Venue
from core.simulator.market.world import World

MINUTE_MS = 60_000


@pytest.fixture
def lived(settings: WorldSettings, born: datetime) -> World:
    """A world that has lived for twelve hours at the usual pace."""
    world = World(settings, born, pace=12)
    for minutes in range(10, 730, 10):
        world.live(born + timedelta(minutes=minutes))
    return world


def since_birth(world: World) -> list[Activity]:
    return [activity for activity in world.book.activities if activity.at_ms > world.born_ms]


def test_everything_that_can_happen_happens(lived: World) -> None:
    deeds = Counter(activity.deed for activity in since_birth(lived))
    assert set(deeds) == set(Deed)
    assert deeds[Deed.LIST] > deeds[Deed.REPRICE]
    assert {activity.venue for activity in since_birth(lived)} == set(Venue)


def test_the_number_of_open_orders_stays_about_the_same(lived: World) -> None:
    assert 40 <= len(lived.book) <= 90


def test_a_newcomer_sees_a_deal_soon(settings: WorldSettings, born: datetime) -> None:
    world = World(settings, born, pace=12)
    for seconds in range(20, 320, 20):
        since = born + timedelta(seconds=seconds - 20)
        world.live(born + timedelta(seconds=seconds))
        new = [order for order in world.book.open_orders() if order.created_ms > since.timestamp() * 1000]
        assert Mood.DEAL in {order.mood for order in new}


def test_there_are_traps_from_the_beginning(world: World) -> None:
    assert {order.mood for order in world.book.open_orders()} == set(Mood)


def test_deals_are_what_they_are_called(world: World, born: datetime) -> None:
    for order in world.book.open_orders():
        bps = world.asks.price_bps(order, order.created_ms)
        if order.mood is Mood.DEAL:
            assert 3900 <= bps <= 8050
        elif order.mood is Mood.HONEYPOT:
            assert bps <= 1300
        elif order.mood is Mood.TROLL:
            assert bps >= 90_000
        elif order.mood is Mood.ORDINARY:
            assert 9200 <= bps <= 12_600


def test_a_wrong_grade_is_cheap_only_for_those_who_believe_magic_eden(world: World) -> None:
    order = next(order for order in world.book.open_orders() if order.mood is Mood.WRONG_GRADE)
    token = world.token(order.mint)
    assert order.venue is Venue.ME
    assert token.me_kind_id != token.slab.kind_id


def test_a_confusing_variant_is_worth_more_to_alt_than_it_is(world: World, born: datetime) -> None:
    order = next(order for order in world.book.open_orders() if order.mood is Mood.VARIANT)
    slab = world.token(order.mint).slab
    assert slab.alt_kind_id is not None
    true_value = world.fair_usd_micros(slab.kind_id, born)
    assert world.fair_usd_micros(slab.alt_kind_id, born) > 1.5 * true_value
    confused = world.scenery.cards[world.scenery.kinds[slab.alt_kind_id].card_id]
    assert confused.stamp in world.scenery.alt_name(confused)
    assert confused.stamp not in world.scenery.title(world.token(order.mint))


def test_orders_are_left_alone_long_enough_to_be_seen(lived: World) -> None:
    opened: dict[str, int] = {}
    for activity in since_birth(lived):
        if activity.deed in (Deed.LIST, Deed.REPRICE):
            opened[activity.mint] = activity.at_ms
        elif activity.mint in opened:
            assert activity.at_ms - opened.pop(activity.mint) >= 120_000


def test_sales_go_on_outside_the_marketplaces(lived: World) -> None:
    assert lived.book.sales
    sale = lived.book.sales[0]
    assert sale in lived.outside_sales(sale.kind_id)


def test_an_empty_market_fills_up_again(settings: WorldSettings, born: datetime) -> None:
    world = World(settings, born, pace=60)
    for order in world.book.open_orders():
        world.delist(order.mint, born)
    world.live(born + timedelta(minutes=30))
    assert len(world.book) >= 40
