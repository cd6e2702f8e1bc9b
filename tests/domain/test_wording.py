"""Two catalogues' words for one card."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.wording import folded, number_of, set_words, words_in, words_of


def test_words_have_no_case_accents_or_punctuation() -> None:
    assert words_of("Pokémon EX [1st Edition]") == words_of("pokemon-ex, 1ST edition")
    assert words_of("Charizard ex") != words_of("Charizard")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("One_Piece: 1st, one!", ["one", "piece", "1st", "one"]),
        ("ピカチュウex 皮卡丘V", ["ピカチュウ", "ex", "皮卡丘", "v"]),
        ("ﾊﾞｽ バス ハス", ["バス", "バス", "ハス"]),
        ("Pokémon™ ＰＲＯＭＯ 𝐌𝐞𝐰", ["pokemon", "promo", "mew"]),
        ("피카츄", ["피카츄"]),
    ],
)
def test_words_are_told_in_their_order_and_apart_where_the_script_changes(
    text: str, words: list[str]
) -> None:
    assert words_in(text) == words


@given(st.text())
def test_a_text_is_folded_once_and_for_all(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pokemon Base Set", "Base Set"),
        ("OP01-Romance Dawn", "One Piece Romance Dawn"),
        ("Yu-Gi-Oh! LOB-Legend of Blue Eyes White Dragon", "YuGiOh Legend of Blue Eyes White Dragon"),
    ],
)
def test_a_set_is_itself_with_its_game_and_code_or_without(one: str, other: str) -> None:
    assert set_words(one) == set_words(other)


def test_a_language_and_a_second_printing_of_a_set_are_another_set() -> None:
    assert set_words("Pokemon Japanese Base Set") != set_words("Pokemon Base Set")
    assert set_words("Pokemon Base Set 2") != set_words("Pokemon Base Set")


@pytest.mark.parametrize(
    ("text", "number"), [("#004/102", "4"), ("4", "4"), ("000", "000"), ("OP01-003", "op01-003"), ("", "")]
)
def test_a_number_is_compared_without_its_dress(text: str, number: str) -> None:
    assert number_of(text) == number
