"""The answers beside the repository of the marketplaces with vaults of their own, as a reader reads them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.domain.catalog import CardKey, Grade, Grader, SlabFacts
from core.domain.listings import Chain, ListingKey, Mint, Report, Reported, SourceName, Venue, Wallet
from core.domain.money import Amount, Unit
from core.sources import beezie, opensea
from core.sources.http import Fetched
from tests.sources.conftest import START

CHARIZARD = Mint("9e1a4a53JbqkxJ8zpnrDBFJzMp7eHKVAmJfAr89z84K3")


@pytest.fixture
def samples(shared_folder: Path) -> Path:
    return shared_folder / "samples" / "others"


def fetched(source: SourceName, path: Path) -> Fetched:
    return Fetched(source, path.read_bytes(), START)


def test_beezies_listings_as_recorded(samples: Path) -> None:
    path = samples / "beezie-solana_dropItems_byCategory.recorded.json"
    page, total = beezie.parse_listings(fetched(SourceName.BEEZIE, path))
    assert (len(page.reports), page.skipped, total) == (2, 0, 2)
    listed_at = datetime(2026, 8, 7, 14, 28, 27, 516_000, tzinfo=UTC)
    assert page.reports[0] == Report(
        key=ListingKey(
            Venue.BEEZIE,
            Chain.SOLANA,
            CHARIZARD,
            Wallet("3KkAonK7KXwryorwEUwRbbuUnKiyNP4WLqmUT6bjMqoj"),
        ),
        source=SourceName.BEEZIE,
        event_id=f"{CHARIZARD}@1786112907516=38000000",
        said=Reported.LISTED,
        effective_at=listed_at,
        seen_at=START,
        ask=Amount(38_000_000, Unit.USD_MICROS),
        listed_at=listed_at,
        slab=SlabFacts(
            grader=Grader.PSA,
            certificate="54057136",
            grade=Grade(90),
            title="2016 Evolutions Charizard EX #12 PSA 9",
            card=CardKey("Pokemon", "Evolutions", "12", "Charizard EX", year=2016),
            category="Pokemon",
            image_url=f"https://images.beezie.com/solana/{CHARIZARD}/4/original.webp",
            alt_asset_id="3634c4c5-9fd2-40ea-9cfc-030907511e56",
        ),
    )
    second = page.reports[1]
    assert second.ask == Amount(78_000_000, Unit.USD_MICROS)
    assert second.slab is not None
    assert (second.slab.certificate, second.slab.grade) == ("119891760", Grade(60))


def test_openseas_listings_as_assembled_name_no_token(samples: Path) -> None:
    path = samples / "opensea_listings_collection_best.assembled.json"
    page, cursor = opensea.parse_listings(fetched(SourceName.OPENSEA, path))
    assert (page.reports, page.skipped, cursor) == ((), 1, "LXBrPTE=")


def test_courtyards_own_record_names_its_token_twice(samples: Path) -> None:
    """Its proof of integrity is the token's number in hexadecimal, which is what our mint rests on."""
    text = (samples / "courtyard_orderbook_asset.recorded.json").read_text(encoding="utf-8")
    proof = "f33200e006299bae6b8b5cbe307e50d89f5ccdac5a511ac3080072a728cc1f99"
    assert f'"proof_of_integrity": "{proof}"' in text
    assert f'"token_id": "{int(proof, 16)}"' in text
