"""The scorecard as bars: of each tier how much hit, is open and missed."""

from core.charts import picture
from core.charts.drawing import FONT_FAMILY, WIDTH
from core.domain.scorecard import Scorecard, TierScore

_LEFT, _RIGHT, _TOP, _ROW, _BAR = 200, 660, 76, 52, 30
_GROUND, _TEXT, _NONE = "#2b2d31", "#dbdee1", "#43464d"
_HIT, _OPEN, _MISS = "#57f287", "#80848e", "#ed4245"
_TEXT_PX = 24
_WIDE = 9
"""More figures than these are drawn smaller."""


def scores_png(card: Scorecard) -> bytes:
    """The bars as PNG. It keeps the interpreter busy for some milliseconds: not for the event loop."""
    return picture(scores_svg(card))


def scores_svg(card: Scorecard) -> str:
    """One bar for each tier, as wide as all others; the same scorecard gives the same text."""
    height = _TOP + _ROW * len(card.tiers) + 20
    legend = ((_HIT, "hit", _LEFT), (_OPEN, "open", _LEFT + 110), (_MISS, "miss", _LEFT + 240))
    marks = [f'<rect width="{WIDTH}" height="{height}" fill="{_GROUND}"/>']
    for colour, word, x in legend:
        marks += [_block(x, 22, 24, 24, colour), _label(x + 34, 43, word)]
    for place, score in enumerate(card.tiers):
        marks += _bar(score, _TOP + _ROW * place)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
        f' height="{height}" font-family="{FONT_FAMILY}" font-size="{_TEXT_PX}">{"".join(marks)}</svg>'
    )


def scores_words(card: Scorecard) -> str:
    """What the bars show, for those who cannot see them."""
    said = [f"{score.tier.name} {score.hits} of {score.posted}" for score in card.tiers if score.posted]
    return f"Hits by tier: {', '.join(said) or 'nothing was posted'}"


def _bar(score: TierScore, y: int) -> list[str]:
    counted = _counted(score)
    size = _TEXT_PX if len(counted) <= _WIDE else _TEXT_PX * 2 // 3
    marks = [_label(24, y + 23, score.tier.name, size=20), _label(_RIGHT + 16, y + 23, counted, size=size)]
    if not score.posted:
        return [*marks, _block(_LEFT, y + _BAR // 2, _RIGHT - _LEFT, 2, _NONE)]
    begins, parts = 0, ((score.hits, _HIT), (score.open, _OPEN), (score.misses, _MISS))
    for many, colour in parts:
        x, end = (_LEFT + (_RIGHT - _LEFT) * part // score.posted for part in (begins, begins + many))
        marks += [_block(x, y, end - x, _BAR, colour)] if many else []
        begins += many
    return marks


def _counted(score: TierScore) -> str:
    return f"{score.hits}/{score.posted}" if score.posted else "none"


def _block(x: int, y: int, width: int, height: int, colour: str) -> str:
    return f'<rect x="{x}" y="{y}" width="{max(1, width)}" height="{height}" fill="{colour}"/>'


def _label(x: int, y: int, text: str, *, size: int = _TEXT_PX) -> str:
    return f'<text x="{x}" y="{y}" fill="{_TEXT}" font-size="{size}">{text}</text>'
