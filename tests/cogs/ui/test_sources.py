"""How a vendor does, in words."""

from datetime import timedelta

import msgspec
import pytest

from cogs.ui.sources import sources_embed, state_of
from core.domain.listings import SourceName
from core.domain.sources import Change, SourceCalls, SourcePlan, SourceView
from tests.databases import NOW

ALT = SourceName.ALT
VENDORS = [name for name in SourceName if name is not SourceName.DISCORD]
MINUTE = timedelta(minutes=1)
SEEN = SourceCalls(
    ALT,
    told_at=NOW,
    calls=120,
    failures=3,
    succeeded_at=NOW - timedelta(seconds=12),
    failed_at=NOW - 20 * MINUTE,
    failure="HTTP 503",
    p50_ms=120,
    p95_ms=480,
    oldest_data_at=NOW - 2 * MINUTE,
)


def view(
    seen: SourceCalls | None = SEEN,
    *,
    name: SourceName = ALT,
    off_because: str = "",
    is_down: bool = False,
    down_because: str = "5 failures",
    left_today: int | None = None,
) -> SourceView:
    since, because = (NOW - 3 * MINUTE, down_because) if is_down else (None, "")
    return SourceView(SourcePlan(name, off_because), is_down, since, because, seen, 12, left_today)


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (view(off_because="ALT_URL is not set"), "off: ALT_URL is not set"),
        (view(is_down=True), "down for 3 m (since 2026-03-01 11:57 UTC): 5 failures"),
        (view(None), "not asked yet"),
        (view(), "answers"),
        (view(msgspec.structs.replace(SEEN, failed_at=NOW)), "failed 0 s ago: HTTP 503"),
        (view(msgspec.structs.replace(SEEN, succeeded_at=None)), "failed 20 m ago: HTTP 503"),
    ],
)
def test_its_state(shown: SourceView, said: str) -> None:
    assert state_of(shown, NOW) == said


def test_the_figures_are_in_a_small_line_below() -> None:
    embed = sources_embed([view()], now=NOW)
    assert embed.description == (
        "**alt** answers\n"
        "-# last answer 12 s ago · 3 of 120 failed · 12 asked today · 120 / 480 ms · data 2 m old"
    )


def test_what_was_not_understood_is_shown_without_markdown_of_the_vendors() -> None:
    change = Change(NOW, "Expected `int` at $.**price**")
    changed = view(msgspec.structs.replace(SEEN, changes=2, change=change))
    *_, last = str(sources_embed([changed], now=NOW).description).splitlines()
    assert last == (
        "-# 2 answers not understood in the last hour, the newest: Expected \\`int\\` at $.\\*\\*price\\*\\*"
    )


def test_a_vendor_that_is_down_colours_the_whole() -> None:
    well, ill = sources_embed([view()], now=NOW), sources_embed([view(), view(is_down=True)], now=NOW)
    assert well.colour != ill.colour


def test_what_is_left_of_the_day_is_shown_before_the_first_question_too() -> None:
    asked, fresh = view(left_today=88), view(None, left_today=88)
    assert "· 88 left today ·" in str(sources_embed([asked], now=NOW).description)
    assert sources_embed([fresh], now=NOW).description == "**alt** not asked yet\n-# 88 left today"


def test_what_is_down_comes_first_and_what_is_off_last() -> None:
    views = [
        view(None, name=SourceName.PSA, off_because="without a token"),
        view(None, name=SourceName.EBAY),
        view(None, is_down=True),
    ]
    lines = str(sources_embed(views, now=NOW).description).splitlines()
    assert lines == [
        "**alt** down for 3 m (since 2026-03-01 11:57 UTC): 5 failures",
        "**ebay** not asked yet",
        "**psa** off: without a token",
    ]


def test_every_vendor_is_told_of_when_all_are_down_for_long_reasons() -> None:
    because = "GET /v2/marketplace/listings: Cannot connect to host api.example.com:443 " * 2
    views = [view(name=name, is_down=True, down_because=because) for name in VENDORS]
    embed = sources_embed(views, now=NOW)
    assert len(embed) <= 6_000
    lines = str(embed.description).splitlines()
    assert [line.split("**")[1] for line in lines if "**" in line] == [view.plan.name for view in views]


def test_however_much_there_is_to_say_discord_takes_it() -> None:
    change = Change(NOW, "x" * 300)
    loud = view(msgspec.structs.replace(SEEN, change=change, failed_at=NOW, failure="*" * 300))
    embed = sources_embed([loud] * 30, now=NOW)
    assert embed.description is not None
    assert len(embed.description) <= 4096
    assert embed.description.endswith("\n…")
