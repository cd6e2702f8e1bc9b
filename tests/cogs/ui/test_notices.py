"""Notices and traces: plain words, a mark to be found by, and nothing that came from outside unescaped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.ui.notices import trace_embed
from cogs.ui.posts import mark_of, message_of
from core.domain.catalog import Grade, Grader
from core.domain.listings import Venue
from core.domain.money import Amount, Unit
from core.domain.notices import NoticePost, TracePost
from core.domain.quarantine import Asked, Doubt, Suspicion
from tests.cogs.deal_posts import DOLLAR, NOW


def a_trace(
    doubt: Doubt = Doubt.OTHER_CURRENCY,
    *,
    asked: int = 80,
    against: int = 12_000,
    otherwise: int | None = 12_000,
    is_against_value: bool = True,
    title: str = "Charizard",
) -> TracePost:
    in_dollars = None if otherwise is None else otherwise * DOLLAR
    return TracePost(
        title=title,
        grader=Grader.PSA,
        grade=Grade(100),
        certificate="12345678",
        mint="mint",
        venue=Venue.CC,
        price=Amount(asked * DOLLAR, Unit.USD_MICROS),
        suspicion=Suspicion(
            doubt, Asked(asked * DOLLAR, in_dollars), against * DOLLAR, is_against_value=is_against_value
        ),
    )


def test_a_notice_carries_its_mark() -> None:
    message = message_of(NoticePost("Title", "Text."), post_id=7, now=NOW, sent_at=None)
    assert message.embed.description == "**Title**\nText."
    assert (message.embed.url or "").endswith(mark_of(7))
    assert message.view is None


@pytest.mark.parametrize(
    ("trace", "says"),
    [
        (
            a_trace(),
            "$80.00: 1/150 of the value of $12,000.00, "
            "and the same number in the other currency ($12,000.00) would fit.",
        ),
        (
            a_trace(Doubt.MAGNITUDE, asked=1, against=900, is_against_value=False),
            "$1.00: 1/900 of the last price of $900.00: a slip of the decimal point, most likely.",
        ),
        (
            a_trace(asked=9_000, against=60, otherwise=None),
            "$9,000.00: 150 times the value of $60.00, and the same number in the other currency would fit.",
        ),
    ],
)
def test_a_trace_says_what_the_price_was_held_against(trace: TracePost, says: str) -> None:
    _, line, kept, *_ = (trace_embed(trace, 7).description or "").split("\n")
    assert line == says
    assert kept.startswith("Kept apart: no deal")


@given(st.text(max_size=400), st.integers(1, 10**12), st.integers(1, 10**12))
def test_a_trace_is_a_message_whatever_it_is_about(title: str, asked: int, against: int) -> None:
    embed = trace_embed(a_trace(title=title, asked=asked, against=against), 7)
    assert len(embed) <= 2_000
    assert "@everyone" not in (embed.description or "")
