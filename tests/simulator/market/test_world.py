"""The world as a whole: one seed, one world; it can be written down, taken up again and commanded."""

import subprocess
import sys
from datetime import datetime, timedelta
from statistics import correlation

import msgspec
import pytest

from core.simulator.market.book import AlreadyListedError, NotListedError
from core.simulator.market.settings import InsuredNoise, WorldSettings
from core.simulator.market.things import Currency, Deed, Mood, Venue
from core.simulator.market.world import World, world_from
from tests.benchmarks.world_month import live_on as world_after

pytestmark = pytest.mark.slow

HOUR = timedelta(hours=1)


def live_on(world: World, since: datetime, hours: int) -> datetime:
    """Let a world live in steps of ten minutes and say when it is then."""
    now = since
    for _ in range(hours * 6):
        now += timedelta(minutes=10)
        world.live(now)
    return now


def test_the_same_seed_and_the_same_times_give_the_same_world(
    settings: WorldSettings, born: datetime
) -> None:
    worlds = [World(settings, born, pace=4) for _ in range(2)]
    for world in worlds:
        live_on(world, born, 24)
    assert set(Deed) == {act.deed for act in worlds[0].book.activities}
    assert worlds[0].digest() == worlds[1].digest()


def test_another_process_lives_the_same_hours() -> None:
    """Where things came in the order of a set, they would come in another one there."""
    command = [sys.executable, "-m", "tests.benchmarks.world_month", "7", "1"]
    environment = {"PYTHONHASHSEED": "1"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60, env=environment)
    assert done.stdout.split()[-1] == world_after(7, hours=1)[0].digest()


def test_another_seed_gives_another_world(settings: WorldSettings, born: datetime) -> None:
    other = World(msgspec.structs.replace(settings, seed=4), born)
    assert other.digest() != World(settings, born).digest()


def test_a_world_that_was_written_down_goes_on_as_if_nothing_had_happened(
    settings: WorldSettings, world: World, born: datetime
) -> None:
    now = live_on(world, born, 3)
    again = world_from(world.snapshot(), settings)
    assert again is not None
    assert again.digest() == world.digest()
    live_on(world, now, 3)
    live_on(again, now, 3)
    assert again.digest() == world.digest()


def test_a_world_of_other_settings_is_not_taken_up(settings: WorldSettings, world: World) -> None:
    assert world_from(world.snapshot(), msgspec.structs.replace(settings, cards=151)) is None


def test_a_world_whose_cards_are_made_differently_now_is_not_taken_up(
    settings: WorldSettings, world: World
) -> None:
    state = msgspec.json.decode(world.snapshot())
    state["fingerprint"] = "of older code"
    assert world_from(msgspec.json.encode(state), settings) is None


def test_what_is_no_snapshot_is_refused(settings: WorldSettings) -> None:
    with pytest.raises(msgspec.DecodeError):
        world_from(b"{", settings)


def test_a_world_without_pace_stands_still(settings: WorldSettings, born: datetime) -> None:
    world = World(settings, born, pace=0)
    before = world.digest()
    assert world.live(born + HOUR) == 0
    assert world.digest() == before


def test_the_pace_is_events_a_minute(world: World, born: datetime) -> None:
    world.set_pace(60, born)
    assert 3300 <= world.live(born + HOUR) <= 3900


@pytest.mark.parametrize("pace", [-1, 6001])
def test_an_absurd_pace_is_refused(world: World, born: datetime, pace: float) -> None:
    with pytest.raises(ValueError, match="pace"):
        world.set_pace(pace, born)


def test_nothing_happens_while_the_machine_sleeps(world: World, born: datetime) -> None:
    assert world.live(born + timedelta(hours=9)) == 0
    assert world.live(born + timedelta(hours=9, minutes=1)) > 0


def test_time_never_goes_faster_than_it_is_told(world: World, born: datetime) -> None:
    now = live_on(world, born, 2)
    newest = world.book.activities[-1]
    assert newest.at_ms <= now.timestamp() * 1000


def test_a_deal_can_be_listed_on_command(world: World, born: datetime) -> None:
    offered = world.list_deal(born, discount_bps=3500, venue=Venue.ME)
    listing = world.listing(offered.mint)
    assert listing.venue is Venue.ME
    assert listing.currency is Currency.USDC
    assert 6400 <= offered.price_usd_micros * 10_000 // offered.fair_usd_micros <= 6500
    assert offered.name == world.scenery.title(world.token(offered.mint))
    assert listing.seller == world.asks.owner(world.token(offered.mint))


def test_a_deal_can_be_priced_in_sol_on_magic_eden_only(world: World, born: datetime) -> None:
    offered = world.list_deal(born, discount_bps=3500, currency=Currency.SOL)
    listing = world.listing(offered.mint)
    assert (listing.venue, listing.currency) == (Venue.ME, Currency.SOL)
    with pytest.raises(ValueError, match="USDC only"):
        world.list_deal(born, venue=Venue.CC, currency=Currency.SOL)


def test_when_every_suitable_card_is_on_sale_the_command_says_so(
    settings: WorldSettings, born: datetime
) -> None:
    world = World(msgspec.structs.replace(settings, cards=2), born)
    for token in world.scenery.deal_tokens:
        if token.mint not in world.book:
            world.put_on_sale(token.mint, 50_000_000, born, venue=Venue.CC, currency=Currency.USDC)
    with pytest.raises(NotListedError):
        world.list_deal(born)


def test_a_chosen_card_is_put_on_sale_at_a_chosen_price(world: World, born: datetime) -> None:
    token = next(token for token in world.scenery.tokens if token.mint not in world.book)
    offered = world.put_on_sale(token.mint, 80_000_000, born, venue=Venue.CC, currency=Currency.USDC)
    assert offered.price_usd_micros == 80_000_000
    with pytest.raises(AlreadyListedError):
        world.put_on_sale(token.mint, 80_000_000, born, venue=Venue.ME, currency=Currency.USDC)
    with pytest.raises(NotListedError):
        world.put_on_sale("nobody", 80_000_000, born, venue=Venue.ME, currency=Currency.USDC)


def test_a_sale_moves_the_card_to_somebody_else(world: World, born: datetime) -> None:
    offered = world.list_deal(born)
    sale = world.sell(offered.mint, born + HOUR)
    assert sale.deed is Deed.SALE
    assert sale.buyer != sale.seller == offered.seller
    assert world.asks.owner(world.token(offered.mint)) == sale.buyer
    with pytest.raises(NotListedError):
        world.sell(offered.mint, born + HOUR)


def test_a_delisted_card_stays_with_its_owner(world: World, born: datetime) -> None:
    offered = world.list_deal(born)
    assert world.delist(offered.mint, born + HOUR).deed is Deed.DELIST
    assert world.asks.owner(world.token(offered.mint)) == offered.seller
    assert offered.mint not in world.book


def test_a_new_price_is_an_update_of_the_same_order(world: World, born: datetime) -> None:
    offered = world.list_deal(born)
    before = world.listing(offered.mint)
    after = world.reprice(offered.mint, 12_340_000, born + HOUR)
    assert world.rates.dollars(after.price_atoms, after.currency, after.updated_ms) == 12_340_000
    assert (after.id, after.created_ms) == (before.id, before.created_ms)
    assert after.updated_ms > before.updated_ms
    with pytest.raises(ValueError, match="above zero"):
        world.reprice(offered.mint, 0, born)


def test_every_mood_can_be_asked_for(world: World, born: datetime) -> None:
    for mood in Mood:
        offered = world.list_deal(born, discount_bps=None, mood=mood, venue=Venue.ME)
        assert world.listing(offered.mint).mood is mood


def test_times_without_a_zone_are_refused(world: World, born: datetime) -> None:
    with pytest.raises(ValueError, match="zone"):
        world.live(born.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("noise", "error_max"), [(InsuredNoise.INFORMATIVE, 0.12), (InsuredNoise.NOISY, 0.6)]
)
def test_the_insured_value_is_as_good_as_its_setting(
    settings: WorldSettings, born: datetime, noise: InsuredNoise, error_max: float
) -> None:
    world = World(msgspec.structs.replace(settings, insured_noise=noise), born)
    assert median_insured_error(world, born) < error_max


def test_a_useless_insured_value_says_nothing(settings: WorldSettings, born: datetime) -> None:
    world = World(msgspec.structs.replace(settings, insured_noise=InsuredNoise.USELESS), born)
    assert median_insured_error(world, born) > 0.4


def median_insured_error(world: World, at: datetime) -> float:
    errors = sorted(
        abs(token.insured_usd * 1_000_000 / world.fair_usd_micros(token.slab.kind_id, at) - 1)
        for token in world.scenery.tokens
    )
    return errors[len(errors) // 2]


@pytest.mark.parametrize(
    ("noise", "lowest", "highest"),
    [(InsuredNoise.INFORMATIVE, 0.95, 1), (InsuredNoise.NOISY, 0.7, 0.95), (InsuredNoise.USELESS, -0.2, 0.2)],
)
def test_the_insured_value_ranks_cards_as_well_as_its_setting_says(
    settings: WorldSettings, born: datetime, noise: InsuredNoise, lowest: float, highest: float
) -> None:
    world = World(msgspec.structs.replace(settings, insured_noise=noise), born)
    insured = [token.insured_usd for token in world.scenery.tokens]
    fair = [world.fair_usd_micros(token.slab.kind_id, born) for token in world.scenery.tokens]
    assert lowest <= correlation(ranks(insured), ranks(fair)) <= highest


def ranks(values: list[int]) -> list[int]:
    """The place of every value when they are sorted."""
    order = sorted(range(len(values)), key=values.__getitem__)
    return [place for _, place in sorted((index, place) for place, index in enumerate(order))]


def test_a_world_has_a_reasonable_number_of_cards() -> None:
    with pytest.raises(ValueError, match="cards"):
        WorldSettings(cards=0)
