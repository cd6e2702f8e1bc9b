"""A small history counted by hand, through the whole house: real client, real database, scripted vendors.

Every value is ALT's, $100 unless said; payout 85 %, no fees; GOLD from 30 %, HIGH from 20 %, INFO from 15 %.

  card  day  price  call          what became of it                      the same kind     by hand
  a       0    $70  GOLD          sold after 192 s                       $90 on day 5      hit, +$6.50
  b       0    $80  HIGH          delisted                               $94 on day 3      miss, -$0.10
  c       0    $85  INFO          still on sale                          valued $101, d20  hit, +$0.85
  d       0    $84  INFO          gone                                   valued $98, d10   miss, -$0.70
  e       0    $60  LOOK (c. 59)  sold after an hour                     -                 hit, +$25
  f       0    $14  SUSPICIOUS    repriced after half an hour            -                 hit, +$71
  f       0    $40  GOLD          sold 12 h after that                   -                 hit, +$45
  g      25    $70  GOLD          still on sale                          -                 open on day 35
  h      26    $70  GOLD          still on sale                          $120 on day 28    hit, +$32
  i       0    $95  none          sold on day 2                          -                 (miss, -$10)
  j       0    $75  UNDETERMINED  sold after 30 s                        -                 hit, +$10
"""

from dataclasses import dataclass
from datetime import timedelta

import msgspec
import pytest

from core.domain.catalog import SlabFacts
from core.domain.deals import DealTier
from core.domain.guilds import ServerSettings
from core.domain.listings import Report, Reported
from core.domain.replays import Quick
from core.domain.scorecard import Period, Scorecard, TierScore
from core.simulator.discord.messages import Message
from core.simulator.discord.population import ADA_ID, DEALS_ID, GUILD_ID, TOM_ID, TRACE_ID
from db.engine import Database
from db.outcomes import OutcomeRow
from tests.cogs.house_stage import HouseStage, house_stage
from tests.services.house import House
from tests.services.reports import CARD, TITLE, a_slab, at, by_alt, ended, listed, sold

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("_own_address")]

DAY_S = 86_400
CENT = 10_000
TRACED = ServerSettings(channel_id=DEALS_ID, trace_channel_id=TRACE_ID)


def of(letter: str, copy: str = "") -> SlabFacts:
    """A copy of the card that a letter names."""
    return a_slab(f"{letter}{copy}", card=msgspec.structs.replace(CARD, number=letter))


def offer(price: float, second: float, letter: str, copy: str = "") -> Report:
    return listed(price, second, mint=f"{letter}{copy}", slab=of(letter, copy))


def gone(said: Reported, second: float, letter: str) -> Report:
    return ended(said, second, mint=letter)


def trade(price: float, second: float, letter: str) -> tuple[Report, Report]:
    """Another copy, far too dear to be a deal, that somebody buys for less."""
    mint = f"{letter}-other"
    return offer(200, second - 60, letter, "-other"), sold(price, second, mint=mint)


@dataclass(frozen=True, slots=True)
class Happening:
    """What vendors tell at a time; `values` are what ALT says from then on, by mint."""

    second: float
    reports: tuple[Report, ...]
    values: dict[str, float]


FIRST_DAY = {"a": 70, "b": 80, "c": 85, "d": 84, "e": 60, "f": 14, "i": 95, "j": 75}
HISTORY = (
    Happening(
        0,
        tuple(offer(price, 0, letter) for letter, price in FIRST_DAY.items()),
        dict.fromkeys((*FIRST_DAY, "g", "h", *(f"{letter}-other" for letter in "abh")), 100),
    ),
    Happening(30, (sold(75, 30, mint="j"),), {}),
    Happening(192, (sold(70, 192, mint="a"),), {}),
    Happening(600, (gone(Reported.DELISTED, 600, "b"), gone(Reported.GONE, 600, "d")), {}),
    Happening(1_800, (offer(40, 1_800, "f"),), {}),
    Happening(3_600, (sold(60, 3_600, mint="e"),), {}),
    Happening(45_000, (sold(40, 45_000, mint="f"),), {}),
    Happening(2 * DAY_S, (sold(95, 2 * DAY_S, mint="i"),), {}),
    Happening(3 * DAY_S, trade(94, 3 * DAY_S, "b"), {}),
    Happening(5 * DAY_S, trade(90, 5 * DAY_S, "a"), {}),
    Happening(10 * DAY_S, (offer(200, 10 * DAY_S, "d", "-other"),), {"d-other": 98}),
    Happening(20 * DAY_S, (offer(200, 20 * DAY_S, "c", "-other"),), {"c-other": 101}),
    Happening(25 * DAY_S, (offer(70, 25 * DAY_S, "g"),), {}),
    Happening(26 * DAY_S, (offer(70, 26 * DAY_S, "h"),), {}),
    Happening(28 * DAY_S, trade(120, 28 * DAY_S, "h"), {}),
)


def pass_until(house: House, second: float) -> None:
    house.clock.advance(at(second) - house.clock.now())


async def live_through(stage: HouseStage) -> None:
    """The history, as it happened, until day 35; nobody follows anything up before that."""
    house = stage.house
    await house.guilds.change(GUILD_ID, lambda _: TRACED, by=ADA_ID)
    for happening in HISTORY:
        pass_until(house, happening.second)
        for mint, value in happening.values.items():
            sure, name = (59 if mint == "e" else 80), f"{TITLE} Staff Prerelease" if mint == "j" else TITLE
            house.value(by_alt(value, sure, name=name), mint)
        await house.tell(*happening.reports)
        await stage.work()
    pass_until(house, 35 * DAY_S)
    await house.outcomes.follow_up()


def figures(card: Scorecard) -> dict[DealTier, TierScore]:
    return {score.tier: score for score in card.tiers}


BY_HAND = {
    DealTier.GOLD: TierScore(DealTier.GOLD, 4, 3, 0, 2, 1, 2, 192, 8_350 * CENT, 3_200 * CENT),
    DealTier.HIGH: TierScore(DealTier.HIGH, 1, 0, 1, 1, 0, 0, None, -10 * CENT, -10 * CENT),
    DealTier.INFO: TierScore(DealTier.INFO, 2, 1, 1, 0, 2, 0, None, 15 * CENT, -70 * CENT),
    DealTier.LOOK: TierScore(DealTier.LOOK, 1, 1, 0, 0, 1, 1, 3_600, 2_500 * CENT, 2_500 * CENT),
    DealTier.UNDETERMINED: TierScore(DealTier.UNDETERMINED, 1, 1, 0, 0, 1, 1, 30, 1_000 * CENT, 1_000 * CENT),
    DealTier.SUSPICIOUS: TierScore(DealTier.SUSPICIOUS, 1, 1, 0, 0, 1, 0, None, 7_100 * CENT, 7_100 * CENT),
}


async def test_scorecard_and_replay_say_what_was_counted_by_hand(db: Database) -> None:
    house = House(db)
    async with house_stage(house) as stage:
        await live_through(stage)
        assert len(await house.rows(OutcomeRow)) == 10

        assert figures(await house.scorecard.score(GUILD_ID, by=TOM_ID)) == BY_HAND
        month = await house.scorecard.score(GUILD_ID, Period.WEEK, by=TOM_ID)
        assert [score.posted for score in month.tiers] == [0] * 6
        answer = await stage.run(TOM_ID, "deals scorecard")
        says_the_scorecard(answer)

        same = await house.replays.try_out(GUILD_ID, ADA_ID, 40, Quick())
        assert {score.tier: score for score in same.present.tiers} == BY_HAND
        assert (same.changed, same.is_changed, same.gained, same.lost) == (same.present, False, 0, 0)

        wider = await house.replays.try_out(GUILD_ID, ADA_ID, 40, Quick(discounts_bps={DealTier.INFO: 500}))
        assert (wider.gained, wider.lost) == (1, 0)
        assert {score.tier: score for score in wider.changed.tiers} == BY_HAND | {
            DealTier.INFO: TierScore(DealTier.INFO, 3, 1, 2, 0, 3, 1, 2 * DAY_S, -985 * CENT, -70 * CENT)
        }
        dearer = Quick(net_profit_min_usd_micros=2_000 * CENT)
        stricter = await house.replays.try_out(GUILD_ID, ADA_ID, 40, dearer)
        assert (stricter.gained, stricter.lost, stricter.changed.posted) == (0, 6, 4)
        answer = await stage.run(ADA_ID, "deals replay", {"days": "40", "profit": "20"})
        says_the_replay(answer)

        house.clock.advance(timedelta(days=25))
        await house.outcomes.follow_up()
        gold = figures(await house.scorecard.score(GUILD_ID, by=TOM_ID))[DealTier.GOLD]
        assert (gold.hits, gold.open, gold.profit_usd_micros) == (4, 0, 9_850 * CENT)


def says_the_scorecard(answer: Message) -> None:
    """What Tom reads."""
    [embed] = answer.payload["embeds"]
    assert "**10 deals I posted here**: 7 hits, 2 misses, 1 still open" in embed["description"]
    assert "**70 % hit so far, 80 % at most**" in embed["description"]
    fields = {field["name"]: field["value"] for field in embed["fields"]}
    gold = fields["GOLD: 4 posted, 75 % hit so far, 100 % at most"]
    assert "Judged: 2 by sales, 1 by our value" in gold
    assert "2 of 4 sold, half of those within 3 m 12 s" in gold
    assert "Bought and resold: +$83.50 in all, typically +$32.00" in gold
    assert fields["Worst misses"].count("https://discord.com/channels/") == 2
    assert embed["image"]["url"].endswith("/scorecard.png")
    assert answer.ephemeral_to == TOM_ID


def says_the_replay(answer: Message) -> None:
    """What Ada reads."""
    [embed] = answer.payload["embeds"]
    assert "**4 posts instead of 10** (0.1 a day instead of 0.3)" in embed["description"]
    fields = {field["name"]: field["value"] for field in embed["fields"]}
    assert "**GOLD 1**: 100 % hit; 1 sold; would have brought +$45.00" in fields["With your change"]
    assert "**GOLD 4**: 75 % hit so far, 100 % at most" in fields["With your present settings"]
    assert any(name.startswith("You would have missed 6") for name in fields)


async def test_only_admins_replay(db: Database) -> None:
    async with house_stage(House(db)) as stage:
        answer = await stage.run(TOM_ID, "deals replay")
        private = stage.simulator.discord.private_channel(TOM_ID)
        alone = await stage.run(TOM_ID, "deals replay", channel_id=private.id)
    assert "may manage this server" in str(answer.payload)
    assert "Ask me there" in str(alone.payload)
