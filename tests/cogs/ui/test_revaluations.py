"""A re-valuation as its channel reads it: how far, what changed, and the button that ends it."""

from datetime import timedelta

import msgspec
import pytest

from cogs.ui.revaluations import CancelButton, begun_embed, listings_of, revaluation_embed, revaluation_view
from core.domain.catalog import Grade, Grader
from core.domain.deals import DealTier
from core.domain.listings import Mint, SourceName, Venue
from core.domain.revaluations import (
    Found,
    Outcome,
    Progress,
    Revaluation,
    RevaluationPost,
    RevaluationState,
    Span,
)
from tests.databases import NOW
from tests.services.reports import usd

POST = RevaluationPost(3, Span.DAY, RevaluationState.RUNNING, total=40, cut=0, created_at=NOW)
FOUND = Found(
    tier=DealTier.GOLD,
    before=DealTier.HIGH,
    title="Nico Robin [x](http://evil) <@1>",
    grader=Grader.PSA,
    grade=Grade(100),
    mint=Mint("mint-1"),
    venue=Venue.CC,
    price=usd(80),
    price_usd_micros=usd(80).value,
    value_usd_micros=usd(160).value,
    discount_bps=5_000,
)


def with_counts(**counts: int) -> RevaluationPost:
    progress = Progress({Outcome(name): count for name, count in counts.items()})
    return msgspec.structs.replace(POST, progress=progress)


def test_progress_is_a_bar_and_what_changed_so_far() -> None:
    embed = revaluation_embed(with_counts(same=8, new=1, fallen=1))
    assert embed.title == "Re-valuing what was first seen in the last 1d"
    assert embed.description == f"`{'█' * 5}{'░' * 15}` 10 of 40 listings\n1 new · 1 fallen · 8 unchanged"


def test_who_is_waited_for_is_named() -> None:
    progress = Progress(waiting=2, waits_for=(SourceName.ALT, SourceName.COLLECTOR_CRYPT))
    embed = revaluation_embed(msgspec.structs.replace(POST, progress=progress))
    assert "2 listings wait for ALT and Collector Crypt." in str(embed.description)


def test_the_result_says_how_many_of_all_how_long_it_took_and_the_best() -> None:
    progress = Progress({Outcome.RAISED: 30, Outcome.CLOSED: 8, Outcome.UNANSWERED: 2}, best=(FOUND,))
    ended_at = NOW + timedelta(minutes=3, seconds=12)
    post = msgspec.structs.replace(
        POST, state=RevaluationState.DONE, progress=progress, ended_at=ended_at, cut=120
    )
    embed = revaluation_embed(post)
    assert embed.description == (
        "**30 of 40 listings** valued anew.\n30 raised · 8 gone or repriced · 2 without a vendor's answer\n"
        "It took 3 m 12 s.\nThe newest are taken; 120 older ones were too many."
    )
    [field] = embed.fields
    assert str(field.name).startswith("HIGH → GOLD · [PSA 10] Nico Robin \\[x\\](http:\\//evil) \\<@\u200b1")
    assert field.value == (
        "[$80.00](https://collectorcrypt.com/assets/solana/mint-1) → worth $160.00 · 50 % under"
    )


@pytest.mark.parametrize(
    ("changes", "has_button"),
    [
        ({}, True),
        ({"goes_on_below": True}, False),
        ({"state": RevaluationState.DONE}, False),
        ({"state": RevaluationState.CANCELLED}, False),
    ],
)
async def test_there_is_a_button_while_there_is_something_to_cancel(
    changes: dict[str, object], has_button: bool
) -> None:
    view = revaluation_view(msgspec.structs.replace(POST, **changes))
    assert [isinstance(item, CancelButton) for item in view.children] == [True] * has_button


def test_a_run_that_nobody_cancelled_says_why_it_ended() -> None:
    over = msgspec.structs.replace(POST, state=RevaluationState.CANCELLED, because="Something changed.")
    embed = revaluation_embed(over)
    assert embed.title == "Re-valuing what was first seen in the last 1d was cancelled"
    assert "Something changed." in str(embed.description)


def test_a_message_that_is_left_sends_its_reader_on() -> None:
    embed = revaluation_embed(msgspec.structs.replace(POST, goes_on_below=True))
    assert "goes on in a newer message" in str(embed.description)


def test_whoever_asked_is_told_how_many_and_where() -> None:
    state = RevaluationState.RUNNING
    run = Revaluation(1, 50, 77, 1, Span.ALL, "hash", state, total=5_000, cut=12, created_at=NOW)
    embed = begun_embed(run)
    assert embed.title == "Re-valuing everything on sale"
    assert "5,000 listings" in str(embed.description)
    assert "<#77>" in str(embed.description)
    assert "12 older ones were too many" in str(embed.description)


def test_every_span_has_its_words() -> None:
    assert {listings_of(span) for span in Span} >= {
        "everything on sale",
        "what was first seen in the last 30d",
    }
