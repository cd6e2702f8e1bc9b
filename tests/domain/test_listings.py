"""What one more report does to a listing, case by case."""

from datetime import timedelta

import msgspec
import pytest

from core.domain.listings import (
    SALE_IS_TOLD_WITHIN,
    SALE_SETTLES,
    Reported,
    SourceName,
    Standing,
    Step,
    believed,
    step,
)
from core.domain.money import Amount, Unit
from tests.domain.reports import START, Listing, at, dollars, ended, listed, sighted

ENDINGS = (Reported.SOLD, Reported.DELISTED, Reported.GONE)
SETTLED = SALE_SETTLES.total_seconds()
TOLD_WITHIN = SALE_IS_TOLD_WITHIN.total_seconds()


def opened(whole: int = 500) -> Listing:
    listing = Listing()
    listing.take(listed(whole, 0))
    return listing


def test_a_first_report_opens() -> None:
    assert Listing().take(listed(500, 0)) is Step.OPENS


def test_another_price_is_another_version_and_the_same_price_is_none() -> None:
    listing = opened(500)
    assert listing.take(listed(80, 10)) is Step.REPRICES
    assert listing.take(listed(80, 20)) is Step.CONFIRMS


def test_another_currency_is_another_version() -> None:
    in_sol = msgspec.structs.replace(listed(500, 10), ask=Amount(dollars(500).value, Unit.LAMPORTS))
    assert opened(500).take(in_sol) is Step.REPRICES


def test_up_and_down_and_up_again_are_four_versions() -> None:
    listing = Listing()
    for second, whole in enumerate((500, 80, 500, 80)):
        listing.take(listed(whole, second))
    assert listing.asks == [dollars(500), dollars(80), dollars(500), dollars(80)]


@pytest.mark.parametrize("said", ENDINGS)
def test_an_ending_closes_once(said: Reported) -> None:
    listing = opened()
    assert listing.take(ended(said, 10)) is Step.CLOSES
    assert listing.take(ended(said, 20)) is Step.IGNORED


@pytest.mark.parametrize("said", ENDINGS)
def test_the_ending_of_an_unknown_listing_is_remembered(said: Reported) -> None:
    listing = Listing()
    assert listing.take(ended(said, 10)) is Step.CLOSES
    assert listing.take(listed(500, 5)) is Step.IGNORED
    assert listing.standing == Standing(False, None, at(10), at(10), said, SourceName.MAGIC_EDEN)


@pytest.mark.parametrize("said", [Reported.DELISTED, Reported.GONE])
def test_an_ending_older_than_the_state_changes_nothing(said: Reported) -> None:
    listing = opened()
    listing.take(listed(80, 20))
    assert listing.take(ended(said, 19.999)) is Step.IGNORED
    assert listing.take(ended(said, 20)) is Step.CLOSES


def test_an_older_price_changes_nothing() -> None:
    listing = opened()
    listing.take(listed(80, 20))
    assert listing.take(listed(500, 10, source=SourceName.COLLECTOR_CRYPT)) is Step.IGNORED
    assert listing.take(listed(80, 10, source=SourceName.COLLECTOR_CRYPT)) is Step.IGNORED


def test_of_two_prices_of_the_same_time_the_one_seen_later_stands() -> None:
    later = opened(500)
    assert later.take(listed(80, 0, seen=1)) is Step.REPRICES
    earlier = Listing()
    earlier.take(listed(80, 0, seen=1))
    assert earlier.take(listed(500, 0, seen=0)) is Step.IGNORED


def test_a_replayed_report_confirms_at_most() -> None:
    listing = opened(500)
    assert listing.take(listed(500, 0)) is Step.CONFIRMS
    listing.take(listed(80, 10))
    assert listing.take(listed(500, 0)) is Step.IGNORED
    listing.take(ended(Reported.DELISTED, 20))
    assert listing.take(listed(80, 10)) is Step.IGNORED
    assert listing.take(ended(Reported.DELISTED, 20)) is Step.IGNORED


def test_a_replayed_ending_does_not_end_what_was_opened_since() -> None:
    listing = opened()
    listing.take(ended(Reported.DELISTED, 10))
    listing.take(listed(500, 20))
    assert listing.take(ended(Reported.DELISTED, 10)) is Step.IGNORED
    again = msgspec.structs.replace(ended(Reported.DELISTED, 10), effective_at=at(30))
    assert step(listing.standing, again, is_replay=True) is Step.IGNORED


@pytest.mark.parametrize(
    ("said", "after_s", "expected"),
    [
        (Reported.SOLD, 1, Step.IGNORED),
        (Reported.SOLD, SETTLED, Step.IGNORED),
        (Reported.SOLD, SETTLED + 0.001, Step.OPENS),
        (Reported.DELISTED, 0, Step.OPENS),
        (Reported.DELISTED, -0.001, Step.IGNORED),
        (Reported.GONE, 0, Step.IGNORED),
        (Reported.GONE, 0.001, Step.OPENS),
    ],
)
def test_a_sale_settles_for_a_minute_any_other_ending_at_once(
    said: Reported, after_s: float, expected: Step
) -> None:
    listing = opened()
    listing.take(ended(said, 100))
    assert listing.take(listed(500, 100 + after_s)) is expected


@pytest.mark.parametrize(
    ("before_s", "expected"), [(0, Step.CLOSES), (SETTLED, Step.CLOSES), (SETTLED + 0.001, Step.IGNORED)]
)
def test_a_sale_told_late_stands_against_the_minute_in_which_it_settles(
    before_s: float, expected: Step
) -> None:
    listing = Listing()
    listing.take(listed(500, 100))
    assert listing.take(ended(Reported.SOLD, 100 - before_s)) is expected


@pytest.mark.parametrize(
    ("before_s", "expected"),
    [(-30, Step.CLOSES), (0, Step.CLOSES), (TOLD_WITHIN - 1, Step.CLOSES), (TOLD_WITHIN, Step.IGNORED)],
)
def test_a_sale_told_late_explains_why_a_listing_was_gone(before_s: float, expected: Step) -> None:
    listing = opened()
    listing.take(ended(Reported.GONE, 2_000))
    assert listing.take(ended(Reported.SOLD, 2_000 - before_s)) is expected
    assert listing.take(ended(Reported.SOLD, 2_000 - before_s)) is Step.IGNORED


def test_a_sale_does_not_explain_a_delisting() -> None:
    listing = opened()
    listing.take(ended(Reported.DELISTED, 2_000))
    assert listing.take(ended(Reported.SOLD, 1_990)) is Step.IGNORED


@pytest.mark.parametrize(("ahead_s", "believed_s"), [(0, 0), (60, 60), (61, 60), (10**9, 60)])
def test_a_state_is_not_believed_to_be_of_the_future(ahead_s: float, believed_s: float) -> None:
    assert believed(listed(500, ahead_s, seen=0)).effective_at == at(believed_s)


def test_delisted_and_listed_again_within_a_second_is_believed_of_the_same_feed_and_a_newer_page() -> None:
    listing = opened()
    listing.take(ended(Reported.DELISTED, 100, seen=103))
    assert listing.take(listed(80, 100, seen=103, source=SourceName.COLLECTOR_CRYPT)) is Step.IGNORED
    assert listing.take(listed(500, 100, seen=102)) is Step.IGNORED
    assert listing.take(listed(70, 100, seen=103)) is Step.OPENS
    assert listing.take(ended(Reported.DELISTED, 100, seen=103)) is Step.IGNORED


@pytest.mark.parametrize(
    ("said", "after_s", "expected"),
    [
        (Reported.GONE, SETTLED, Step.IGNORED),
        (Reported.GONE, SETTLED + 0.001, Step.OPENS),
        (Reported.SOLD, 10_000, Step.IGNORED),
        (Reported.DELISTED, 10_000, Step.IGNORED),
    ],
)
def test_only_what_was_merely_missed_is_back_when_it_is_sighted(
    said: Reported, after_s: float, expected: Step
) -> None:
    listing = opened(500)
    listing.take(ended(said, 100))
    assert listing.take(sighted(500, 100 + after_s)) is expected


def test_a_sighting_opens_nothing_that_is_unknown_and_changes_nothing_that_is_open() -> None:
    assert Listing().take(sighted(500, 0)) is Step.IGNORED
    assert opened(500).take(sighted(80, 100)) is Step.IGNORED


def test_a_listing_that_opens_again_is_a_version_of_its_own_at_the_same_price() -> None:
    listing = opened(500)
    listing.take(ended(Reported.DELISTED, 10))
    listing.take(listed(500, 20))
    assert listing.asks == [dollars(500), dollars(500)]


def test_the_minute_in_which_a_sale_settles_is_what_the_rules_say() -> None:
    assert timedelta(seconds=60) == SALE_SETTLES
    assert at(0) == START
