"""What people type into forms: numbers as they write them, and sentences for what is none."""

from collections.abc import Callable

import pytest

from cogs.ui.entries import dollars, minute, percent, whole, words
from core.errors import InvalidInput

HOSTILE = (
    "",
    " ",
    "-5",
    "1e9",
    "nan",
    "٣",
    "½",
    "5 5x",
    "0x10",
    "9" * 4_000,
    "\x00",
    "`|~",
    "1,2,3.4.5",
    "−0",
)


@pytest.mark.parametrize(
    ("text", "bps"),
    [("30", 3_000), (" 30 %", 3_000), ("12.5", 1_250), ("12,5%", 1_250), ("99.99", 9_999), ("0", 0)],
)
def test_a_percentage_is_read_as_written(text: str, bps: int) -> None:
    assert percent(text, "GOLD") == bps


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("25", 25_000_000),
        ("$1,234.50", 1_234_500_000),
        ("0.01", 10_000),
        ("$ 1 000", 1_000_000_000),
        ("2,50", 2_500_000),
        ("15,5", 15_500_000),
        ("1,234,567", 1_234_567_000_000),
    ],
)
def test_dollars_are_read_as_written(text: str, micros: int) -> None:
    assert dollars(text, "Fees") == micros


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("22:00", 1_320),
        ("7", 420),
        ("7 am", 420),
        ("10:30 PM", 1_350),
        ("12am", 0),
        ("12 pm", 720),
        ("0.15", 15),
    ],
)
def test_a_time_of_day_is_read_as_written(text: str, at: int) -> None:
    assert minute(text, "Begin") == at


@pytest.mark.parametrize("text", ["24:00", "7:60", "13 pm", "0 am", "noon", "7:5", *HOSTILE])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not a time such as 22:00"):
        minute(text, "Begin")


@pytest.mark.parametrize("read", [percent, dollars, whole])
@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_number_is_refused_in_a_short_sentence(read: Callable[[str, str], int], text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(text, "Field")
    assert str(refused.value).startswith("Field: `")
    assert len(str(refused.value)) < 150


@pytest.mark.parametrize("text", ["1.234,50", "1,23,456", "1,234,5", "12.345", "1 5", "15 %"])
def test_dollars_that_can_be_read_in_two_ways_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not dollars"):
        dollars(text, "Fees")


def test_a_percentage_is_no_other_than_what_stands_there() -> None:
    for text in ("15%5", "1 5", "12.345"):
        with pytest.raises(InvalidInput, match="is not a percentage"):
            percent(text, "GOLD")


def test_a_part_of_a_whole_is_refused() -> None:
    assert whole(" 12 ", "Posts") == 12
    with pytest.raises(InvalidInput, match=r"`12\.5` is not a whole number"):
        whole("12.5", "Posts")


def test_words_stand_between_lines_and_commas() -> None:
    assert words("proxy, jumbo  card\n\n custom ,") == ("proxy", "jumbo card", "custom")
    assert words("") == ()
