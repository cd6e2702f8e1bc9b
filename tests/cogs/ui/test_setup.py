"""The steps of /setup: each says what is chosen and what comes next."""

import pytest

from cogs.ui.reach import PRICECHARTING_CONFIDENCE, out_of_reach, reach
from cogs.ui.setup import (
    CALLS,
    CHANNEL,
    DONE,
    PRESETS,
    ROLE,
    step_embed,
)
from core.domain.deals import DealTier
from core.domain.guild_presets import Preset
from core.domain.guilds import Guild, ServerSettings
from core.domain.listings import SourceName
from core.domain.sources import SourcePlan, SourceView
from core.sources import pricecharting

FRESH = Guild(1, "Traders")
CHOSEN = Guild(1, "Traders", ServerSettings(channel_id=22, ping_roles={DealTier.GOLD: 5, DealTier.HIGH: 5}))
PAUSED = Guild(1, "Traders", ServerSettings(channel_id=22), paused_because="I may not post.")


def text_of(step: int, guild: Guild, *missing: str) -> str:
    embed = step_embed(step, guild, missing=missing, reach=reach((), 60))
    fields = [field.value or "" for field in embed.fields]
    return "\n".join([embed.title or "", embed.description or "", *fields, embed.footer.text or ""])


@pytest.mark.parametrize("step", [CHANNEL, ROLE, CALLS])
def test_each_step_says_what_comes_next(step: int) -> None:
    assert f"Step {step} of 3" in text_of(step, CHOSEN)
    assert "Next: " in text_of(step, CHOSEN)


def test_what_was_chosen_is_said_at_each_step_after_it() -> None:
    assert "Chosen so far" not in text_of(CHANNEL, FRESH)
    assert "Pinged: " not in text_of(ROLE, CHOSEN)
    for step in (ROLE, CALLS, DONE):
        assert "Deals go to <#22>" in text_of(step, CHOSEN)
    assert "Pinged: <@&5> for GOLD and HIGH" in text_of(CALLS, CHOSEN)
    assert "Posted: GOLD, HIGH, INFO, LOOK, UNDETERMINED" in text_of(DONE, CHOSEN)


def test_a_pause_is_told_with_its_reason_and_how_it_ends() -> None:
    assert "paused:** I may not post.\nChoose a channel to go on." in text_of(CHANNEL, PAUSED)


def test_what_is_missing_is_said_at_every_step() -> None:
    for step in (CHANNEL, ROLE, CALLS, DONE):
        assert "I miss Attach Files." in text_of(step, CHOSEN, "I miss Attach Files.")
    assert "What I miss" not in text_of(ROLE, CHOSEN)


def plan(name: SourceName, off_because: str = "") -> SourceView:
    return SourceView(SourcePlan(name, off_because), False, None, "", None, 0, None)


OFF = "ALT_URL is not set"
KEYLESS = [plan(SourceName.ALT, OFF), plan(SourceName.PSA)]


def test_the_reach_is_that_of_the_connected_vendors() -> None:
    nothing = reach(KEYLESS, 60)
    assert "Neither ALT nor PriceCharting is connected" in nothing
    assert "60 once I saw 3 within 90 days, 75 from 10" in nothing
    assert "ALT's values" not in nothing
    assert "PriceCharting's values" not in nothing
    both = reach([plan(SourceName.ALT), plan(SourceName.PRICECHARTING)], 60)
    assert "ALT's values" in both
    assert "PriceCharting's values" in both
    assert "Neither" not in both
    assert PRICECHARTING_CONFIDENCE == pricecharting.CONFIDENCE


def test_only_where_sales_alone_value_is_a_deal_a_look_until_there_are_enough() -> None:
    assert "Until they reach the 70 that you ask for, a deal is a LOOK" in reach(KEYLESS, 70)
    assert "LOOK" not in reach([plan(SourceName.ALT)], 60)
    assert "LOOK" not in reach([plan(SourceName.PRICECHARTING)], 60)
    assert "Until" not in reach(KEYLESS, 90)


@pytest.mark.parametrize(
    ("connected", "asked", "reached"),
    [
        ([], 75, None),
        ([], 76, 75),
        ([SourceName.PSA], 90, 75),
        ([SourceName.PRICECHARTING], 75, None),
        ([SourceName.PRICECHARTING], 90, 75),
        ([SourceName.ALT], 100, None),
    ],
)
def test_more_than_any_source_reaches_is_told(
    connected: list[SourceName], asked: int, reached: int | None
) -> None:
    sources = [plan(name) for name in connected]
    said = "\n".join(out_of_reach(sources, asked))
    assert said == (
        ""
        if reached is None
        else f"You ask for a confidence of {asked}; my sources reach {reached} at most: no GOLD, HIGH or "
        f"INFO will come from them. `/settings`, Confidence: {reached} or less."
    )
    assert said in reach(sources, asked)
    assert ("You ask for" in reach(sources, asked)) == bool(said)


def test_every_preset_is_offered() -> None:
    assert set(PRESETS) == set(Preset)
    assert all(len(name) <= 100 and len(what) <= 100 for name, what in PRESETS.values())
