"""The bars of the scorecard: each tier has one, in parts as large as its figures."""

import re

from core.charts.scores import scores_png, scores_svg, scores_words
from core.domain.deals import DealTier
from core.domain.scorecard import Period, Scorecard, TierScore, every_tier

CARD = Scorecard(
    1, Period.ALL, None, every_tier([TierScore(DealTier.GOLD, 4, 2, 1), TierScore(DealTier.LOOK, 9)])
)


def widths(svg: str, colour: str) -> list[int]:
    """Of the bars of that colour; the one in the legend is left out."""
    found = re.findall(rf'<rect x="\d+" y="\d+" width="(\d+)" height="30" fill="{colour}"/>', svg)
    return [int(width) for width in found]


def test_each_bar_is_divided_as_its_calls_are() -> None:
    svg = scores_svg(CARD)
    assert widths(svg, "#57f287") == [230]
    assert widths(svg, "#80848e") == [115, 460]
    assert widths(svg, "#ed4245") == [115]
    assert all(f">{tier.name}</text>" in svg for tier in DealTier)


def test_the_same_scorecard_is_the_same_picture() -> None:
    assert scores_svg(CARD) == scores_svg(CARD)
    assert scores_png(CARD).startswith(b"\x89PNG")


def test_the_words_say_what_the_bars_show() -> None:
    assert scores_words(CARD) == "Hits by tier: GOLD 2 of 4, LOOK 0 of 9"
    assert scores_words(Scorecard(1, Period.ALL, None, every_tier(()))) == "Hits by tier: nothing was posted"
