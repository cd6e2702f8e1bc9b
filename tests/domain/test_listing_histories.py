"""Whole histories of a listing, told by two vendors in any order: what is left in the end."""

from dataclasses import dataclass

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.domain.listings import SALE_SETTLES, Report, Reported, SourceName, Step
from tests.domain.reports import Listing, ended, listed, sighted

SETTLED_S = int(SALE_SETTLES.total_seconds()) + 1
PRICES = (80, 500)


@dataclass(frozen=True)
class Telling:
    """What truly happened (in order), and how two vendors told it."""

    truth: list[Report]
    told: list[Report]


@st.composite
def histories(draw: st.DrawFn) -> list[Report]:
    """What a seller can truly do: list, reprice, delist, sell; and list again, after a sale much later,
    after a delisting perhaps within the same second of block time.
    """
    truth: list[Report] = []
    second, is_open = 0, False
    for _ in range(draw(st.integers(1, 8))):
        before = truth[-1].said if truth else None
        second += draw(st.integers(0 if before is Reported.DELISTED else 1, 90))
        second += SETTLED_S if before is Reported.SOLD else 0
        if is_open and draw(st.booleans()):
            truth.append(ended(draw(st.sampled_from([Reported.SOLD, Reported.DELISTED])), second))
            is_open = False
        else:
            truth.append(listed(draw(st.sampled_from(PRICES)), second))
            is_open = True
    return truth


@st.composite
def tellings(draw: st.DrawFn) -> Telling:
    """One vendor tells every event in order; the other some of the states on sale, at any moment later."""
    truth = draw(histories())
    told: list[Report] = []
    for report in truth:
        told.append(report)
        if report.said is Reported.LISTED and draw(st.booleans()):
            place = draw(st.integers(0, len(told) * 2))
            seen_by_other = msgspec.structs.replace(report, source=SourceName.COLLECTOR_CRYPT)
            told.insert(min(place, len(told)), seen_by_other)
    return Telling(truth, told)


@given(tellings())
def test_whichever_vendor_is_first_the_listing_ends_where_it_truly_is(telling: Telling) -> None:
    listing = Listing()
    for report in telling.told:
        listing.take(report)
    last, standing = telling.truth[-1], listing.standing
    assert standing is not None
    assert standing.is_open == (last.said is Reported.LISTED)
    assert standing.ask == last.ask or not standing.is_open
    assert standing.closed_as == (None if standing.is_open else last.said)


@given(tellings(), st.data())
def test_a_page_read_again_changes_nothing(telling: Telling, data: st.DataObject) -> None:
    once, again = Listing(), Listing()
    for n, report in enumerate(telling.told):
        once.take(report)
        again.take(report)
        for replayed in data.draw(st.lists(st.sampled_from(telling.told[: n + 1]), max_size=3)):
            assert again.take(replayed) in {Step.IGNORED, Step.CONFIRMS}
    assert again.asks == once.asks
    assert again.standing == once.standing


@given(histories())
def test_every_true_change_is_a_version_when_it_is_told_in_order(truth: list[Report]) -> None:
    listing = Listing()
    for report in truth:
        listing.take(report)
    changes = [
        report.ask
        for before, report in zip([None, *truth], truth, strict=False)
        if report.ask is not None and (before is None or before.ask != report.ask)
    ]
    assert listing.asks == changes


class AnyReports(RuleBasedStateMachine):
    """Any reports at all, truthful or not: a listing never goes back in time."""

    def __init__(self) -> None:
        super().__init__()
        self.listing = Listing()
        self.worked: list[Report] = []
        self.sales: list[Report] = []

    def take(self, report: Report) -> None:
        before = self.listing.standing
        done = self.listing.take(report)
        self.worked.append(report)
        after = self.listing.standing
        if done is Step.CLOSES and report.said is Reported.SOLD:
            self.sales.append(report)
        if done in {Step.IGNORED, Step.CONFIRMS}:
            assert after == before
        elif before is not None and report.said is not Reported.SOLD:
            assert report.effective_at >= before.state_at

    @rule(whole=st.sampled_from(PRICES), second=st.integers(0, 300), lag=st.integers(0, 60))
    def is_listed(self, whole: int, second: int, lag: int) -> None:
        self.take(listed(whole, second, seen=second + lag))

    @rule(whole=st.sampled_from(PRICES), second=st.integers(0, 300))
    def is_sighted(self, whole: int, second: int) -> None:
        before = self.listing.standing
        done = self.listing.take(sighted(whole, second))
        if done is Step.IGNORED:
            assert self.listing.standing == before
        else:
            assert done is Step.OPENS
            assert before is not None
            assert before.closed_as is Reported.GONE

    @rule(said=st.sampled_from([Reported.SOLD, Reported.DELISTED, Reported.GONE]), second=st.integers(0, 300))
    def has_ended(self, said: Reported, second: int) -> None:
        self.take(ended(said, second))

    @precondition(lambda self: self.worked)
    @rule(data=st.data())
    def is_told_again(self, data: st.DataObject) -> None:
        before = self.listing.standing
        assert self.listing.take(data.draw(st.sampled_from(self.worked))) in {Step.IGNORED, Step.CONFIRMS}
        assert self.listing.standing == before

    @invariant()
    def is_open_with_a_price_or_closed_with_a_reason(self) -> None:
        standing = self.listing.standing
        if standing is not None:
            assert standing.is_open == (standing.closed_as is None)
            assert not standing.is_open or standing.ask == self.listing.asks[-1]

    @invariant()
    def a_sale_stands_for_a_minute(self) -> None:
        standing = self.listing.standing
        if standing is None or not standing.is_open:
            return
        assert all(standing.state_at > sale.effective_at + SALE_SETTLES for sale in self.sales[-1:])


TestAnyReports = AnyReports.TestCase
