"""How sure values can be with the vendors that are connected, beside what a server asks for."""

from collections.abc import Collection, Iterable

from core.domain.confidence import SALES_CONFIDENCE, SALES_MIN_FOR_CONFIDENCE, SALES_WINDOW
from core.domain.listings import SourceName
from core.domain.sources import SourceView

VALUERS = frozenset({SourceName.ALT, SourceName.PRICECHARTING})
ALT_CONFIDENCE_MAX, PRICECHARTING_CONFIDENCE = 100, 70


def reach(sources: Iterable[SourceView], confidence_min: int) -> str:
    """What each connected source reaches, and what that means where so much is asked for."""
    on = _connected(sources)
    lines = ["**How sure I can be** (0 to 100)", *_by_source(on)]
    too_much = _out_of_reach(on, confidence_min)
    if not on & VALUERS:
        if not too_much:
            lines.append(
                f"Until they reach the {confidence_min} that you ask for, a deal is a LOOK: shown as not "
                "sure, never pinged."
            )
        lines.append("Neither ALT nor PriceCharting is connected. Whoever runs me can add them.")
    return "\n".join([*lines, *too_much])


def out_of_reach(sources: Iterable[SourceView], confidence_min: int) -> list[str]:
    """A sentence when more is asked for than the best connected source can give."""
    return _out_of_reach(_connected(sources), confidence_min)


def _connected(sources: Iterable[SourceView]) -> set[SourceName]:
    return {view.plan.name for view in sources if not view.plan.off_because}


def _by_source(on: Collection[SourceName]) -> list[str]:
    many, most = SALES_CONFIDENCE[0]
    few, enough = SALES_MIN_FOR_CONFIDENCE, dict(SALES_CONFIDENCE)[SALES_MIN_FOR_CONFIDENCE]
    lines: list[str] = []
    if SourceName.ALT in on:
        lines.append("ALT's values: as sure as ALT says it is.")
    if SourceName.PRICECHARTING in on:
        lines.append(f"PriceCharting's values: {PRICECHARTING_CONFIDENCE}.")
    lines.append(
        f"Recorded sales of the same card and grade: {enough} once I saw {few} within "
        f"{SALES_WINDOW.days} days, {most} from {many}."
    )
    return lines


def _out_of_reach(on: Collection[SourceName], confidence_min: int) -> list[str]:
    reached = {SourceName.ALT: ALT_CONFIDENCE_MAX, SourceName.PRICECHARTING: PRICECHARTING_CONFIDENCE}
    best = max([SALES_CONFIDENCE[0][1], *(most for name, most in reached.items() if name in on)])
    if confidence_min <= best:
        return []
    return [
        f"You ask for a confidence of {confidence_min}; my sources reach {best} at most: no GOLD, HIGH or "
        f"INFO will come from them. `/settings`, Confidence: {best} or less."
    ]
