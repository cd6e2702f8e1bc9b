"""The samples about rates and the chain parse to what a reader writes down by hand."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from core.domain.catalog import CardKey, Grade, Grader, SlabFacts
from core.domain.listings import Chain, Mint, SourceName, Wallet
from core.domain.prices import Candle, Rate
from core.domain.wallets import Holding
from core.errors import SourceChanged, SourceError, SourceRateLimited, SourceRefused, SourceUnavailable
from core.sources import coinbase, coingecko, helius, jupiter, pyth, solana
from core.sources.http import Fetched
from core.sources.http.rpc import NOT_FOUND
from core.sources.jupiter import COINS
from tests.sources.conftest import START
from tests.sources.payloads import Json, fetched

IVYSAUR = Mint("5LTsPPRXqUWNA9nx8zy8NchSWrmqAdzF28m5wPzZ1kE6")
IVYSAUR_OWNER = Wallet("Low6UekJP3QrFVMfNRTL8CPK2SiGFhvp57sgF2pkmVu")
RAYLEIGH = Mint("5y9GsvBdAYrTHBwybZRJQVEkEVfcyr3v9WqzRktJxdue")
RAYLEIGH_OWNER = Wallet("GachaNgyXTU3zFogQ8Z5jR2BLXs8215X2AtEH18VxJq3")
UPDATED_AT = datetime(2026, 5, 18, 8, 17, 38, tzinfo=UTC)


@pytest.fixture
def samples(shared_folder: Path) -> Path:
    return shared_folder / "samples"


def sample(path: Path) -> Fetched:
    return Fetched(SourceName.HELIUS, path.read_bytes(), START)


def test_rates_of_sol_and_usdc(samples: Path) -> None:
    spot = coinbase.parse_rate(sample(samples / "coingecko" / "coinbase_spot.assembled.json"), "SOL/USD")
    assert spot == Rate("SOL/USD", Decimal("85.32"), SourceName.COINBASE, START)
    prices = sample(samples / "jupiter" / "price_v3.docs.json")
    sol, usdc = (jupiter.parse_rate(prices, pair, COINS[pair]) for pair in ("SOL/USD", "USDC/USD"))
    assert sol == Rate("SOL/USD", Decimal("147.48"), SourceName.JUPITER, START)
    assert usdc == Rate("USDC/USD", Decimal("0.9999"), SourceName.JUPITER, START)
    update = sample(samples / "pyth" / "updates_price_latest.assembled.json")
    published = pyth.parse_rate(update, "SOL/USD", pyth.FEEDS["SOL/USD"])
    assert published == Rate("SOL/USD", Decimal("85.32"), SourceName.PYTH, UPDATED_AT)


def test_candles(samples: Path) -> None:
    rows = sample(samples / "coingecko" / "coins_id_ohlc.docs.json")
    first, second = coingecko.parse_candles(rows, "BTC/USD", timedelta(minutes=30))
    opened_at = datetime(2026, 5, 19, 13, 30, tzinfo=UTC)
    assert first == Candle(
        "BTC/USD", opened_at, Decimal(76769), Decimal(76889), Decimal(76744), Decimal(76818)
    )
    assert second == Candle(
        "BTC/USD",
        opened_at + timedelta(minutes=30),
        Decimal(76712),
        Decimal(76712),
        Decimal(76321),
        Decimal(76422),
    )


def test_cards_of_both_collections(samples: Path) -> None:
    assets = sample(samples / "solana" / "searchAssets_collectorcrypt.assembled.json")
    core, pnft = helius.COLLECTIONS
    newer, has_more = helius.parse_holdings(assets, IVYSAUR_OWNER, core)
    title, image = "2025 #065 Ivysaur PSA 10 Japanese M1l-Mega Brave", "https://nft.collectorcrypt.com/front/"
    slab = SlabFacts(
        grader=Grader.PSA,
        certificate="145822162",
        grade=Grade(100),
        title=title,
        card=CardKey(
            "Pokemon", "Pokemon Japanese M1l-Mega Brave", "065", "Ivysaur", variant="Art Rare", year=2025
        ),
        category="Pokemon",
        image_url=f"{image}2026092456C266582",
        insured_usd_micros=37_000_000,
    )
    assert newer.holdings == (Holding(Chain.SOLANA, IVYSAUR, title, slab, image_url=slab.image_url),)
    assert (newer.total, has_more) == (None, False)
    [older] = helius.parse_holdings(assets, RAYLEIGH_OWNER, pnft)[0].holdings
    described = "2025 One Piece OP11-A Fist of Divine Speed Silvers Rayleigh Special Alternate Art 005"
    assert (older.mint, older.title) == (RAYLEIGH, described)
    assert older.slab is not None
    assert (older.slab.certificate, older.slab.grade) == ("140024105", Grade(100))
    assert older.slab.insured_usd_micros == 130_000_000
    owned = sample(samples / "solana" / "getAsset_core_collectorcrypt.assembled.json")
    assert helius.parse_owner(owned, IVYSAUR) == IVYSAUR_OWNER


def test_what_is_not_a_card_of_collector_crypt_is_left_out(samples: Path) -> None:
    wallet = Wallet("86xCnPeV69n6t3DnyGvkKobf9FdN2H9oiVDdaMpo2MMY")
    assets = sample(samples / "solana" / "getAssetsByOwner.docs.json")
    for collection in helius.COLLECTIONS:
        assert helius.parse_holdings(assets, wallet, collection)[0].holdings == ()
    coins = sample(samples / "solana" / "getTokenAccountsByOwner.docs.json")
    assert solana.parse_holdings(coins, Wallet("A1TMhSGzQxMr1TboBKtgixKz1sS6REASMxPo1qsyTSJd")) == ()


def test_errors_as_documented(samples: Path) -> None:
    kinds: dict[int, type[SourceError]] = {
        -32602: SourceChanged,
        -32001: SourceRefused,
        -32029: SourceRateLimited,
        -32000: SourceUnavailable,
    }
    errors: Json = msgspec.json.decode((samples / "solana" / "errors.docs.json").read_bytes())
    for body in (error["body"] for error in errors):
        code = body["error"]["code"]
        if code == NOT_FOUND:
            assert helius.parse_owner(fetched(SourceName.HELIUS, body), IVYSAUR) is None
            continue
        with pytest.raises(SourceError) as caught:
            helius.parse_owner(fetched(SourceName.HELIUS, body), IVYSAUR)
        assert type(caught.value) is kinds[code]
