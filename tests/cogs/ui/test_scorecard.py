"""The scorecard and the replay as embeds: every tier, the definition, and never too long for Discord."""

import discord
import msgspec
import pytest

from cogs.ui.replays import replay_embed
from cogs.ui.scorecard import scorecard_embed
from core.domain.catalog import Grade, Grader
from core.domain.deals import Deal, DealTier
from core.domain.listings import Venue
from core.domain.outcomes import Ending, JudgedBy, Judgement, Known, Outcome
from core.domain.replays import EXAMPLES_MAX, Example, Replay, Side, Would
from core.domain.scorecard import (
    DEFINITION,
    MISSES_MAX,
    Message,
    Miss,
    Period,
    Scorecard,
    TierScore,
    every_tier,
)
from tests.databases import NOW

LONG = "[x](https://evil.example) @everyone <@1> ||" * 30
MANY = 10**9
MOST = [
    TierScore(tier, MANY, MANY // 3, MANY // 3, MANY, MANY, MANY, 10**7, -(10**15), -(10**13))
    for tier in DealTier
]
GUILD, CHANNEL, MESSAGE = 2**62, 2**62, 2**62


def a_miss(*, is_here: bool) -> Miss:
    return Miss(
        DealTier.UNDETERMINED,
        LONG,
        Grader.PSA,
        Grade(100),
        Venue.BEEZIE,
        "mint" * 20,
        NOW,
        10**13,
        10**13,
        JudgedBy.SALE,
        -(10**13),
        Message(GUILD, CHANNEL, MESSAGE) if is_here else None,
    )


def text_of(embed: discord.Embed) -> str:
    fields = [f"{field.name}\n{field.value}" for field in embed.fields]
    return "\n".join([embed.title or "", embed.description or "", *fields, embed.footer.text or ""])


def fits(embed: discord.Embed) -> bool:
    values = [len(field.value or "") for field in embed.fields]
    return len(embed) <= 6_000 and max(values, default=0) <= 1_024 and len(embed.footer.text or "") <= 2_048


@pytest.mark.parametrize("is_here", [True, False])
def test_the_fullest_scorecard_fits_and_every_letter_of_a_vendor_is_harmless(is_here: bool) -> None:
    worst = (a_miss(is_here=is_here),) * MISSES_MAX
    embed = scorecard_embed(Scorecard(GUILD, Period.ALL, None, every_tier(MOST), worst))
    assert fits(embed)
    assert DEFINITION in text_of(embed)
    assert "https://evil" not in text_of(embed)
    assert "@everyone" not in text_of(embed)


def test_no_tier_can_be_left_out() -> None:
    card = Scorecard(None, Period.ALL, None, every_tier([TierScore(DealTier.LOOK, 3, 0, 3)]))
    embed = scorecard_embed(card)
    assert "LOOK: 3 posted, 0 % hit" in text_of(embed)
    assert "None sold at the posted price yet" in text_of(embed)
    assert "GOLD, HIGH, INFO, UNDETERMINED, SUSPICIOUS" in text_of(embed)


def test_an_empty_scorecard_says_of_what_it_is() -> None:
    card = Scorecard(1, Period.WEEK, NOW, every_tier(()))
    assert "No deal that I posted here in the last 7 days." in text_of(scorecard_embed(card))


def an_example(tier: DealTier = DealTier.GOLD) -> Example:
    deal = Deal(tier, 4_055, 10**9)
    would = Would(
        1, 1, 1, "mint" * 20, Venue.BEEZIE, NOW, LONG, Grader.PSA, Grade(95), 80 * 10**6, 160 * 10**6, deal
    )
    judgement = Judgement(True, JudgedBy.SALE, 10**8, 12 * 10**6)
    return Example(would, Outcome(Known(Ending.DELISTED, NOW), (None,) * 3, 1, judgement, None))


def a_replay(*, is_changed: bool = True, examples: int = EXAMPLES_MAX, is_cut: bool = False) -> Replay:
    side = Side(every_tier(MOST))
    shown = (an_example(),) * examples
    return Replay(7, NOW, MANY, MANY, MANY, is_cut, is_changed, side, side, MANY, MANY, shown, shown)


def test_the_fullest_replay_fits_and_every_letter_of_a_vendor_is_harmless() -> None:
    embed = replay_embed(a_replay())
    assert fits(embed)
    assert "https://evil" not in text_of(embed)
    assert "delisted" in text_of(embed)
    assert "hit (+$12.00)" in text_of(embed)
    assert "40 % under $160.00" in text_of(embed)


def test_a_replay_says_what_it_left_out() -> None:
    said = text_of(replay_embed(a_replay()))
    assert "1,000,000,000 that all filters left out then" in said
    assert (
        "1,000,000,000 that had no answer (gone before it, or still waiting) or no price in dollars." in said
    )
    assert "quiet hours" in said
    assert "newest 20,000 listings only" in text_of(replay_embed(a_replay(is_cut=True)))


def test_one_listing_is_looked_at_as_it_was() -> None:
    one = msgspec.structs.replace(a_replay(), looked_at=1)
    assert "Looked at 1 listing as it was first seen." in text_of(replay_embed(one))
    assert "listings as they were first seen." in text_of(replay_embed(a_replay()))


def test_a_replay_of_no_change_says_how_to_try_one() -> None:
    embed = replay_embed(a_replay(is_changed=False, examples=0))
    assert "Nothing is changed yet" in text_of(embed)
    assert [field.name for field in embed.fields] == ["With your present settings"]
