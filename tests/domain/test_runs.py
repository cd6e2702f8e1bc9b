"""Runs: what can be worked as a whole, in the order it came."""

from hypothesis import given
from hypothesis import strategies as st

from core.domain.runs import runs


def letters(word: str) -> str:
    return word


def test_a_run_ends_before_a_name_is_named_again() -> None:
    assert list(runs(["ab", "c", "bd", "a"], letters)) == [["ab", "c"], ["bd", "a"]]
    assert list(runs(["a", "a"], letters)) == [["a"], ["a"]]
    assert list(runs([], letters)) == []


@given(st.lists(st.text("abcde", max_size=3)))
def test_nothing_is_lost_or_moved_and_no_run_names_twice(words: list[str]) -> None:
    cut = list(runs(words, letters))
    assert [word for run in cut for word in run] == words
    for run in cut:
        named = [letter for word in run for letter in set(word)]
        assert len(named) == len(set(named))
