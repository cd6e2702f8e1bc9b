"""Time zones are found by what people type."""

import pytest

from core.domain.zones import is_zone, zone_named
from core.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("berlin", "Europe/Berlin"),
        ("  New   York ", "America/New_York"),
        ("los_angeles", "America/Los_Angeles"),
        ("utc", "UTC"),
        ("kolkata", "Asia/Kolkata"),
        ("Zürich", "Europe/Zurich"),
        ("são paulo", "America/Sao_Paulo"),
    ],
)
def test_a_name_or_a_city_is_enough(text: str, zone: str) -> None:
    assert zone_named(text) == zone
    assert is_zone(zone)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "Middle Earth", "../../etc/passwd", "UTC+2", "GMT+1", "Etc/GMT-5", "x" * 4_000, "\x00"],
)
def test_what_is_no_zone_is_refused_with_what_to_type(text: str) -> None:
    with pytest.raises(InvalidInput, match="nearest large city"):
        zone_named(text)


def test_a_name_of_several_zones_is_answered_with_them() -> None:
    with pytest.raises(InvalidInput, match=r"Several time zones .*America/.* and \d+ more\. Type one"):
        zone_named("america")


def test_a_name_without_summer_time_is_not_taken_for_the_one_with_it() -> None:
    with pytest.raises(InvalidInput, match=r"Several time zones .*EST5EDT"):
        zone_named("est")
    assert not is_zone("MST")


def test_names_of_no_place_are_no_zones() -> None:
    assert not is_zone("Factory")
    assert not is_zone("europe/berlin")
