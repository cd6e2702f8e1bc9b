"""The picture: readable without any font of the machine, the same for the same series, never broken."""

import asyncio
import re
import struct
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from resvg import render, usvg

from core.charts import chart_png, chart_svg, chart_words, picture
from core.domain.charts import SALES_MAX, Series, Worth, series
from core.domain.valuation import Sale

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DOLLAR = 1_000_000
AMOUNTS = st.integers(-1, 2**63 - 1)
MOMENTS = st.integers(0, 5 * 365 * 86_400).map(lambda seconds: NOW - timedelta(seconds=seconds))
LABEL = re.compile(r"<text[^>]*>([^<]*)</text>")


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


USUAL = series(
    [Sale(days_ago(day), (150 + day % 7) * DOLLAR) for day in range(1, 60, 5)],
    [Worth(days_ago(day), 160 * DOLLAR, 150 * DOLLAR, 180 * DOLLAR) for day in (30, 10, 0)],
    ask_usd_micros=80 * DOLLAR,
    until=NOW,
)


def labels(shown: Series) -> list[str]:
    return LABEL.findall(chart_svg(shown))


def test_a_picture_is_800_by_400() -> None:
    png = chart_png(USUAL)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", png[16:24]) == (800, 400)


def test_every_text_is_drawn_in_the_font_that_is_brought_along() -> None:
    svg = chart_svg(USUAL)
    texts = LABEL.findall(svg)
    assert len(texts) > 8
    for text in texts:
        assert picture(svg.replace(f">{text}</text>", "></text>")) != picture(svg), text


def test_no_font_of_the_machine_is_looked_at() -> None:
    svg = chart_svg(USUAL)
    fontless = render(usvg.Tree.from_str(svg, usvg.Options.default()), (1, 0, 0, 0, 1, 0))
    assert fontless == picture(LABEL.sub("", svg))


def test_the_legend_says_what_is_seen() -> None:
    assert labels(USUAL)[-3:] == ["12 sales", "worth $160", "asked $80"]
    assert chart_words(USUAL) == "Chart: 12 sales from $150 to $156, worth $160, asked $80"


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (Series(NOW), ["nothing is known yet"]),
        (Series(NOW, (Sale(NOW, DOLLAR),)), ["1 sale"]),
        (Series(NOW, (Sale(days_ago(1), DOLLAR),) * SALES_MAX), [f"{SALES_MAX} newest sales"]),
        (Series(NOW, (), (Worth(NOW, DOLLAR, DOLLAR, DOLLAR),)), ["worth $1"]),
        (Series(NOW, (), (), 5 * DOLLAR), ["asked $5"]),
    ],
)
def test_what_is_missing_is_not_in_the_legend(shown: Series, said: list[str]) -> None:
    assert labels(shown)[-len(said) :] == said
    assert not {"worth", "asked", "sales"} & {text.split()[0] for text in labels(shown)[: -len(said)]}
    assert chart_png(shown)


def test_prices_of_three_orders_of_magnitude_are_all_told_apart() -> None:
    dear = series(
        [Sale(days_ago(day), 10**day * DOLLAR) for day in (1, 2, 3, 4)], [], ask_usd_micros=None, until=NOW
    )
    heights = [float(y) for y in re.findall(r'<circle cx="[\d.]+" cy="([\d.]+)" r="7"', chart_svg(dear))]
    steps = [b - a for a, b in pairwise(heights[:4])]
    assert min(steps) > 70


def test_a_value_of_this_moment_is_seen_at_the_right_edge() -> None:
    fresh = series(
        [Sale(days_ago(9), DOLLAR)], [Worth(NOW, DOLLAR, DOLLAR, DOLLAR)], ask_usd_micros=None, until=NOW
    )
    line = re.search(r'<path d="M([\d.]+) [\d.]+H([\d.]+)" fill="none" stroke="#f1c40f"', chart_svg(fresh))
    assert line is not None
    assert float(line[2]) - float(line[1]) > 30


def test_the_same_series_gives_the_same_bytes() -> None:
    again = series(USUAL.sales[::-1], USUAL.values[::-1], ask_usd_micros=80 * DOLLAR, until=NOW)
    assert chart_svg(again) == chart_svg(USUAL)
    assert picture(chart_svg(again)) == picture(chart_svg(USUAL))


async def test_several_threads_may_draw_at_once() -> None:
    svg = chart_svg(USUAL)
    drawn = await asyncio.gather(*(asyncio.to_thread(picture, svg) for _ in range(8)))
    assert set(drawn) == {picture(svg)}


@given(
    st.lists(st.builds(Sale, MOMENTS, AMOUNTS), max_size=30),
    st.lists(st.builds(Worth, MOMENTS, AMOUNTS, AMOUNTS, AMOUNTS), max_size=30),
    st.none() | AMOUNTS,
)
def test_any_numbers_make_a_sound_drawing(sales: list[Sale], values: list[Worth], ask: int | None) -> None:
    svg = chart_svg(series(sales, values, ask_usd_micros=ask, until=NOW))
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert not re.search(r"nan|inf\b|e[+-]\d", svg)
