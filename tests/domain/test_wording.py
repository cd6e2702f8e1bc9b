"""Two catalogues' words for one card."""

import pytest

from core.domain.wording import number_of, set_words, words_of


def test_words_have_no_case_accents_or_punctuation() -> None:
    assert words_of("Pokémon EX [1st Edition]") == words_of("pokemon-ex, 1ST edition")
    assert words_of("Charizard ex") != words_of("Charizard")


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
