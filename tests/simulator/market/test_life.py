"""What happens by itself: a sane mix, deals soon, traps now and then, neither drought nor flood."""

from collections import Counter
from datetime import datetime, timedelta
from statistics import median

import msgspec
import pytest

from core.simulator.market.rates import Coin
from core.simulator.market.settings import WorldSettings
from core.simulator.market.things import Activity, Currency, Deed, Mood, Venue
from core.simulator.market.values import fair_usd_micros
from core.simulator.market.world import World

pytestmark = pytest.mark.slow

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
        elif order.mood is Mood.NEAR_DEAL:
            assert 8500 <= bps <= 9350
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


def test_a_flipped_unit_reads_right_only_in_the_other_currency(world: World, born: datetime) -> None:
    fair_reading = []
    for currency in Currency:
        offered = world.list_deal(
            born, discount_bps=None, mood=Mood.UNIT_FLIP, venue=Venue.ME, currency=currency
        )
        times = offered.price_usd_micros / offered.fair_usd_micros
        rate = world.rates.usd_micros(Coin.SOL, world.born_ms) / 1_000_000
        fair_reading.append(times / rate if currency is Currency.SOL else times * rate)
    assert all(0.8 < times < 1.4 for times in fair_reading)


def test_some_sell_to_themselves_far_above_the_value(lived: World) -> None:
    sales = [act for act in since_birth(lived) if act.deed is Deed.SALE]
    own = [act for act in sales if act.buyer == lived.scenery.partner(act.seller)]
    dear = [act for act in own if paid_bps(lived, act) > 13_000]
    assert 3 <= len(dear) < len(sales) / 10
    assert all(paid_bps(lived, act) < 12_000 for act in sales if act not in own)


def paid_bps(world: World, act: Activity) -> int:
    paid = world.rates.dollars(act.price_atoms, act.currency, act.at_ms)
    return paid * 10_000 // fair_usd_micros(world.scenery.kind(world.token(act.mint)), act.at_ms)


def test_what_wallets_hold_is_what_they_bought_and_did_not_sell(lived: World) -> None:
    bought = {act.mint: act.buyer for act in since_birth(lived) if act.deed is Deed.SALE}
    assert len(set(bought.values())) > 20
    assert all(lived.asks.owner(lived.token(mint)) == buyer for mint, buyer in bought.items())
    assert all(
        order.seller == lived.asks.owner(lived.token(order.mint)) for order in lived.book.open_orders()
    )


def test_some_sell_what_they_bought(lived: World) -> None:
    bought: dict[str, str | None] = {}
    sold_on = 0
    for act in since_birth(lived):
        if act.deed is Deed.SALE:
            sold_on += bought.get(act.mint) == act.seller
            bought[act.mint] = act.buyer
    assert sold_on > 20


def test_near_deals_go_on_being_listed(lived: World) -> None:
    asked = [paid_bps(lived, act) for act in since_birth(lived) if act.deed is Deed.LIST]
    assert sum(8500 <= bps <= 9350 for bps in asked) > 20


def test_sellers_have_habits(settings: WorldSettings, born: datetime) -> None:
    world = World(msgspec.structs.replace(settings, cards=600, listings=600), born)
    asked: dict[str, list[int]] = {}
    for order in world.book.open_orders():
        if order.mood is Mood.ORDINARY:
            habit = world.scenery.habit(order.seller).name
            asked.setdefault(habit, []).append(world.asks.price_bps(order, order.created_ms))
    assert median(asked["eager"]) < median(asked["fair"]) < median(asked["patient"])


def test_a_storm_is_the_same_storm_every_time(settings: WorldSettings, born: datetime) -> None:
    storms = [World(settings, born, pace=6000) for _ in range(2)]
    events = [storm.live(born + timedelta(minutes=1)) for storm in storms]
    assert events[0] == events[1] > 5000
    assert storms[0].digest() == storms[1].digest()


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
