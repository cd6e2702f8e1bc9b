"""Raw cards and sealed products: ungraded, owned by the same people, a few of them on sale."""

from datetime import datetime

import msgspec
import pytest

from core.simulator.market.book import NotListedError
from core.simulator.market.goods import ON_SALE_EVERY
from core.simulator.market.labels import Form
from core.simulator.market.settings import InsuredNoise, WorldSettings
from core.simulator.market.things import Currency, Standard, Venue
from core.simulator.market.world import World


def test_the_seed_decides_what_there_is(world: World, settings: WorldSettings, born: datetime) -> None:
    other = World(msgspec.structs.replace(settings, seed=4), born)
    assert World(settings, born).goods.all == world.goods.all != other.goods.all


def test_there_are_raw_cards_and_sealed_products_of_both_standards(world: World) -> None:
    goods = world.goods.all
    assert {good.label.form for good in goods} == {Form.RAW, Form.SEALED}
    assert {good.standard for good in goods} == set(Standard)
    assert len({asset.mint for asset in world.assets()}) == len(world.scenery.tokens) + len(goods)
    assert len({asset.cc_id for asset in world.assets()}) == len(world.scenery.tokens) + len(goods)


def test_none_of_them_is_graded(world: World) -> None:
    for label in (good.label for good in world.goods.all):
        assert (label.grade, label.grade_number, label.certificate) == (None, None, None)
        assert (label.number is None) == (label.form is Form.SEALED)
        assert label.name in label.title


def test_they_lie_in_the_wallets_of_those_who_hold_slabs(world: World) -> None:
    owners = {world.asks.owner(good) for good in world.goods.all}
    assert owners <= {person.wallet for person in world.scenery.people}
    wallet = world.goods.all[0].first_owner
    held = world.held_by(wallet)
    assert {world.label(asset).form for asset in held} >= {Form.CARD, Form.RAW}
    assert all(world.asset(asset.mint) is world.asset(asset.cc_id) is asset for asset in held)


def test_a_few_of_each_are_on_sale_and_nobody_buys_them(world: World, born: datetime) -> None:
    found = [(good, world.order_of(good)) for good in world.goods.all]
    on_sale = [(good, order) for good, order in found if order is not None]
    assert {good.label.form for good, _ in on_sale} == {Form.RAW, Form.SEALED}
    assert len(on_sale) <= len(found) // ON_SALE_EVERY + 2
    for good, order in on_sale:
        assert (order.mint, order.seller) == (good.mint, good.first_owner)
        assert (order.venue, order.currency) == (Venue.CC, Currency.USDC)
        assert order.price_atoms > 0
        assert order.created_ms < world.born_ms
        with pytest.raises(NotListedError):
            world.sell(good.mint, born)


def test_the_smallest_world_has_some_too(born: datetime) -> None:
    smallest = World(WorldSettings(cards=1, listings=1), born)
    assert {good.label.form for good in smallest.goods.all} == {Form.RAW, Form.SEALED}


def test_their_insured_value_is_worth_as_little_as_that_of_slabs(
    settings: WorldSettings, born: datetime
) -> None:
    def are_near_the_ask(noise: InsuredNoise) -> set[bool]:
        world = World(msgspec.structs.replace(settings, insured_noise=noise), born)
        orders = [(good, world.order_of(good)) for good in world.goods.all if good.insured_usd > 10]
        asks = [(good.insured_usd, order.price_atoms / 1_000_000) for good, order in orders if order]
        return {0.5 < asked / insured < 2.5 for insured, asked in asks}

    assert are_near_the_ask(InsuredNoise.INFORMATIVE) == {True}
    assert False in are_near_the_ask(InsuredNoise.USELESS)
