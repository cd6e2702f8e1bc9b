"""Marketplaces' words for a graded card."""

import pytest

from core.domain.catalog import Grade, GradeLabel
from core.domain.slabs import SlabWords, insured_usd_micros, is_graded_card, plain, read_grade, slab_of

WORDS = SlabWords(title="2023 #199 Charizard PSA 10 X", company="PSA", certificate="1", grade="GEM-MT 10")


@pytest.mark.parametrize(
    ("grade", "number", "expected"),
    [
        ("GEM-MT 10", None, Grade(100)),
        ("NM/MINT+ 8.5", None, Grade(85)),
        ("PRISTINE 10", 10.0, Grade(100, GradeLabel.PRISTINE)),
        ("GEM MINT", "10", Grade(100)),
        (None, 9.5, Grade(95)),
        ("BLACK LABEL", 10, Grade(100, GradeLabel.BLACK)),
        ("GEM-MT 10", 9, None),
        ("GEM-MT 10", 1e16, Grade(100)),
        ("GEM-MT 10", "", Grade(100)),
        ("AUTHENTIC", None, None),
        ("AUTHENTIC", 0, None),
        (None, None, None),
    ],
)
def test_a_grade_is_read_from_its_words_and_its_number(
    grade: str | None, number: float | str | None, expected: Grade | None
) -> None:
    assert read_grade(SlabWords(grade=grade, grade_number=number)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("37", 37_000_000),
        ("1,500.50", 1_500_500_000),
        ("$1,250.00", 1_250_000_000),
        ("12500", 12_500_000_000),
        ("0", None),
        ("", None),
        ("N/A", None),
        ("-5", None),
        ("1,5", None),
        ("1.250,00", None),
        ("1e9", None),
        ("9" * 13, None),
    ],
)
def test_an_insured_value_is_an_amount_or_nothing(text: str, expected: int | None) -> None:
    assert insured_usd_micros(text) == expected


@pytest.mark.parametrize("kind", [None, "", "Card", "CARD"])
def test_a_kind_that_is_not_named_may_be_a_card(kind: str | None) -> None:
    assert is_graded_card(SlabWords(kind=kind, company="psa", grade="MINT 9"))


@pytest.mark.parametrize(
    "words",
    [
        SlabWords(kind="Comic", company="CGC", grade="9.8"),
        SlabWords(company="Not graded", grade="10"),
        SlabWords(company="PSA"),
        SlabWords(),
    ],
)
def test_anything_else_is_no_graded_card(words: SlabWords) -> None:
    assert not is_graded_card(words)
    assert slab_of(words) is None


def test_a_slab_needs_its_certificate_and_its_title() -> None:
    assert slab_of(WORDS) is not None
    assert slab_of(SlabWords(title="x", company="PSA", grade="10")) is None
    assert slab_of(SlabWords(certificate="1", company="PSA", grade="10")) is None


def test_words_are_one_line_of_bounded_length() -> None:
    assert plain("  a\x00b\nc\x85 ") == "a b c"
    assert len(plain("x" * 10_000)) == 300
    assert plain(12) == "12"


@pytest.mark.parametrize(
    ("year", "expected"), [(2023, 2023), ("1999", 1999), ("unknown", 2023), (None, 2023)]
)
def test_a_year_that_is_not_given_is_taken_from_the_title(year: int | str | None, expected: int) -> None:
    slab = slab_of(SlabWords(title=WORDS.title, company="PSA", certificate="1", grade="10", year=year))
    assert slab is not None
    assert slab.card is not None
    assert slab.card.year == expected
