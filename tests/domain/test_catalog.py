"""Cards and slabs: how the words of marketplaces are read."""

import pytest

from core.domain.catalog import (
    CardKey,
    Grade,
    GradeLabel,
    Grader,
    card_of,
    grade_of,
    grade_text,
    grader_of,
    slab_name,
)


@pytest.mark.parametrize(
    ("text", "grader"),
    [
        ("PSA", Grader.PSA),
        (" psa ", Grader.PSA),
        ("Beckett", Grader.BGS),
        ("BECKETT GRADING SERVICES", Grader.BGS),
        ("BGS", Grader.BGS),
        ("CGC", Grader.CGC),
        ("SGC", Grader.SGC),
        ("TAG", Grader.TAG),
        ("Not graded", None),
        ("ACE", None),
        ("", None),
    ],
)
def test_a_grading_company_is_known_by_its_names(text: str, grader: Grader | None) -> None:
    assert grader_of(text) is grader


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("GEM-MT 10", Grade(100)),
        ("GEM MINT 10", Grade(100)),
        ("MINT 9", Grade(90)),
        ("NM/MINT+ 8.5", Grade(85)),
        ("NM 7", Grade(70)),
        ("9.0", Grade(90)),
        ("10.0", Grade(100)),
        ("1.5", Grade(15)),
        ("PRISTINE 10", Grade(100, GradeLabel.PRISTINE)),
        ("Black Label 10", Grade(100, GradeLabel.BLACK)),
        ("GOLD LABEL 10", Grade(100, GradeLabel.GOLD)),
        ("BLACKENED 10", Grade(100)),
        ("AUTHENTIC", None),
        ("", None),
        ("0", None),
        ("11", None),
        ("9.25", None),
        ("100", None),
    ],
)
def test_a_grade_is_read_from_its_words(text: str, grade: Grade | None) -> None:
    assert grade_of(text) == grade


@pytest.mark.parametrize(
    ("title", "number", "name", "year"),
    [
        ("2026 #051 Pikachu PSA 9 Tef EN-Temporal Forces", "051", "Pikachu", 2026),
        (
            "2024 #017 Nico Robin PSA 10 One Piece English Version 1st Anniversary Set",
            "017",
            "Nico Robin",
            2024,
        ),
        (
            "2023 #003 Venusaur ex CGC 10 Venusaur/Charizard/Blastoise Spec. Set ex",
            "003",
            "Venusaur ex",
            2023,
        ),
        ("1999 #85 Pokemon Center PSA 10 Game", "85", "Pokemon Center", 1999),
        ("2025 #065 Ivysaur PSA 10 Japanese M1l-Mega Brave", "065", "Ivysaur", 2025),
        ("2025 #005 Silvers Rayleigh PSA 10 OP11-A Fist of Divine Speed", "005", "Silvers Rayleigh", 2025),
        ("2002 Dark Slowbro Beckett 9.5 Legendary", "", "Dark Slowbro", 2002),
        ("2002 Dark Slowbro bgs 8.5", "", "Dark Slowbro", 2002),
    ],
)
def test_a_recorded_title_names_its_card(title: str, number: str, name: str, year: int) -> None:
    expected = CardKey(game="Pokemon", set_name="Set", number=number, name=name, year=year)
    assert card_of(title, game="Pokemon ", set_name=" Set", number="", variant="", year=0) == expected


@pytest.mark.parametrize(
    "title",
    [
        "",
        "Synthetic no-mint row",
        "Elite Pokémon Gacha Pack",
        "2025 Pokemon Japanese M1l-Mega Brave Art Rare Ivysaur #065",
        "2025 #065 Ivysaur PSA",
        "2025 #065 Ivysaur PSA 11 Japanese",
        "1899 #065 Ivysaur PSA 10 Japanese",
    ],
)
def test_a_title_of_another_form_names_no_card(title: str) -> None:
    assert card_of(title, game="", set_name="", number="", variant="", year=0) is None


def test_what_the_row_says_outweighs_the_title() -> None:
    card = card_of(
        "1999 #4 Charizard PSA 10 Game", game="", set_name="", number="#5", variant=" Holo ", year=2000
    )
    assert card is not None
    assert (card.number, card.year, card.variant) == ("5", 2000, "Holo")


@pytest.mark.parametrize(
    ("grade", "text"), [(Grade(100), "10"), (Grade(95), "9.5"), (Grade(90), "9"), (Grade(15), "1.5")]
)
def test_a_grade_is_shown_without_a_needless_zero(grade: Grade, text: str) -> None:
    assert grade_text(grade) == text


def test_a_slab_is_named_by_its_grade_first() -> None:
    assert slab_name(Grader.PSA, Grade(95), "Charizard") == "[PSA 9.5] Charizard"
    assert slab_name(Grader.BGS, Grade(100, GradeLabel.BLACK), "Mew") == "[BGS 10 Black] Mew"
