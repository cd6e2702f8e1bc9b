"""A feed dates an order by its block, another vendor by when it noticed: what is left in the end."""

from dataclasses import dataclass, field

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from core.domain.listings import SALE_SETTLES, Report, Reported, SourceName, Step, casts_doubt, sighting
from tests.domain.reports import Listing, at, ended, listed

PRICES = (70, 80)
LAG_MAX_S = int(SALE_SETTLES.total_seconds()) - 1
SETTLED_S = LAG_MAX_S + 2


@dataclass
class Telling:
    """What truly happened, in order, and everything that was told of it."""

    truth: list[Report] = field(default_factory=list)
    told: list[Report] = field(default_factory=list)


@st.composite
def tellings(draw: st.DrawFn) -> Telling:
    """The feed tells everything; the vault dates each state later, and shows it before or after the feed."""
    told, second, is_open = Telling(), 0, False
    lag = draw(st.integers(0, LAG_MAX_S))
    for _ in range(draw(st.integers(1, 6))):
        second += draw(st.integers(1, 40)) + (0 if is_open else SETTLED_S)
        if is_open and draw(st.booleans()):
            told.truth.append(ended(draw(st.sampled_from([Reported.SOLD, Reported.DELISTED])), second))
            is_open = False
        else:
            told.truth.append(listed(draw(st.sampled_from(PRICES)), second))
            is_open = True
    told.told = [*told.truth]
    for report in told.truth:
        if report.ask is not None and draw(st.booleans()):
            first = max(told.told.index(report) - draw(st.integers(0, 1)), 0)
            told.told.insert(draw(st.integers(first, len(told.told))), by_vault(report, lag))
    return told


def by_vault(report: Report, lag_s: int) -> Report:
    second = (report.effective_at - at(0)).total_seconds() + lag_s + 0.5
    late = listed(80, second, source=SourceName.COLLECTOR_CRYPT)
    return msgspec.structs.replace(late, ask=report.ask, listed_at=late.effective_at)


@given(tellings())
def test_the_listing_ends_where_it_truly_is_or_is_asked_about(telling: Telling) -> None:
    listing, is_doubted = Listing(), False
    for report in telling.told:
        before = listing.standing
        done = listing.take(report)
        is_doubted = (is_doubted and done is Step.IGNORED) or (
            done is Step.IGNORED and casts_doubt(before, report)
        )
    last, standing = telling.truth[-1], listing.standing
    assert standing is not None
    is_right = standing.is_open == (last.said is Reported.LISTED) and (
        not standing.is_open or standing.ask == last.ask
    )
    assert is_right or is_doubted


def test_a_state_of_before_the_feeds_last_word_is_not_believed_though_it_is_dated_later() -> None:
    for word in (listed(70, 10), ended(Reported.DELISTED, 10), ended(Reported.SOLD, 10)):
        listing = Listing()
        listing.take(listed(80, 0))
        listing.take(word)
        assert listing.take(by_vault(listed(80, 0), LAG_MAX_S)) is Step.IGNORED


def test_a_listing_put_on_sale_again_soon_after_its_end_is_believed_once_a_page_goes_on_showing_it() -> None:
    for said in (Reported.DELISTED, Reported.SOLD):
        listing = Listing()
        listing.take(listed(80, 0))
        listing.take(ended(said, 10))
        again = by_vault(listed(80, 20), 0)
        assert listing.take(again) is Step.IGNORED
        assert listing.take(sighting(again, at(70))) is Step.IGNORED
        assert listing.take(sighting(by_vault(listed(80, 0), 5), at(71))) is Step.IGNORED
        assert listing.take(sighting(again, at(71))) is Step.OPENS
