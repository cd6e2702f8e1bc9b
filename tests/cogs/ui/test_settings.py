"""What a server chose, in words: every choice, all of them in one message, whatever their size."""

from typing import Any

import discord
import msgspec
import pytest

from cogs.client import DYNAMIC_ITEMS
from cogs.ui.forms import FORM_ID
from cogs.ui.settings import (
    HISTORY_SHOWN,
    SettingsButton,
    SettingsPart,
    UndoButton,
    history_embed,
    history_view,
    settings_embed,
    settings_view,
)
from cogs.ui.settings_forms import PARTS, Part, part_of
from cogs.ui.settings_texts import SHOWN, differences, listed, sections, unseen
from cogs.ui.setup import CHANNEL, DONE, SetupCalls, SetupChannel, SetupRole, SetupStep
from cogs.ui.text import units
from core.domain.catalog import Grader
from core.domain.deals import DealPolicy, DealTier, TierRule
from core.domain.guild_changes import WORDS, Change, Draft
from core.domain.guild_rules import KEYWORDS_MAX, ROUTED, SELLERS_MAX, checked
from core.domain.guilds import DEFAULT_SETTINGS, Guild, QuietHours, ServerSettings
from core.errors import InvalidInput
from tests.cogs.deal_posts import NOW

LARGEST = checked(
    ServerSettings(
        policy=DealPolicy(
            tiers=(
                TierRule(DealTier.GOLD, 8_400, 10**13),
                TierRule(DealTier.HIGH, 8_300, 10**13),
                TierRule(DealTier.INFO, 8_200, 10**13),
            ),
            graders=tuple(Grader)[1:],
            categories=tuple(f"{'*' * 36}{n:02}" for n in range(25)),
            keywords_blocked=tuple(f"{'_' * 36}{n:02}" for n in range(KEYWORDS_MAX)),
            sellers_blocked=tuple(f"{'x' * 60}{n:03}" for n in range(SELLERS_MAX)),
            price_max_usd_micros=10**13,
        ),
        channel_id=2**62,
        tier_channels={tier: 2**62 + n for n, tier in enumerate(ROUTED)},
        ping_roles={DealTier.GOLD: 2**62, DealTier.HIGH: 2**62 + 1},
        trace_channel_id=2**62,
        posts_per_hour=60,
        repeat_after_minutes=10_080,
        quiet=QuietHours(1_320, 450, "America/Argentina/ComodRivadavia"),
    )
)


def total(embed: discord.Embed) -> int:
    """As Discord counts, to whom most pictures in a text are two."""
    texts = [embed.title, embed.description, *(f"{field.name}{field.value}" for field in embed.fields)]
    return sum(units(text or "") for text in texts)


def test_every_choice_reads_as_something() -> None:
    assert set(SHOWN) == set(WORDS)
    assert all(show(settings) for show in SHOWN.values() for settings in (DEFAULT_SETTINGS, LARGEST))


def test_the_sections_say_every_choice() -> None:
    text = "\n".join(value for _, value in sections(LARGEST))
    assert [name for name, show in SHOWN.items() if show(LARGEST) not in text] == []


def test_the_largest_settings_and_draft_fit_one_message() -> None:
    guild = Guild(1, "*" * 100, LARGEST, paused_because="x" * 300)
    pictures = tuple(f"🎴*{n:02}" * 10 for n in range(KEYWORDS_MAX))
    others = DealPolicy(keywords_blocked=pictures, sellers_blocked=pictures, categories=pictures)
    draft = Draft(0, LARGEST, msgspec.structs.replace(DEFAULT_SETTINGS, policy=others), guild)
    embed = settings_embed(guild, draft, missing=["y" * 160] * 9, notes=["🎴" * 250] * 9)
    embed.add_field(name="note", value=unseen(pictures, LARGEST.policy.categories), inline=False)
    assert total(embed) <= 6_000
    assert all(len(field.value or "") <= 1_024 for field in embed.fields)
    assert len(embed.description or "") <= 4_096


def test_the_longest_history_fits_one_message_and_undo_names_the_newest() -> None:
    changes = [
        Change(n, 2**62, NOW, "x" * 300, LARGEST if n % 2 else DEFAULT_SETTINGS)
        for n in range(HISTORY_SHOWN + 1, 0, -1)
    ]
    embed = history_embed(changes, ["y" * 160] * 9)
    assert len(embed.fields) == HISTORY_SHOWN + 1
    assert "… and 4 more" in str(embed.fields[-1].value)
    assert total(embed) <= 6_000


async def test_undo_is_offered_when_there_is_something_before() -> None:
    one, two = (Change(n, 7, NOW, "channel for deals", ServerSettings(channel_id=n)) for n in (1, 2))
    assert len(history_view([two, one]).children) == 2
    assert len(history_view([one]).children) == 1
    assert "Nothing was chosen" in (history_embed([]).description or "")


async def test_save_try_and_discard_wait_for_a_draft() -> None:
    draft = Draft(0, DEFAULT_SETTINGS, LARGEST, Guild(1, "g"))
    for given, disabled in ((None, [True, True, True, False]), (draft, [False] * 4)):
        buttons = [item for item in settings_view(given).children if isinstance(item, SettingsButton)]
        assert [button.item.disabled for button in buttons] == disabled


def test_a_difference_names_the_choice_with_both_values() -> None:
    after = ServerSettings(posts_per_hour=5, quiet=QuietHours(1_320, 450, "Europe/Berlin"))
    assert differences(DEFAULT_SETTINGS, after) == [
        "**posts an hour**: 20 in a channel → 5 in a channel",
        "**quiet hours**: none → 22:00 to 07:30, Europe/Berlin",
    ]


def test_long_lists_say_how_many_more_there_are() -> None:
    assert listed([f"word{n}" for n in range(7)], "none") == "word0, word1, word2, word3, word4 and 2 more"
    assert listed([], "none") == "none"
    assert "*" not in listed(["*bold*"], "none").replace("\\*", "")


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.key)
async def test_every_form_fits_discord_at_any_size(part: Part) -> None:
    for settings in (DEFAULT_SETTINGS, LARGEST):
        fields = part.fields(settings)
        assert 1 <= len(fields) <= 5
        for field in fields:
            assert len(field.text) <= 45
            assert len(field.description or "") <= 100


def test_every_form_is_found_by_its_key() -> None:
    for part in PARTS:
        assert part_of(part.key) is part
        assert FORM_ID.fullmatch(f"v1:form:{part.key}")
    with pytest.raises(InvalidInput, match="open /settings again"):
        part_of("gone")


def test_every_id_of_setup_and_settings_belongs_to_one_kind_of_item() -> None:
    acts = ("open", "save", "try", "discard", "history", "resume")
    items: list[discord.ui.DynamicItem[Any]] = [SetupChannel(), SetupRole(), SetupCalls(), SettingsPart()]
    items += [SetupStep(step, act=act) for step in (CHANNEL, DONE) for act in ("step", "quiet")]
    items += [*(SettingsButton(act) for act in acts), UndoButton(1), UndoButton(10**9 - 1)]
    for item in items:
        patterns = {kind: kind.__discord_ui_compiled_template__ for kind in DYNAMIC_ITEMS}
        owners = [kind for kind, pattern in patterns.items() if pattern.fullmatch(item.custom_id)]
        assert owners == [type(item)]
