"""Which sales of a token say nothing of its worth."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from core.domain.listings import Wallet
from core.domain.trades import BACK_AND_FORTH_WITHIN, Trade, back_and_forth, is_with_oneself
from tests.services.reports import sold

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANN, BOB, CAT = Wallet("ann"), Wallet("bob"), Wallet("cat")
SOLD = Trade(1, ANN, BOB, AT)


def trade(
    seller: Wallet, buyer: Wallet | None, *, after: timedelta = timedelta(days=1), id: int = 2
) -> Trade:
    return Trade(id, seller, buyer, AT + after)


@pytest.mark.parametrize(
    ("others", "meaningless"),
    [
        ([], ()),
        ([trade(BOB, ANN)], (1, 2)),
        ([trade(BOB, ANN, after=-BACK_AND_FORTH_WITHIN)], (1, 2)),
        ([trade(BOB, ANN, after=BACK_AND_FORTH_WITHIN + timedelta(seconds=1))], ()),
        ([trade(BOB, CAT)], ()),
        ([trade(BOB, None)], ()),
        ([trade(ANN, BOB)], ()),
        ([trade(BOB, ANN), trade(BOB, CAT, id=3), trade(BOB, ANN, id=4)], (1, 2, 4)),
    ],
)
def test_what_goes_back_to_its_seller_within_a_month_was_not_sold(
    others: list[Trade], meaningless: tuple[int, ...]
) -> None:
    assert back_and_forth(SOLD, others) == meaningless


@pytest.mark.parametrize(("buyer", "expected"), [("seller", True), ("buyer", False), (None, False)])
def test_who_buys_his_own_has_sold_nothing(buyer: str | None, expected: bool) -> None:
    report = msgspec.structs.replace(sold(), buyer=None if buyer is None else Wallet(buyer))
    assert is_with_oneself(report) is expected
