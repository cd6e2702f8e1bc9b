"""How choices change: what differs, in words, and two changes at once."""

import msgspec
import pytest

from core.domain.deals import DEFAULT_POLICY, DealTier
from core.domain.guild_changes import WORDS, Draft, changed, flat, merged, what_changed
from core.domain.guilds import DEFAULT_SETTINGS, Guild, QuietHours, ServerSettings


def choosing(**changes: object) -> ServerSettings:
    of_policy = {name: value for name, value in changes.items() if name in DEFAULT_POLICY.__struct_fields__}
    own = {name: value for name, value in changes.items() if name not in of_policy}
    policy = msgspec.structs.replace(DEFAULT_POLICY, **of_policy)
    return msgspec.structs.replace(DEFAULT_SETTINGS, policy=policy, **own)


def test_every_choice_has_its_words_and_there_are_no_others() -> None:
    assert set(WORDS) == set(flat(DEFAULT_SETTINGS))
    of_settings = set(DEFAULT_SETTINGS.__struct_fields__) - {"policy"}
    assert of_settings & set(DEFAULT_POLICY.__struct_fields__) == set()


def test_what_changed_is_said_once_for_each_choice() -> None:
    after = choosing(repeat_fall_bps=900, repeat_after_minutes=5, confidence_min=70)
    assert changed(DEFAULT_SETTINGS, after) == ("repeat_fall_bps", "repeat_after_minutes", "confidence_min")
    assert what_changed(DEFAULT_SETTINGS, after) == "repeat rule, confidence"
    assert what_changed(after, after) == ""


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"posts_per_hour": 5}, {"channel_id": 3}),
        ({"confidence_min": 70}, {"payout_bps": 9_000}),
        ({"ping_roles": {DealTier.GOLD: 1}}, {"quiet": QuietHours(1, 2)}),
        ({"confidence_min": 70}, {}),
        ({}, {"confidence_min": 70}),
    ],
)
def test_two_changes_of_different_choices_both_hold(
    mine: dict[str, object], theirs: dict[str, object]
) -> None:
    together = merged(DEFAULT_SETTINGS, choosing(**mine), choosing(**theirs))
    assert together == choosing(**mine, **theirs)


@pytest.mark.parametrize(
    ("mine", "theirs", "disputed"),
    [
        ({"posts_per_hour": 5}, {"posts_per_hour": 6}, "posts an hour"),
        ({"posts_per_hour": 5}, {"posts_per_hour": 5}, ""),
        ({"posts_per_hour": 5}, {"channel_id": 6}, ""),
        (
            {"look_bps": 2_000, "channel_id": 1},
            {"look_bps": 3_000, "channel_id": 2},
            "channel for deals, LOOK",
        ),
    ],
)
def test_what_both_changed_otherwise_is_disputed_and_mine_would_hold(
    mine: dict[str, object], theirs: dict[str, object], disputed: str
) -> None:
    draft = Draft(0, DEFAULT_SETTINGS, choosing(**mine), Guild(1, "g", choosing(**theirs)))
    assert draft.disputed == disputed
    assert draft.result == choosing(**{**theirs, **mine})
