"""The chart of a kind as SVG: sales as points, value as a line in its range, the asked price dashed."""

from dataclasses import dataclass
from datetime import timedelta

from core.charts.axes import Axis, Tick, dollar_axis, dollar_ticks, dollars, time_axis, time_ticks
from core.domain.charts import SALES_MAX, Series

WIDTH, HEIGHT = 800, 400
"""Twice what a phone shows, in its pixels."""
FONT_FAMILY = "Open Sans"
_LEFT, _RIGHT, _TOP, _BOTTOM = 112, 776, 68, 344
_BEGIN, _END = 126, 732
"""Where time begins and ends; what holds now goes on to the right edge, so that it is seen."""
_TEXT_PX = 24
_LETTER_PX = 13.5
"""About the width of a letter; only the legend's spacing rests on it."""
_SPAN_MIN = timedelta(hours=1)
_BAND_REACH = 1.5
"""A range may stretch the chart by so much; what is wider runs to its edge."""
_GROUND, _GRID, _TEXT = "#2b2d31", "#43464d", "#dbdee1"
_SALE, _WORTH, _ASK = "#5bc0eb", "#f1c40f", "#57f287"


@dataclass(frozen=True, slots=True)
class _Plane:
    """Where moments (x) and prices (y) lie."""

    x: Axis
    y: Axis

    def step(self, seconds: float, micros: int) -> str:
        return f"H{self.x.at(seconds)}V{self.y.at(micros)}"


def chart_svg(series: Series) -> str:
    """The chart; the same series gives the same text. Nothing in it came from outside but numbers."""
    prices = _prices(series)
    if not prices:
        return _sheet([_label(WIDTH / 2, HEIGHT / 2, "nothing is known yet", "middle")])
    plane = _plane(series, prices)
    marks = [*_grid(plane), *_worth(series, plane), *_asked(series, plane), *_sales(series, plane)]
    return _sheet([*marks, *_legend(series)])


def chart_words(series: Series) -> str:
    """What the chart shows, for those who cannot see it."""
    said = [f"worth {dollars(series.values[-1].usd_micros)}"] if series.values else []
    if series.sales:
        paid = [sale.usd_micros for sale in series.sales]
        said.insert(0, f"{_counted(len(paid))} from {dollars(min(paid))} to {dollars(max(paid))}")
    said += [f"asked {dollars(series.ask_usd_micros)}"] if series.ask_usd_micros else []
    return f"Chart: {', '.join(said) or 'nothing is known yet'}"


def _prices(series: Series) -> list[int]:
    """Every price that must be in sight, and of the ranges what does not dwarf them."""
    prices = [sale.usd_micros for sale in series.sales] + [value.usd_micros for value in series.values]
    prices += [series.ask_usd_micros] if series.ask_usd_micros else []
    if prices:
        low, high = min(prices) / _BAND_REACH, max(prices) * _BAND_REACH
        prices += [int(max(low, value.low_usd_micros)) for value in series.values]
        prices += [int(min(high, value.high_usd_micros)) for value in series.values]
    return [price for price in prices if price > 0]


def _plane(series: Series, prices: list[int]) -> _Plane:
    until = series.until
    since = min((*series.moments, until - _SPAN_MIN))
    return _Plane(
        time_axis(since, until, start=_BEGIN, end=_END), dollar_axis(prices, start=_BOTTOM, end=_TOP)
    )


def _grid(plane: _Plane) -> list[str]:
    lines = []
    for tick in dollar_ticks(plane.y):
        lines.append(_line(f"M{_LEFT} {tick.at}H{_RIGHT}", _GRID, 1))
        lines.append(_label(_LEFT - 12, tick.at + 8, tick.label, "end"))
    moments = time_ticks(plane.x)
    lines += [_label(_LEFT - 12, _BOTTOM + 38, "UTC", "end")] if any(":" in t.label for t in moments) else []
    return lines + [_under(tick) for tick in moments]


def _under(tick: Tick) -> str:
    """The label of a moment, kept inside the picture."""
    half = len(tick.label) * _LETTER_PX / 2
    return _label(min(max(tick.at, _LEFT + half), WIDTH - 8 - half), _BOTTOM + 38, tick.label, "middle")


def _worth(series: Series, plane: _Plane) -> list[str]:
    """The value holds until the next one; its range is the shade around it."""
    values = series.values
    if not values:
        return []
    first, edge = values[0], f"H{_RIGHT}"
    x, y = plane.x.at(first.at.timestamp()), plane.y.at
    line = "".join(plane.step(v.at.timestamp(), v.usd_micros) for v in values[1:])
    above = "".join(plane.step(v.at.timestamp(), v.high_usd_micros) for v in values[1:])
    below = "".join(
        f"V{y(value.low_usd_micros)}H{plane.x.at(value.at.timestamp())}" for value in reversed(values)
    )
    band = f"M{x} {y(first.high_usd_micros)}{above}{edge}{below}Z"
    return [
        f'<path d="{band}" fill="{_WORTH}" fill-opacity="0.16"/>',
        _line(f"M{x} {y(first.usd_micros)}{line}{edge}", _WORTH, 4),
    ]


def _asked(series: Series, plane: _Plane) -> list[str]:
    if not series.ask_usd_micros:
        return []
    return [_line(f"M{_LEFT} {plane.y.at(series.ask_usd_micros)}H{_RIGHT}", _ASK, 3, dash="12 8")]


def _sales(series: Series, plane: _Plane) -> list[str]:
    radius = 7 if len(series.sales) <= 40 else 5 if len(series.sales) <= 150 else 4
    return [
        _point(plane.x.at(sale.at.timestamp()), plane.y.at(sale.usd_micros), radius) for sale in series.sales
    ]


def _legend(series: Series) -> list[str]:
    """What each mark is, with the newest number of it."""
    items = []
    if series.sales:
        items.append((_point(14, -8, 7), _counted(len(series.sales))))
    if series.values:
        shade = f'<rect y="-20" width="28" height="24" fill="{_WORTH}" fill-opacity="0.16"/>'
        worth = dollars(series.values[-1].usd_micros)
        items.append((shade + _line("M0 -8H28", _WORTH, 4), f"worth {worth}"))
    if series.ask_usd_micros:
        mark = _line("M0 -8H28", _ASK, 3, dash="10 8")
        items.append((mark, f"asked {dollars(series.ask_usd_micros)}"))
    shown, x = [], 24.0
    for mark, text in items:
        shown.append(f'<g transform="translate({round(x, 1)} 40)">{mark}{_label(38, 0, text)}</g>')
        x += 38 + len(text) * _LETTER_PX + 30
    return shown


def _counted(sales: int) -> str:
    if sales == SALES_MAX:
        return f"{sales} newest sales"
    return f"{sales} sale{'' if sales == 1 else 's'}"


def _sheet(marks: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
        f' height="{HEIGHT}" font-family="{FONT_FAMILY}, sans-serif" font-size="{_TEXT_PX}" fill="{_TEXT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="16" fill="{_GROUND}"/>{"".join(marks)}</svg>'
    )


def _label(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{round(x, 1)}" y="{round(y, 1)}" text-anchor="{anchor}">{text}</text>'


def _line(path: str, colour: str, width: int, *, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}/>'


def _point(x: float, y: float, radius: int) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{_SALE}" fill-opacity="0.8"/>'
