"""A post's title says grader and grade once, and of the vendor's own words it loses nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.ui.text import plain
from cogs.ui.titles import TITLE_LENGTH_MAX, card_name, deal_title, kept_title
from core.domain.catalog import Grade, GradeLabel, Grader, slab_name
from tests.cogs.deal_posts import a_deal

TEN = Grade(100)
CERTIFICATE = "12345678"


@pytest.mark.parametrize(
    ("title", "grader", "grade", "name"),
    [
        ("2024 #017 Nico Robin PSA 10 One Piece English Version 1st Anniversary Set", Grader.PSA, TEN,
         "2024 #017 Nico Robin One Piece English Version 1st Anniversary Set"),
        ("2023 #003 Venusaur ex CGC 10 Venusaur/Charizard/Blastoise Spec. Set ex - SVG - Japanese",
         Grader.CGC, TEN, "2023 #003 Venusaur ex Venusaur/Charizard/Blastoise Spec. Set ex - SVG - Japanese"),
        ("2026 #051 Pikachu PSA 9 Tef EN-Temporal Forces", Grader.PSA, Grade(90),
         "2026 #051 Pikachu Tef EN-Temporal Forces"),
        ("2016 Evolutions Charizard EX #12 PSA 9", Grader.PSA, Grade(90), "2016 Evolutions Charizard EX #12"),
        ("2023 Pokemon 151 Charizard ex #199 PSA 10 GEM MINT", Grader.PSA, TEN,
         "2023 Pokemon 151 Charizard ex #199"),
        ("2021 Pokémon Swsh Black Star Promo #182 Vaporeon Vmax - Full Art (PSA 10 GEM MINT)",
         Grader.PSA, TEN,
         "2021 Pokémon Swsh Black Star Promo #182 Vaporeon Vmax - Full Art"),
        ("1999 #4 Charizard Beckett 9.5 Base Set", Grader.BGS, Grade(95), "1999 #4 Charizard Base Set"),
        ("1999 #4 Charizard CGC 10 Pristine Base Set", Grader.CGC, Grade(100, GradeLabel.PRISTINE),
         "1999 #4 Charizard Base Set"),
        ("Charizard - PSA 10 - cert #12345678", Grader.PSA, TEN, "Charizard"),
        ("Charizard Base Set PSA 10 12345678", Grader.PSA, TEN, "Charizard Base Set"),
    ],
)  # fmt: skip
def test_the_slabs_own_grade_and_certificate_go(title: str, grader: Grader, grade: Grade, name: str) -> None:
    assert card_name(title, grader, grade, CERTIFICATE) == name


@pytest.mark.parametrize(
    "title",
    [
        "1999 #85 Pokemon Center PSA 9 Game",
        "2025 #005 Silvers Rayleigh PSA 1",
        "2023 Pupitar CGC 10 Pal",
        "2023 Magikarp 151 #129",
        "Charizard PSA 10/10 Promo",
        "Charizard PSA 10.5",
        "Charizard PSA 100",
        "Charizard ex-PSA 10-Box",
        "Charizard PSA 10 Pristine",
        "The 10 PSA cards",
        "A card 112345678 or 12345678-9 or #12345678x",
        "PSA 10",
        "-",
        "",
    ],
)
def test_nothing_else_goes(title: str) -> None:
    assert card_name(title, Grader.PSA, TEN, CERTIFICATE) == title


def test_a_short_certificate_is_not_mistaken_for_the_number_of_the_card() -> None:
    assert card_name("1999 #4 Charizard 151", Grader.PSA, TEN, "151") == "1999 #4 Charizard 151"


def test_brackets_that_hold_more_stay() -> None:
    name = card_name("Charizard (PSA 10 Swirl) Base Set", Grader.PSA, TEN, CERTIFICATE)
    assert name == "Charizard ( Swirl) Base Set"


def test_the_title_begins_with_our_own_words_for_the_grade() -> None:
    assert deal_title(a_deal()) == "[PSA 10] 1999 #4 Charizard Pokemon Base Set"


@given(st.text(max_size=2_000), st.sampled_from(Grader), st.text(max_size=20))
def test_any_title_stays_a_title(title: str, grader: Grader, certificate: str) -> None:
    shown = deal_title(a_deal(title=title, grader=grader, certificate=certificate))
    assert len(shown.encode("utf-16-le")) // 2 <= TITLE_LENGTH_MAX


@pytest.mark.parametrize("label", GradeLabel)
@pytest.mark.parametrize("grader", Grader)
def test_a_title_that_was_kept_says_the_grade_once_too(grader: Grader, label: GradeLabel) -> None:
    grade = Grade(100, label)
    kept = slab_name(grader, grade, f"2000 #131 Squirtle {grader} 10 Gym Heroes")
    assert kept_title(kept) == slab_name(grader, grade, "2000 #131 Squirtle Gym Heroes")


@pytest.mark.parametrize(
    "title", ["PSA 12345678", "[PSA 10]", "[XYZ 10] Squirtle PSA 10", "[PSA 0.0.0x] a", ""]
)
def test_a_kept_title_of_another_form_stays(title: str) -> None:
    assert kept_title(title) == plain(title)


@given(st.text(max_size=600) | st.from_regex(r"\[(PSA|CGC) [0-9.]{1,4}\] .{0,300}", fullmatch=True))
def test_no_kept_title_is_too_long_or_pings(title: str) -> None:
    shown = kept_title(title, 120)
    assert len(shown) <= 120
    assert "@everyone" not in shown
