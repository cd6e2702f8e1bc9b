"""The recorded and documented answers beside the repository parse to what a reader writes down by hand."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from core.domain.catalog import CardKey, Grade, Grader, SlabFacts
from core.domain.listings import Chain, ListingKey, Mint, Report, Reported, SourceName, Venue, Wallet
from core.domain.money import Amount, Unit
from core.domain.prices import Rate
from core.domain.valuation import Evidence, EvidenceKind
from core.errors import SourceChanged
from core.sources import alt, coingecko, collectorcrypt, magiceden
from core.sources.base import LiveListing
from core.sources.http import Fetched
from tests.sources.conftest import START

ALT_SLAB = SlabFacts(Grader.PSA, "145822162", Grade(100), "2025 #065 Ivysaur PSA 10", None)
VENUSAUR = Mint("A1XpmBRwKgTt8PnAF3f55xsQnjtYXhCZZ9JCn9gr5PfK")
VENUSAUR_SELLER = Wallet("HDmEm8a6CX2gSXT6m3NJZRbLmUqBSejXu3D8KkDSbhPf")
VENUSAUR_LISTED_AT = datetime(2026, 9, 29, 19, 27, 42, 514_000, tzinfo=UTC)


@pytest.fixture
def samples(shared_folder: Path) -> Path:
    return shared_folder / "samples"


def fetched(source: SourceName, path: Path) -> Fetched:
    return Fetched(source, path.read_bytes(), START)


def cc(samples: Path, name: str) -> Fetched:
    return fetched(SourceName.COLLECTOR_CRYPT, samples / "collectorcrypt" / name)


def me(samples: Path, name: str) -> Fetched:
    return fetched(SourceName.MAGIC_EDEN, samples / "magiceden" / name)


def test_the_marketplace_as_it_was_recorded(samples: Path) -> None:
    page, cursor = collectorcrypt.parse_listings(cc(samples, "marketplace.recorded-trimmed.json"))
    first, second = page.reports
    assert (page.skipped, cursor) == (1, None)
    changed_at = datetime(2026, 8, 1, 20, 37, 7, 743_000, tzinfo=UTC)
    seller = Wallet("EofCkTaFXUjdwpQdbTnjMsZD1nqjGTenUGFsfEdkraYN")
    assert first == Report(
        key=ListingKey(Venue.CC, Chain.SOLANA, Mint("2w1XbDvP9k2pGP313VKmu8QpS3Ja1nSXLyUuQZG1MK7D"), seller),
        source=SourceName.COLLECTOR_CRYPT,
        event_id="v2_4fXXMLCUf2QUXid3@2026-08-01T20:37:07.743000+00:00=37000000",
        said=Reported.LISTED,
        effective_at=changed_at,
        seen_at=START,
        ask=Amount(37_000_000, Unit.USD_MICROS),
        listed_at=changed_at,
        slab=None,  # the certificate was trimmed from the recording
    )
    assert second.ask == Amount(654_000_000, Unit.USD_MICROS)
    assert second.effective_at == datetime(2026, 8, 1, 20, 37, 0, 433_000, tzinfo=UTC)


def test_the_catalogue_as_assembled(samples: Path) -> None:
    title = "2023 #003 Venusaur ex CGC 10 Venusaur/Charizard/Blastoise Spec. Set ex - SVG - Japanese"
    set_name = "Venusaur/Charizard/Blastoise Spec. Set ex - SVG - Japanese"
    answer = cc(samples, "cards_publicNft.assembled.json")
    assert collectorcrypt.parse_slab(answer, VENUSAUR) == SlabFacts(
        grader=Grader.CGC,
        certificate="1401041606092",
        grade=Grade(100),
        title=title,
        card=CardKey("Pokemon", set_name, "003", "Venusaur ex", year=2023),
        category="Pokemon",
        image_url="https://d1xpxki1g4htqu.cloudfront.net/KStUWO5GVQaSVSY8EIk2tlgA6Bk3Hbkl0CWj7f_j4ow",
        insured_usd_micros=16_000_000,
    )


def test_the_market_and_the_activity_as_assembled(samples: Path) -> None:
    live = collectorcrypt.parse_live(cc(samples, "cards_publicNft_market.assembled.json"), VENUSAUR)
    ask = Amount(470_000_000, Unit.USD_MICROS)
    assert live == LiveListing(VENUSAUR_SELLER, ask, Venue.CC, START, VENUSAUR_LISTED_AT)
    activity = cc(samples, "card_activity.assembled.json")
    ending = collectorcrypt.parse_ending(activity, VENUSAUR, VENUSAUR_SELLER, VENUSAUR_LISTED_AT)
    assert ending is not None
    assert ending.effective_at == datetime(2026, 9, 30, 10, tzinfo=UTC)
    assert ending.paid == ask
    assert ending.buyer == "66cvcbcryJMFmYPKwdGhUnJn9hZTxPoLMEb378PEqRFR"


def test_the_activities_of_the_specification(samples: Path) -> None:
    page = magiceden.parse_activities(me(samples, "collections_symbol_activities.docs.json"))
    assert page.skipped == 0
    first, second = page.reports
    mint = Mint("Hn35U1k6N8ZJ4ToAKxJvwwb5iyoNb6crxChK186AtRp5")
    signature = "ntGRVYH31VtYYatGmax4evUAdEejh2bHRCUR9Fwe1mjMQYDVBngbxRf3ATDwUyeKoMwJD7SA6sEDQYj4T34qufo"
    listed_at = datetime(2022, 6, 27, 12, 13, 20, tzinfo=UTC)
    assert first == Report(
        key=ListingKey(Venue.ME, Chain.SOLANA, mint, Wallet("JB9knFr8FkiT5vRf3U2UKTdyWnkotG2MYmBnR1HuhLXv")),
        source=SourceName.MAGIC_EDEN,
        event_id=f"{signature}:list:{mint}",
        said=Reported.LISTED,
        effective_at=listed_at,
        seen_at=START,
        ask=Amount(5_100_000_000, Unit.LAMPORTS),
        listed_at=listed_at,
    )
    assert second.ask == Amount(5_050_000_000, Unit.LAMPORTS)


def test_a_sale_of_the_specification(samples: Path) -> None:
    page = magiceden.parse_activities(me(samples, "wallets_addr_activities.docs.json"))
    assert (len(page.reports), page.skipped) == (1, 1)
    sale = page.reports[0]
    assert (sale.said, sale.paid) == (Reported.SOLD, Amount(45_000_000, Unit.LAMPORTS))
    assert sale.buyer == "FtynbMEVKQnZp5iUmVaooR2JNW4brGD68eU4PLUUjNdX"


def test_a_listing_recorded_in_usdc(samples: Path) -> None:
    mint = Mint("26b9cnSoE2terkf9YkaLFrcmNsL4kHqLHMJD5k3mvdFJ")
    answer = me(samples, "collections_collector_crypt_listings.recorded-core-assembled-token.json")
    assert magiceden.parse_live(answer, mint) == LiveListing(
        Wallet("CgB8t76Jnr4zTUF6KbCKyFtpvHoQYGaksKR91WNV45uS"),
        Amount(25_000_000, Unit.USD_MICROS),
        Venue.ME,
        START,
    )


def test_a_listing_of_the_specification_in_sol(samples: Path) -> None:
    mint = Mint("6XkPLDtV2w17UUsyzah39PTBjZ9xTY8HokqRdWcmDhBa")
    live = magiceden.parse_live(me(samples, "tokens_mint_listings.docs.json"), mint)
    assert live is not None
    assert live.ask == Amount(1_120_000_000, Unit.LAMPORTS)
    assert magiceden.parse_slab(me(samples, "tokens_mint.docs.json")) is None


def test_alt_as_assembled(samples: Path) -> None:
    folder = samples / "alt"
    asset_id = "7b0f1f5c-1d5c-4a0e-9a53-0f3f2d0c1a11"
    cert = fetched(SourceName.ALT, folder / "Cert.assembled.json")
    assert alt.parse_asset_id(cert, ALT_SLAB) == asset_id
    unknown = fetched(SourceName.ALT, folder / "Cert_unknown.assembled.json")
    assert alt.parse_asset_id(unknown, ALT_SLAB) is None
    details = fetched(SourceName.ALT, folder / "AssetDetails.assembled.json")
    assert alt.parse_value(details, ALT_SLAB) == Evidence(
        kind=EvidenceKind.ALT,
        value_usd_micros=41_500_000,
        confidence=82,
        low_usd_micros=35_200_000,
        high_usd_micros=48_900_000,
        asset_name="2025 Pokemon Japanese M1l-Mega Brave Art Rare Ivysaur #065",
        asset_id=asset_id,
        population=1520,
    )
    with pytest.raises(SourceChanged, match="was not provided"):
        alt.parse_value(fetched(SourceName.ALT, folder / "error.assembled.json"), ALT_SLAB)


def test_coingecko_as_documented_and_assembled(samples: Path) -> None:
    folder = samples / "coingecko"
    solana = fetched(SourceName.COINGECKO, folder / "simple_price_solana.assembled.json")
    at = datetime(2026, 5, 18, 8, 17, 38, tzinfo=UTC)
    assert coingecko.parse_rate(solana, "SOL/USD", "solana") == Rate(
        "SOL/USD", Decimal("85.32"), SourceName.COINGECKO, at
    )
    bitcoin = coingecko.parse_rate(
        fetched(SourceName.COINGECKO, folder / "simple_price.docs.json"), "BTC/USD", "bitcoin"
    )
    assert bitcoin is not None
    assert bitcoin.usd == 76975
    unknown = fetched(SourceName.COINGECKO, folder / "simple_price_unknown_id.assembled.json")
    assert coingecko.parse_rate(unknown, "SOL/USD", "solana") is None
