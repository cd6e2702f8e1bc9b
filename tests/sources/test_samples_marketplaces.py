"""The answers beside the repository about wallets, histories, offers and sales, as a reader reads them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.domain.catalog import Grade, Grader, SlabFacts
from core.domain.listings import Chain, ListingKey, Mint, Report, Reported, SourceName, Venue, Wallet
from core.domain.money import Amount, Unit
from core.domain.prices import CollectionStats
from core.domain.wallets import Holding, Offer, SaleSeen
from core.sources import alt, collectorcrypt, magiceden
from core.sources.http import Fetched
from tests.sources.conftest import START

VENUSAUR = Mint("A1XpmBRwKgTt8PnAF3f55xsQnjtYXhCZZ9JCn9gr5PfK")
ROBIN = Mint("9iQWVTEBXJmw7N5ZoPE1njuijtfAcXsDhUzwDY88ZBoh")
MARCY = Wallet("66cvcbcryJMFmYPKwdGhUnJn9hZTxPoLMEb378PEqRFR")
SLAB = SlabFacts(Grader.PSA, "145822162", Grade(100), "x", None)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def samples(shared_folder: Path) -> Path:
    return shared_folder / "samples"


def cc(samples: Path, name: str) -> Fetched:
    return Fetched(SourceName.COLLECTOR_CRYPT, (samples / "collectorcrypt" / name).read_bytes(), START)


def me(samples: Path, name: str) -> Fetched:
    return Fetched(SourceName.MAGIC_EDEN, (samples / "magiceden" / name).read_bytes(), START)


def test_a_wallet_as_it_was_recorded(samples: Path) -> None:
    page, pages = collectorcrypt.parse_holdings(
        cc(samples, "cards_wallet_envelope.recorded-trimmed.json"), MARCY
    )
    assert (page.total, page.seen_at, pages) == (3, START, 2)
    assert page.holdings == (
        Holding(
            chain=Chain.SOLANA,
            mint=ROBIN,
            title="2024 #017 Nico Robin PSA 10 One Piece English Version 1st Anniversary Set",
            slab=None,  # the certificate was trimmed from the recording
            ask=None,
            image_url="https://d1xpxki1g4htqu.cloudfront.net/lruoKwaingKvt8XPByiUE-E9ZMWu_a4kIdoHCAZWAy8",
        ),
    )


def test_an_activity_as_assembled(samples: Path) -> None:
    answer = cc(samples, "card_activity.assembled.json")
    sold_at, seller = datetime(2026, 9, 30, 10, tzinfo=UTC), "HDmEm8a6CX2gSXT6m3NJZRbLmUqBSejXu3D8KkDSbhPf"
    sale = Report(
        key=ListingKey(Venue.CC, Chain.SOLANA, VENUSAUR, Wallet(seller)),
        source=SourceName.COLLECTOR_CRYPT,
        event_id="5VERYrealLookingSignatureAssembledNotRecorded1111111111111111111111111111111111111111",
        said=Reported.SOLD,
        effective_at=sold_at,
        seen_at=START,
        paid=Amount(470_000_000, Unit.USD_MICROS),
        buyer=MARCY,
    )
    assert collectorcrypt.parse_history(answer, VENUSAUR, LONG_AGO).reports == (sale,)
    assert collectorcrypt.parse_history(answer, VENUSAUR, sold_at + timedelta(seconds=1)).reports == ()
    assert collectorcrypt.parse_activities(answer, MARCY).reports == (sale,)


def test_an_offer_as_assembled(samples: Path) -> None:
    [offer] = collectorcrypt.parse_offers(cc(samples, "rpc_getCardOffers.assembled.json"), VENUSAUR)
    assert offer == Offer(
        source=SourceName.COLLECTOR_CRYPT,
        id="68e1cc2f-1372-45a1-aae4-63cb8e70066a",
        mint=VENUSAUR,
        amount=Amount(400_000_000, Unit.USD_MICROS),
        buyer=None,
        at=datetime(2026, 9, 30, 9, tzinfo=UTC),
    )


def test_the_tokens_of_a_wallet_in_the_specification(samples: Path) -> None:
    owner = Wallet("EWmtsfBA8EikR3vvhsXgxn7cBQCUZfXJ7jMwXUpYRzXY")
    page, rows = magiceden.parse_holdings(me(samples, "wallets_addr_tokens.docs.json"), owner)
    assert rows == 1
    assert page.holdings == (
        Holding(
            chain=Chain.SOLANA,
            mint=Mint("HdcrPMF4kHKqy5V9JibNSoWLNpqnxQUBDEBeimZkLf7u"),
            title="Scanning of Picasso",
            image_url="https://www.arweave.net/c-5vOkt_YZZmlU8pjijlIYPFVZLDrm7jLAs918aFe-g?ext=JPG",
        ),
    )


def test_the_activities_of_a_token_in_the_specification(samples: Path) -> None:
    mint = Mint("6XkPLDtV2w17UUsyzah39PTBjZ9xTY8HokqRdWcmDhBa")
    page = magiceden.parse_history(me(samples, "tokens_mint_activities.docs.json"), mint, LONG_AGO)
    assert {report.said for report in page.reports} == {Reported.LISTED}
    assert {report.ask for report in page.reports} == {Amount(1_120_000_000, Unit.LAMPORTS)}
    assert page.reports[0].effective_at == datetime(2022, 5, 31, 19, 18, 45, tzinfo=UTC)


def test_the_stats_of_the_specification(samples: Path) -> None:
    stats = magiceden.parse_stats(me(samples, "collections_symbol_stats.docs.json"))
    assert stats == CollectionStats(START, Amount(2_850_000_000, Unit.LAMPORTS), 877)


def test_alts_sales_as_assembled_leave_out_what_was_sold_again(samples: Path) -> None:
    path = samples / "alt" / "AssetMarketTransactions.assembled.json"
    sales = alt.parse_sales(Fetched(SourceName.ALT, path.read_bytes(), START), SLAB)
    at = datetime(2026, 9, 20, tzinfo=UTC)
    assert sales == (SaleSeen("tx-1", at, Amount(41_000_000, Unit.USD_MICROS), "eBay"),)
