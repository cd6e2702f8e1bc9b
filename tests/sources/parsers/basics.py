"""What the line itself asks: listings, states, slabs, values, a rate."""

from datetime import timedelta

from core.sources import alt, coingecko, collectorcrypt, magiceden
from tests.sources.conftest import START
from tests.sources.parsers.parser import Parser, assert_sound
from tests.sources.payloads import (
    MINT,
    SELLER,
    alt_asset,
    alt_cert,
    cc_card,
    cc_market,
    cc_page,
    cc_row,
    cc_sale,
    me_activity,
    me_listing,
    me_token,
    sol_price,
    spl,
)
from tests.sources.questions.marketplaces import SLAB

LONG_AGO = START - timedelta(days=400)
PARSERS = (
    Parser("cc listings", lambda f: collectorcrypt.parse_listings(f)[0], cc_page(cc_row(), cc_row())),
    Parser("cc live", lambda f: collectorcrypt.parse_live(f, MINT), cc_market()),
    Parser("cc ending", lambda f: collectorcrypt.parse_ending(f, MINT, SELLER, LONG_AGO), [cc_sale()]),
    Parser("cc slab", lambda f: collectorcrypt.parse_slab(f, MINT), cc_card()),
    Parser("me activities", magiceden.parse_activities, [me_activity(), me_activity(priceInfo=spl("1"))]),
    Parser("me live", lambda f: magiceden.parse_live(f, MINT), [me_listing()]),
    Parser("me ending", lambda f: magiceden.parse_ending(f, MINT, SELLER, LONG_AGO), [me_activity("buyNow")]),
    Parser("me slab", magiceden.parse_slab, me_token()),
    Parser("alt asset id", lambda f: alt.parse_asset_id(f, SLAB), alt_cert()),
    Parser("alt value", lambda f: alt.parse_value(f, SLAB), alt_asset()),
    Parser("coingecko", lambda f: coingecko.parse_rate(f, "SOL/USD", "solana"), sol_price()),
)

check = assert_sound
