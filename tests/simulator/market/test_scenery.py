"""What a world is made of: names in the vendors' form, ids that never repeat, sales to value things by."""

import re
from datetime import datetime

from core.simulator.market.identifiers import base58
from core.simulator.market.things import Standard
from core.simulator.market.values import DAY_MS, fair_usd_micros
from core.simulator.market.world import World

TITLE = re.compile(r"^(19|20)\d\d #\d+ .+ (PSA|CGC|SGC|Beckett) (10|\d(\.5)?) .+$")


def test_titles_have_the_marketplace_form(world: World) -> None:
    for token in world.scenery.tokens:
        assert TITLE.match(world.scenery.title(token))


def test_a_title_names_the_stamp_and_not_the_parallel(world: World) -> None:
    scenery = world.scenery
    token = next(one for one in scenery.tokens if scenery.card(scenery.kind(one)).stamp)
    card = scenery.card(scenery.kind(token))
    assert card.stamp in scenery.title(token)
    assert card.stamp in scenery.alt_name(card)


def test_ids_never_repeat(world: World) -> None:
    tokens = world.scenery.tokens
    assert len({token.mint for token in tokens}) == len(tokens)
    assert len({token.cc_id for token in tokens}) == len(tokens)
    assert len({(token.slab.kind_id, token.slab.certificate) for token in tokens}) == len(tokens)
    assert all(len(token.mint) == 44 for token in tokens)
    assert {token.standard for token in tokens} == set(Standard)


def test_a_token_is_found_by_mint_by_id_and_by_certificate(world: World) -> None:
    token = world.scenery.tokens[5]
    assert world.scenery.token(token.mint) is token
    assert world.scenery.token(token.cc_id) is token
    assert world.scenery.token_by_certificate(token.slab.certificate) is token
    assert world.scenery.token("unknown") is None


def test_base58_is_the_one_of_solana() -> None:
    assert base58(b"\x00\x01hello") == "1" + base58(b"\x01hello")
    assert base58(bytes(32)) == "1" * 32
    assert base58(b"hello world") == "StV1DL6CwTryKyV"


def test_fair_values_drift_slowly(world: World) -> None:
    for kind in world.scenery.kinds:
        today, tomorrow = (fair_usd_micros(kind, world.born_ms + days * DAY_MS) for days in (0, 1))
        assert abs(tomorrow - today) < 0.2 * today
        assert 0.8 * kind.base_usd_micros < today < 1.25 * kind.base_usd_micros


def test_most_kinds_have_sales_near_their_value(world: World, born: datetime) -> None:
    lists = [world.outside_sales(kind.id) for kind in world.scenery.kinds]
    assert sum(len(sales) >= 3 for sales in lists) > 0.6 * len(lists)
    errors = sorted(
        abs(sale.usd_micros / fair_usd_micros(world.scenery.kinds[sale.kind_id], sale.at_ms) - 1)
        for sales in lists
        for sale in sales
    )
    assert errors[len(errors) // 2] < 0.08
    assert all(
        world.born_ms - 120 * DAY_MS <= sale.at_ms <= world.born_ms for sales in lists for sale in sales
    )


def test_some_sales_came_to_nothing(world: World) -> None:
    reasons = {sale.skipped_reason for kind in world.scenery.kinds for sale in world.outside_sales(kind.id)}
    assert reasons == {None, "RELISTED"}


def test_the_marketplaces_have_a_past_too(world: World) -> None:
    times = [activity.at_ms for activity in world.book.activities]
    assert times == sorted(times)
    assert times[0] < world.born_ms - 90 * DAY_MS
    assert all(order.created_ms < world.born_ms for order in world.book.open_orders())
