"""The catalogues' recorded and documented answers parse to what a reader writes down by hand."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.domain.catalog import CardSet, CatalogueEntry
from core.domain.listings import SourceName
from core.domain.money import Amount, Unit
from core.domain.prices import Quote, QuoteKind
from core.sources import scryfall, tcgcsv, tcgdex, ygoprodeck
from core.sources.http import Fetched, SourceHttp
from tests.sources.conftest import START
from tests.sources.server import Reply, ScriptedServer

MARKET, LOW, MID = QuoteKind.MARKET, QuoteKind.LOW, QuoteKind.MID
TEMPEST = CardSet("3/3170", "Pokemon", "SWSH12: Silver Tempest", "2022-11-11")


@pytest.fixture
def samples(shared_folder: Path) -> Path:
    return shared_folder / "samples"


def fetched(source: SourceName, path: Path) -> Fetched:
    return Fetched(source, path.read_bytes(), START)


def usd(variant: str, kind: QuoteKind, cents: int) -> Quote:
    return Quote(variant, kind, Amount(cents * 10_000, Unit.USD_MICROS))


def eur(variant: str, kind: QuoteKind, cents: int) -> Quote:
    return Quote(variant, kind, Amount(cents * 10_000, Unit.EUR_MICROS))


def test_tcgdex_as_documented(samples: Path) -> None:
    kinds = (
        QuoteKind.AVERAGE,
        LOW,
        QuoteKind.TREND,
        QuoteKind.AVERAGE_1_DAY,
        QuoteKind.AVERAGE_7_DAYS,
        QuoteKind.AVERAGE_30_DAYS,
    )
    plain = zip(kinds, (8, 2, 8, 3, 8, 8), strict=True)
    holo = zip(kinds, (27, 3, 21, 19, 19, 26), strict=True)
    card = fetched(SourceName.TCGDEX, samples / "tcgdex/card_swsh3-136.docs.json")
    assert tcgdex.parse_entry(card) == CatalogueEntry(
        id="swsh3-136",
        game="Pokemon",
        name="Furret",
        set_name="Darkness Ablaze",
        number="136",
        rarity="Uncommon",
        image_url="https://assets.tcgdex.net/en/swsh/swsh3/136/high.webp",
        quotes=(
            usd("normal", MARKET, 9),
            usd("normal", LOW, 2),
            usd("normal", MID, 17),
            usd("reverse", MARKET, 23),
            usd("reverse", LOW, 9),
            usd("reverse", MID, 26),
            *[eur("", kind, cents) for kind, cents in plain],
            *[eur("holo", kind, cents) for kind, cents in holo],
        ),
        priced_at=datetime(2025, 8, 5, 0, 42, 15, tzinfo=UTC),
    )
    (brief,) = tcgdex.parse_found(fetched(SourceName.TCGDEX, samples / "tcgdex/cards_list.assembled.json"))
    assert (brief.id, brief.name, brief.number, brief.quotes) == ("swsh3-136", "Furret", "136", ())


def test_tcgcsv_as_documented(samples: Path) -> None:
    folder = samples / "tcgcsv"
    categories = fetched(SourceName.TCGCSV, folder / "categories.docs.json")
    assert tcgcsv.parse_categories(categories) == {3: "Pokemon"}
    groups = fetched(SourceName.TCGCSV, folder / "3_groups.docs.json")
    assert tcgcsv.parse_groups(groups, 3, "Pokemon") == (TEMPEST,)
    prices = fetched(SourceName.TCGCSV, folder / "3_3170_prices.docs.json")
    holofoil = (usd("Holofoil", MARKET, 53), usd("Holofoil", LOW, 10), usd("Holofoil", MID, 51))
    reverse = [usd("Reverse Holofoil", kind, cents) for kind, cents in ((MARKET, 74), (LOW, 35), (MID, 70))]
    assert tcgcsv.parse_prices(prices) == {451784: (*holofoil, *reverse)}
    products = fetched(SourceName.TCGCSV, folder / "3_3170_products.docs-trimmed.json")
    assert tcgcsv.parse_entries(products, prices, TEMPEST) == (
        CatalogueEntry(
            id="3/3170/451396",
            game="Pokemon",
            name="Lugia VSTAR",
            set_name="SWSH12: Silver Tempest",
            number="139/195",
            rarity="Ultra Rare",
            image_url="https://tcgplayer-cdn.tcgplayer.com/product/451396_200w.jpg",
        ),
    )


def test_scryfall_as_recorded(samples: Path) -> None:
    card = fetched(SourceName.SCRYFALL, samples / "scryfall/card_named.recorded-trimmed.json")
    picture = "normal/front/a/1/a131d558-5f6b-448b-a378-1882e2d02bd2.jpg?1576381609"
    assert scryfall.parse_entry(card) == CatalogueEntry(
        id="a131d558-5f6b-448b-a378-1882e2d02bd2",
        game="Magic",
        name="Alley Strangler",
        set_name="Aether Revolt",
        number="52",
        rarity="common",
        image_url=f"https://cards.scryfall.io/{picture}",
        quotes=(
            usd("nonfoil", MARKET, 6),
            usd("foil", MARKET, 15),
            eur("nonfoil", MARKET, 4),
            eur("foil", MARKET, 13),
        ),
        priced_at=START,
    )


def test_ygoprodeck_as_recorded(samples: Path) -> None:
    answer = fetched(SourceName.YGOPRODECK, samples / "ygoprodeck/cardinfo.recorded-trimmed.json")
    dragon, shadow = ygoprodeck.parse_cards(answer)
    assert dragon == CatalogueEntry(
        id="89631139",
        game="Yu-Gi-Oh!",
        name="Blue-Eyes White Dragon",
        quotes=(
            usd("", LOW, 14),
            eur("", LOW, 9),
            usd("CT13-EN008 Ultra Rare", MARKET, 7449),
            usd("CT14-EN002 Secret Rare", MARKET, 2792),
        ),
        priced_at=START,
    )
    assert (shadow.id, shadow.quotes) == ("4731783", (usd("", LOW, 38), eur("", LOW, 2)))
    (printing,) = ygoprodeck.parse_printings(answer, set_name="Magnificent Monsters")
    assert (printing.id, printing.number, printing.rarity) == (
        "4731783/MAMO-EN038",
        "MAMO-EN038",
        "Secret Rare",
    )
    assert (printing.set_name, printing.quotes) == ("Magnificent Monsters", ())


async def test_each_has_its_own_way_to_say_not_found(
    http: SourceHttp, server: ScriptedServer, samples: Path
) -> None:
    server.says(Reply((samples / "tcgdex/error_404.docs.json").read_bytes(), status=404))
    assert await tcgdex.TcgDex(http, base_url=server.url).entry("none-1") is None
    server.says(Reply((samples / "scryfall/error_404.assembled.json").read_bytes(), status=404))
    assert await scryfall.Scryfall(http, base_url=server.url).search("zzzz", limit=1) == ()
    server.says(Reply((samples / "ygoprodeck/error_400.assembled.json").read_bytes(), status=400))
    assert await ygoprodeck.YgoProDeck(http, base_url=server.url).search("zzzz", limit=1) == ()
