"""What the catalogues can be asked, each question with a good answer to it."""

from collections.abc import Awaitable

import msgspec

from core.domain.catalog import CatalogueEntry
from core.sources.base import CatalogueSource
from core.sources.scryfall import LOCKOUT_S as SCRYFALL_LOCKOUT_S
from core.sources.scryfall import Scryfall
from core.sources.tcgcsv import TcgCsv
from core.sources.tcgdex import TcgDex
from core.sources.ygoprodeck import LOCKOUT_S as YGOPRODECK_LOCKOUT_S
from core.sources.ygoprodeck import YgoProDeck
from tests.sources.payloads_catalogues import (
    UUID,
    csv_everything,
    dex_brief,
    dex_card,
    dex_set,
    fall_card,
    fall_page,
    fall_set,
    ygo_cards,
    ygo_set,
)
from tests.sources.questions.question import Question


async def first_page(source: CatalogueSource, set_id: str) -> tuple[CatalogueEntry, ...] | None:
    return await anext(aiter(source.entries(set_id)), None)


async def undated(asked: Awaitable[object]) -> list[object]:
    """The entries without the time of their answer, by which two answers would differ."""
    answer = await asked
    return [
        msgspec.structs.replace(one, priced_at=None) if isinstance(one, CatalogueEntry) else one
        for one in (answer if isinstance(answer, tuple) else (answer,))
    ]


QUESTIONS = (
    Question(
        "dex entry", lambda http, url: undated(TcgDex(http, base_url=url).entry("sv03-223")), dex_card()
    ),
    Question(
        "dex search",
        lambda http, url: undated(TcgDex(http, base_url=url).search("char", limit=5)),
        [dex_brief()],
    ),
    Question("dex sets", lambda http, url: undated(TcgDex(http, base_url=url).sets()), [dex_set()]),
    Question(
        "dex set",
        lambda http, url: undated(first_page(TcgDex(http, base_url=url), "sv03")),
        dex_set(dex_brief()),
    ),
    Question("csv sets", lambda http, url: undated(TcgCsv(http, base_url=url).sets()), csv_everything()),
    Question(
        "csv entry",
        lambda http, url: undated(TcgCsv(http, base_url=url).entry("3/23237/509980")),
        csv_everything(),
    ),
    Question(
        "csv set",
        lambda http, url: undated(first_page(TcgCsv(http, base_url=url), "3/23237")),
        csv_everything(),
    ),
    Question(
        "scryfall entry",
        lambda http, url: undated(Scryfall(http, base_url=url).entry(UUID)),
        fall_card(),
        lockout_s=SCRYFALL_LOCKOUT_S,
    ),
    Question(
        "scryfall search",
        lambda http, url: undated(Scryfall(http, base_url=url).search("alley", limit=5)),
        fall_page(fall_card()),
        lockout_s=SCRYFALL_LOCKOUT_S,
    ),
    Question(
        "scryfall sets",
        lambda http, url: undated(Scryfall(http, base_url=url).sets()),
        fall_page(fall_set()),
        lockout_s=SCRYFALL_LOCKOUT_S,
    ),
    Question(
        "scryfall set",
        lambda http, url: undated(first_page(Scryfall(http, base_url=url), "aer")),
        fall_page(fall_card()),
        lockout_s=SCRYFALL_LOCKOUT_S,
    ),
    Question(
        "ygo entry",
        lambda http, url: undated(YgoProDeck(http, base_url=url).entry("89631139/CT13-EN008")),
        ygo_cards(),
        lockout_s=YGOPRODECK_LOCKOUT_S,
    ),
    Question(
        "ygo search",
        lambda http, url: undated(YgoProDeck(http, base_url=url).search("blue", limit=5)),
        ygo_cards(),
        lockout_s=YGOPRODECK_LOCKOUT_S,
    ),
    Question(
        "ygo sets",
        lambda http, url: undated(YgoProDeck(http, base_url=url).sets()),
        [ygo_set()],
        lockout_s=YGOPRODECK_LOCKOUT_S,
    ),
    Question(
        "ygo set",
        lambda http, url: undated(first_page(YgoProDeck(http, base_url=url), "2016 mega-tins")),
        ygo_cards(),
        lockout_s=YGOPRODECK_LOCKOUT_S,
    ),
)
