"""Where several uncertain values agree."""

from hypothesis import given
from hypothesis import strategies as st

from core.domain.consensus import Voice, consensus, merged

DOLLAR = 1_000_000
voices = st.lists(
    st.builds(Voice, st.integers(1, 10**12), st.floats(0.01, 2), st.floats(0.001, 0.5)),
    min_size=1,
    max_size=5,
)


def at(dollars: float, spread: float = 0.05, doubt: float = 0.03) -> Voice:
    return Voice(round(dollars * DOLLAR), spread, doubt)


def test_a_lone_voice_is_the_answer() -> None:
    found = consensus([at(100)])
    assert (found.usd_micros, found.probability) == (100 * DOLLAR, 1)


def test_voices_that_agree_are_averaged_and_are_nearer_together_than_alone() -> None:
    found = consensus([at(100), at(104)])
    assert 101 * DOLLAR < found.usd_micros < 103 * DOLLAR
    assert found.spread < 0.05
    assert found.probability == 1


def test_the_firmer_voice_has_more_weight() -> None:
    assert consensus([at(100, 0.02), at(110, 0.1)]).usd_micros < 102 * DOLLAR


def test_two_against_one_win_and_the_one_does_not_move_them() -> None:
    found = consensus([at(100), at(102), at(300)])
    assert 99 * DOLLAR < found.usd_micros < 103 * DOLLAR
    assert 0.5 < found.probability < 1


def test_one_against_one_is_decided_by_who_is_less_doubted_and_stays_doubtful() -> None:
    found = consensus([at(100, doubt=0.02), at(300, doubt=0.2)])
    assert abs(found.usd_micros - 100 * DOLLAR) < DOLLAR
    assert found.probability < 0.97


def test_two_that_stand_and_fall_together_are_one_voice() -> None:
    found = merged(at(100, 0.05, 0.04), at(104, 0.05, 0.02))
    assert 101 * DOLLAR < found.usd_micros < 103 * DOLLAR
    assert found.spread < 0.05
    assert found.doubt == 0.04


@given(voices)
def test_the_answer_lies_among_the_voices_whatever_their_order(voices: list[Voice]) -> None:
    found = consensus(voices)
    prices = [voice.usd_micros for voice in voices]
    assert min(prices) * 0.999 - 1 <= found.usd_micros <= max(prices) * 1.001 + 1
    assert 0 < found.probability <= 1
    assert found.spread > 0
    assert consensus(voices[::-1]).spread > 0
