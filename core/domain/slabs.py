"""Marketplaces' words for a graded card, as they come, and how they are read into SlabFacts."""

import re
from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from core.domain.catalog import CardKey, Grade, SlabFacts, card_of, grade_of, grader_of
from core.domain.money import Unit, amount_of

Word: TypeAlias = str | int | float | bool | None

TEXT_LENGTH_MAX = 300
CERTIFICATE_LENGTH_MAX = 40
URL_LENGTH_MAX = 1000
ASSET_ID_PATTERN = r"\A[^\x00-\x1f\x7f-\x9f]{1,80}\Z"
"""What can be ALT's name for a card."""
ORDINARY = frozenset({"", "base", "none", "normal", "regular", "n/a"})

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_ASSET_ID = re.compile(ASSET_ID_PATTERN)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_GRADE_NUMBER = re.compile(r"[0-9]{1,2}(?:\.[0-9])?")
_DOLLARS = re.compile(r"\$?\s*([0-9]{1,3}(?:,[0-9]{3}){0,3}|[0-9]{1,12})(\.[0-9]{1,18})?")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_TRAITS = {
    "kind": "Type",
    "company": "Grading Company",
    "certificate": "Grading ID",
    "grade": "The Grade",
    "grade_number": "GradeNum",
    "category": "Category",
    "set_name": "Set",
    "number": "Serial Number",
    "parallel": "Parallel",
    "year": "Year",
    "insured": "Insured Value",
}


class SlabWords(msgspec.Struct, frozen=True, kw_only=True):
    """What a vendor wrote about a token: texts or numbers, and any of them may be absent."""

    title: Word = None
    kind: Word = None
    company: Word = None
    certificate: Word = None
    grade: Word = None
    grade_number: Word = None
    category: Word = None
    set_name: Word = None
    number: Word = None
    parallel: Word = None
    year: Word = None
    insured: Word = None
    image_url: Word = None


def plain(word: Word, length_max: int = TEXT_LENGTH_MAX) -> str:
    """One line without control characters; empty for an absent word."""
    return "" if word is None else _CONTROL.sub(" ", str(word)).strip()[:length_max]


def web_address(word: Word) -> str:
    """The address when it can be one of the web (and so may stand in a link), else empty."""
    text = plain(word, URL_LENGTH_MAX)
    return text if _WEB_ADDRESS.fullmatch(text) else ""


def asset_id_of(word: Word) -> str:
    """ALT's name for a card in another vendor's words, empty when it cannot be one."""
    return word if isinstance(word, str) and word.strip() and _ASSET_ID.fullmatch(word) else ""


def is_graded_card(words: SlabWords) -> bool:
    """A card (where a kind is named at all) with a grade of a company we know."""
    is_card = plain(words.kind).casefold() in {"", "card"}
    return is_card and grader_of(plain(words.company)) is not None and read_grade(words) is not None


def slab_of(words: SlabWords) -> SlabFacts | None:
    """None when it is no graded card, or its certificate or title is not given."""
    grader, grade = grader_of(plain(words.company)), read_grade(words)
    certificate, title = plain(words.certificate, CERTIFICATE_LENGTH_MAX), plain(words.title)
    if not is_graded_card(words) or grader is None or grade is None or not certificate or not title:
        return None
    year = plain(words.year)
    return SlabFacts(
        grader=grader,
        certificate=certificate,
        grade=grade,
        title=title,
        card=card_of(
            title,
            game=plain(words.category),
            set_name=plain(words.set_name),
            number=plain(words.number),
            variant=read_variant(words),
            year=int(year) if _YEAR.fullmatch(year) else 0,
        ),
        category=plain(words.category),
        image_url=web_address(words.image_url),
        insured_usd_micros=insured_usd_micros(plain(words.insured)),
    )


def slab_of_traits(traits: Mapping[str | None, Word], *, title: Word, image_url: Word) -> SlabFacts | None:
    """As slab_of, from the traits that Collector Crypt writes into its tokens."""
    words = {field: traits.get(name) for field, name in _TRAITS.items()}
    return slab_of(SlabWords(title=title, image_url=image_url, **words))


def slab_of_named(words: SlabWords, *, name: Word, language: Word) -> SlabFacts | None:
    """As slab_of, for vendors that name the card apart from the title. English goes without saying."""
    slab, card_name, tongue = slab_of(words), plain(name), plain(language)
    if slab is None:
        return None
    year = plain(words.year)
    card = CardKey(
        game=slab.category,
        set_name=plain(words.set_name),
        number=plain(words.number).lstrip("#"),
        name=card_name,
        variant=read_variant(words),
        language="" if tongue.casefold() == "english" else tongue,
        year=int(year) if _YEAR.fullmatch(year) else 0,
    )
    return msgspec.structs.replace(slab, card=card if card_name else None)


def read_variant(words: SlabWords) -> str:
    """The parallel; empty for the ordinary card, which vendors call Base or leave out."""
    parallel = plain(words.parallel)
    return "" if parallel.casefold() in ORDINARY else parallel


def read_grade(words: SlabWords) -> Grade | None:
    """The grade in words, or the separate number with the words' label; None when the two disagree."""
    text, number = plain(words.grade), plain(words.grade_number)
    said = grade_of(text)
    if not _GRADE_NUMBER.fullmatch(number):
        return said
    counted = grade_of(f"{text} {number}")
    return counted if said is None or said == counted else None


def insured_usd_micros(text: str) -> int | None:
    """Read "37", "1,500.50" or "$1,250.00"; None for what is no amount, or nothing."""
    match = _DOLLARS.fullmatch(text)
    if match is None:
        return None
    whole, cents = match.groups(default="")
    return amount_of(whole.replace(",", "") + cents, Unit.USD_MICROS).value or None
