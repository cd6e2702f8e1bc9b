"""The catalogues."""

from core.domain.catalog import CardSet, CatalogueEntry
from core.domain.listings import SourceName
from core.domain.prices import Quote
from core.sources import scryfall, tcgcsv, tcgdex, ygoprodeck
from tests.sources.conftest import START
from tests.sources.parsers.parser import Parser, is_sound
from tests.sources.payloads import fetched
from tests.sources.payloads_catalogues import (
    csv_answer,
    csv_category,
    csv_group,
    csv_price,
    csv_product,
    dex_brief,
    dex_card,
    dex_set,
    fall_card,
    fall_page,
    fall_set,
    ygo_card,
    ygo_cards,
    ygo_printing,
    ygo_set,
)

FLAMES = CardSet("3/23237", "Pokemon", "Obsidian Flames")
PRICES = fetched(SourceName.TCGCSV, csv_answer(csv_price()))
PRINTINGS = ygo_cards(ygo_card(card_sets=[ygo_printing(), ygo_printing(set_rarity="Secret Rare")]))
PARSERS = (
    Parser("dex entry", tcgdex.parse_entry, dex_card()),
    Parser("dex found", tcgdex.parse_found, [dex_brief()]),
    Parser("dex sets", tcgdex.parse_sets, [dex_set()]),
    Parser("dex set", tcgdex.parse_set, dex_set(dex_brief())),
    Parser(
        "csv categories", tcgcsv.parse_categories, csv_answer(csv_category(), csv_category(71, "Lorcana"))
    ),
    Parser("csv groups", lambda f: tcgcsv.parse_groups(f, 3, "Pokemon"), csv_answer(csv_group())),
    Parser("csv entries", lambda f: tcgcsv.parse_entries(f, PRICES, FLAMES), csv_answer(csv_product())),
    Parser("csv prices", tcgcsv.parse_prices, csv_answer(csv_price(), csv_price("Normal"))),
    Parser("scryfall entry", scryfall.parse_entry, fall_card()),
    Parser("scryfall page", lambda f: scryfall.parse_page(f)[0], fall_page(fall_card())),
    Parser("scryfall sets", scryfall.parse_sets, fall_page(fall_set())),
    Parser("ygo cards", ygoprodeck.parse_cards, PRINTINGS),
    Parser("ygo printings", ygoprodeck.parse_printings, PRINTINGS),
    Parser("ygo sets", ygoprodeck.parse_sets, [ygo_set()]),
)


def quotes_in(result: object) -> list[Quote]:
    if isinstance(result, Quote):
        return [result]
    if isinstance(result, CatalogueEntry):
        return list(result.quotes)
    parts = result.values() if isinstance(result, dict) else result if isinstance(result, tuple) else ()
    return [quote for part in parts for quote in quotes_in(part)]


def entries_in(result: object) -> list[CatalogueEntry]:
    found = result if isinstance(result, tuple) else (result,)
    return [entry for entry in found if isinstance(entry, CatalogueEntry)]


def check(result: object) -> None:
    assert all(is_sound(quote.amount) for quote in quotes_in(result))
    assert all(entry.priced_at is None or entry.priced_at <= START for entry in entries_in(result))
    assert all(entry.id and (entry.priced_at or not entry.quotes) for entry in entries_in(result))
