"""Charts: a series becomes SVG, and SVG becomes PNG with a font of our own."""

from functools import lru_cache
from importlib.resources import files

from resvg import render, usvg

from core.charts.drawing import chart_svg, chart_words
from core.domain.charts import Series

KEPT_MAX = 32
"""One deal is shown in many servers; so many of the newest pictures (about 40 KB each) are kept."""
_FONT = str(files("ttf_opensans") / "ttf" / "OpenSans-Regular.ttf")
_AS_DRAWN = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)

__all__ = ["chart_png", "chart_svg", "chart_words", "picture"]


@lru_cache(KEPT_MAX)
def chart_png(series: Series) -> bytes:
    """The chart as PNG. It keeps the interpreter busy for some milliseconds: not for the event loop."""
    return picture(chart_svg(series))


def picture(svg: str) -> bytes:
    """Any SVG as PNG, in its own size. Its texts are drawn in Open Sans, whatever the machine has."""
    options = usvg.Options.default()  # bound to its thread, so it cannot be kept
    options.load_font_file(_FONT)
    return render(usvg.Tree.from_str(svg, options), _AS_DRAWN)
