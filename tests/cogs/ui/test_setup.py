"""The steps of /setup: each says what is chosen and what comes next."""

import pytest

from cogs.ui.setup import (
    CALLS,
    CHANNEL,
    DONE,
    PRESETS,
    PRICECHARTING_CONFIDENCE,
    ROLE,
    reach,
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
    embed = step_embed(step, guild, missing=missing, reach=reach(()))
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


def test_the_reach_is_that_of_the_connected_vendors() -> None:
    nothing = reach([plan(SourceName.ALT, "ALT_URL is not set"), plan(SourceName.PSA)])
    assert "Neither ALT nor PriceCharting is connected" in nothing
    assert "60 once I saw 3 within 90 days, 75 from 10" in nothing
    both = reach([plan(SourceName.ALT), plan(SourceName.PRICECHARTING)])
    assert "Neither" not in both
    assert PRICECHARTING_CONFIDENCE == pricecharting.CONFIDENCE


def test_every_preset_is_offered() -> None:
    assert set(PRESETS) == set(Preset)
    assert all(len(name) <= 100 and len(what) <= 100 for name, what in PRESETS.values())
