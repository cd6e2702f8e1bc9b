"""Wallets, offers, sales and counts at the marketplaces."""

from core.domain.money import Amount
from core.domain.prices import CollectionStats
from core.domain.wallets import HoldingPage, Offer, SaleSeen
from core.sources import alt, collectorcrypt, magiceden
from core.sources.http import address_of
from tests.sources.conftest import START
from tests.sources.parsers.parser import Parser, assert_sound, is_sound
from tests.sources.payloads import MINT, SELLER, cc_sale, me_activity, spl
from tests.sources.payloads_marketplaces import (
    alt_sale,
    alt_sales,
    cc_held,
    cc_offer,
    cc_wallet,
    me_held,
    me_stats,
)
from tests.sources.questions.marketplaces import DAY, SLAB

SINCE = START - DAY
SOLD = [me_activity("buyNow"), me_activity("buyNow", priceInfo=spl("1"))]

PARSERS = (
    Parser(
        "cc history", lambda f: collectorcrypt.parse_history(f, MINT, SINCE), [cc_sale(), cc_sale(id="2")]
    ),
    Parser("cc activities", lambda f: collectorcrypt.parse_activities(f, SELLER), [cc_sale()]),
    Parser("cc holdings", lambda f: collectorcrypt.parse_holdings(f, SELLER)[0], cc_wallet(cc_held())),
    Parser("cc offers", lambda f: collectorcrypt.parse_offers(f, MINT), [cc_offer(), cc_offer(price=410)]),
    Parser("me history", lambda f: magiceden.parse_history(f, MINT, SINCE), SOLD),
    Parser("me holdings", lambda f: magiceden.parse_holdings(f, SELLER)[0], [me_held(), me_held()]),
    Parser("me stats", magiceden.parse_stats, me_stats()),
    Parser("alt sales", lambda f: alt.parse_sales(f, SLAB), alt_sales(alt_sale(), alt_sale("tx-2"))),
)


def amounts_in(result: object) -> list[Amount | None]:
    if isinstance(result, CollectionStats):
        return [result.floor]
    if isinstance(result, HoldingPage):
        return [holding.ask for holding in result.holdings]
    told = result if isinstance(result, tuple) else ()
    return [item.amount for item in told if isinstance(item, Offer | SaleSeen)]


def check(result: object) -> None:
    assert_sound(result)
    assert all(amount is None or is_sound(amount) for amount in amounts_in(result))
    if isinstance(result, HoldingPage):
        assert all(address_of(holding.mint) for holding in result.holdings)
