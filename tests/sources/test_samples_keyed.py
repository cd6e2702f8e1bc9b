"""The answers beside the repository of the vendors that want a key, as a reader writes them down."""

from pathlib import Path

import pytest

from core.domain.catalog import CardKey, CatalogueEntry, Grade, Grader, SlabFacts
from core.domain.listings import SourceName
from core.domain.money import Amount, Unit
from core.domain.prices import Quote, QuoteKind
from core.domain.valuation import Evidence, EvidenceKind
from core.domain.wallets import MarketAsk
from core.errors import SourceChanged, SourceUnavailable
from core.sources import ebay, pricecharting, tcgplayer
from core.sources.http import Fetched, Lent, decode
from tests.sources.conftest import START

CHARIZARD = CardKey("Pokemon", "Base Set", "4", "Charizard", "Holo", year=1999)
SLAB = SlabFacts(Grader.PSA, "1", Grade(90), "1999 #4 Charizard PSA 9 Base Set", CHARIZARD)


@pytest.fixture
def samples(shared_folder: Path) -> Path:
    return shared_folder / "samples"


def fetched(source: SourceName, path: Path) -> Fetched:
    return Fetched(source, path.read_bytes(), START)


def test_pricecharting_as_assembled(samples: Path) -> None:
    name, folder = SourceName.PRICECHARTING, samples / "pricecharting"
    products = fetched(name, folder / "products.assembled.json")
    assert pricecharting.parse_asset_id(products, CHARIZARD) == "6910"
    product = fetched(name, folder / "product.assembled.json")
    assert pricecharting.parse_value(product, SLAB, "6910") == Evidence(
        kind=EvidenceKind.PRICECHARTING,
        value_usd_micros=2_500_000_000,
        confidence=70,
        asset_name="Pokemon Base Set Charizard #4",
        asset_id="6910",
    )
    unknown = fetched(name, folder / "error.assembled.json")
    assert pricecharting.parse_value(unknown, SLAB, "6910") is None


def test_ebays_search_as_assembled(samples: Path) -> None:
    page = ebay.parse_asks(fetched(SourceName.EBAY, samples / "ebay" / "item_summary_search.assembled.json"))
    assert page == ebay.AsksPage(
        (
            MarketAsk(
                source=SourceName.EBAY,
                id="v1|110000000001|0",
                title="2023 Pokemon 151 Charizard ex #199 PSA 10 GEM MINT",
                amount=Amount(249_990_000, Unit.USD_MICROS),
                url="https://www.ebay.com/itm/110000000001",
                seller="example_seller",
                image_url="https://i.ebayimg.com/images/g/x/s-l225.jpg",
            ),
            MarketAsk(
                source=SourceName.EBAY,
                id="v1|110000000002|0",
                title="1999 Pokemon Base Charizard #4 PSA 9",
                amount=Amount(1_025_000_000, Unit.USD_MICROS),
                url="https://www.ebay.com/itm/110000000002",
                seller="example_seller2",
                is_auction=True,
            ),
        ),
        has_more=False,
    )


def test_ebays_other_answers_as_assembled(samples: Path) -> None:
    folder = samples / "ebay"
    empty = fetched(SourceName.EBAY, folder / "item_summary_search_empty.assembled.json")
    assert ebay.parse_asks(empty) == ebay.AsksPage((), has_more=False)
    lent = decode(fetched(SourceName.EBAY, folder / "token.assembled.json"), Lent)
    assert lent == Lent("v^1.1#i^1#REDACTED", 7200)
    with pytest.raises(SourceChanged, match="12001"):
        ebay.parse_asks(fetched(SourceName.EBAY, folder / "error.assembled.json"))


def test_tcgplayer_as_assembled(samples: Path) -> None:
    name, folder = SourceName.TCGPLAYER, samples / "tcgplayer"
    entry = CatalogueEntry("451784", "Pokemon", "x")
    priced = tcgplayer.with_quotes(entry, fetched(name, folder / "pricing_product.assembled.json"))
    assert priced.priced_at == START
    assert priced.quotes == tuple(
        Quote(variant, kind, Amount(micros, Unit.USD_MICROS))
        for variant, kind, micros in (
            ("Holofoil", QuoteKind.MARKET, 530_000),
            ("Holofoil", QuoteKind.LOW, 100_000),
            ("Holofoil", QuoteKind.MID, 510_000),
            ("Reverse Holofoil", QuoteKind.MARKET, 740_000),
            ("Reverse Holofoil", QuoteKind.LOW, 350_000),
            ("Reverse Holofoil", QuoteKind.MID, 700_000),
        )
    )
    assert decode(fetched(name, folder / "token.assembled.json"), Lent) == Lent("REDACTED", 1_209_599)
    with pytest.raises(SourceUnavailable, match="No products were found"):
        tcgplayer.parse_sets(fetched(name, folder / "not_found.assembled.json"))


def test_tcgplayers_catalogue_as_its_mirror_documents_it(samples: Path) -> None:
    folder = samples / "tcgcsv"
    sets = tcgplayer.parse_sets(fetched(SourceName.TCGPLAYER, folder / "3_groups.docs.json"))
    assert sets
    assert all(card_set.game == "Pokemon" and card_set.name for card_set in sets)
    products = fetched(SourceName.TCGPLAYER, folder / "3_3170_products.docs-trimmed.json")
    assert all(entry.number for entry in tcgplayer.parse_products(products, {}))
