"""What a person gets from /deals scorecard, /deals replay and Try: to whom, about what, with what asked."""

import pytest

from core.domain.deals import DealTier
from core.domain.replays import Quick
from core.domain.scorecard import Period, Scorecard, TierScore, every_tier
from core.simulator.discord.messages import Message
from core.simulator.discord.population import ADA_ID, GENERAL_ID, GUILD_ID, TOM_ID
from tests.cogs.conftest import Stage

POSTED = Scorecard(GUILD_ID, Period.ALL, None, every_tier([TierScore(DealTier.GOLD, 4, 2, 1, 2, 1)]))


async def asked(stage: Stage, person_id: int, command: str, **options: str) -> Message:
    interaction = await stage.discord.people.run_command(person_id, GENERAL_ID, f"deals {command}", options)
    (answer,) = await stage.answers(interaction)
    return answer


@pytest.mark.parametrize(("public", "seen_by"), [("false", TOM_ID), ("true", None)])
async def test_a_scorecard_is_shown_to_whom_one_wants(stage: Stage, public: str, seen_by: int | None) -> None:
    stage.memory.scorecard.card = POSTED
    answer = await asked(stage, TOM_ID, "scorecard", period="30d", public=public)
    assert answer.ephemeral_to == seen_by
    assert stage.memory.scorecard.asked == [(GUILD_ID, Period.MONTH)]
    [embed] = answer.payload["embeds"]
    assert "**50 % hit so far, 75 % at most**" in embed["description"]
    assert embed["image"]["url"].endswith("/scorecard.png")


async def test_a_scorecard_of_nothing_says_what_a_hit_is(stage: Stage) -> None:
    answer = await asked(stage, TOM_ID, "scorecard")
    [embed] = answer.payload["embeds"]
    assert "A hit: within 30 days" in embed["description"]
    assert "image" not in embed


async def test_a_replay_tries_what_the_options_say(stage: Stage) -> None:
    options = {"days": "30", "confidence": "70", "gold": "35", "info": "10", "profit": "20"}
    answer = await asked(stage, ADA_ID, "replay", **options)
    quick = Quick(70, {DealTier.GOLD: 3_500, DealTier.INFO: 1_000}, 20_000_000)
    assert stage.memory.replays.asked == [(GUILD_ID, ADA_ID, 30, quick)]
    assert answer.ephemeral_to == ADA_ID
    assert answer.payload["embeds"][0]["title"] == "Replay of the last 30 days"


async def test_a_replay_without_options_tries_the_draft_over_a_week(stage: Stage) -> None:
    await asked(stage, ADA_ID, "replay")
    assert stage.memory.replays.asked == [(GUILD_ID, ADA_ID, 7, Quick())]
