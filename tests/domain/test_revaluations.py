"""What a new verdict changed, as counted in the result of a re-valuation."""

from datetime import timedelta

import pytest

from core.domain.deals import RANK, DealTier
from core.domain.revaluations import Outcome, Progress, Span, outcome_of

GOLD, HIGH, LOOK = DealTier.GOLD, DealTier.HIGH, DealTier.LOOK


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        (None, None, Outcome.SAME),
        (None, LOOK, Outcome.NEW),
        (None, DealTier.SUSPICIOUS, Outcome.NEW),
        (HIGH, GOLD, Outcome.RAISED),
        (GOLD, HIGH, Outcome.FALLEN),
        (GOLD, None, Outcome.FALLEN),
        (GOLD, GOLD, Outcome.SAME),
        (DealTier.SUSPICIOUS, DealTier.UNDETERMINED, Outcome.SAME),
    ],
)
def test_a_change_is_counted_by_rank(
    before: DealTier | None, after: DealTier | None, outcome: Outcome
) -> None:
    assert outcome_of(before, after) is outcome


def test_what_one_change_raises_its_reverse_lets_fall() -> None:
    for before in DealTier:
        for after in DealTier:
            there, back = outcome_of(before, after), outcome_of(after, before)
            expected = Outcome.SAME if RANK[before] == RANK[after] else Outcome.FALLEN
            assert (back if there is Outcome.RAISED else there) is expected


def test_what_ended_without_a_new_verdict_was_not_valued() -> None:
    progress = Progress({Outcome.SAME: 3, Outcome.NEW: 1, Outcome.CLOSED: 2, Outcome.UNANSWERED: 4})
    assert (progress.ended, progress.revalued) == (10, 4)
    assert (Progress().ended, Progress().revalued) == (0, 0)


def test_every_span_but_all_has_a_length_and_they_grow() -> None:
    lengths = [span.length for span in Span]
    assert lengths[-1] is None
    known = [length for length in lengths if length is not None]
    assert known == sorted(known)
    assert (known[0], known[-1]) == (timedelta(hours=1), timedelta(days=30))
