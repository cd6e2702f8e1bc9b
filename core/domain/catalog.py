"""Cards, slabs and kinds: what a graded copy is, and how vendors' words for it are read."""

import re
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from core.domain.prices import Quote


class Grader(StrEnum):
    """The companies whose grades we know; anything else has no slab."""

    PSA = "PSA"
    BGS = "BGS"
    CGC = "CGC"
    SGC = "SGC"
    TAG = "TAG"


class GradeLabel(StrEnum):
    """A distinction above the number."""

    NONE = ""
    BLACK = "Black"
    PRISTINE = "Pristine"
    GOLD = "Gold"


class Grade(msgspec.Struct, frozen=True, order=True):
    """Tenths, so that 9.5 is 95, with the label some graders add."""

    tenths: int
    label: GradeLabel = GradeLabel.NONE


class CardKey(msgspec.Struct, frozen=True):
    """A catalogue identity. Unknown parts are empty, never guessed."""

    game: str
    set_name: str
    number: str
    name: str
    variant: str = ""
    language: str = ""
    year: int = 0


class SlabFacts(msgspec.Struct, frozen=True):
    """What a source says a token's slab is."""

    grader: Grader
    certificate: str
    grade: Grade
    title: str
    card: CardKey | None
    category: str = ""
    image_url: str = ""
    insured_usd_micros: int | None = None
    alt_asset_id: str = ""
    """ALT's name for the card, from whoever tells it; empty when it was not told."""


class CertificateFacts(msgspec.Struct, frozen=True):
    """What a grading company says of one of its certificates."""

    grader: Grader
    certificate: str
    grade: Grade | None
    card: CardKey | None
    title: str
    population: int | None = None
    population_higher: int | None = None


class CardSet(msgspec.Struct, frozen=True):
    """A set as a catalogue knows it; `id` is the catalogue's own."""

    id: str
    game: str
    name: str
    released: str = ""
    """ISO date, empty when not given."""


class CatalogueEntry(msgspec.Struct, frozen=True):
    """One card of a catalogue, with what raw copies of its printings cost at `priced_at`."""

    id: str
    game: str
    name: str
    set_name: str = ""
    number: str = ""
    rarity: str = ""
    image_url: str = ""
    quotes: tuple[Quote, ...] = ()
    priced_at: datetime | None = None


_COMPANIES = {"BECKETT": Grader.BGS, "BECKETT GRADING SERVICES": Grader.BGS} | {g.value: g for g in Grader}
_LABELS = {"BLACK": GradeLabel.BLACK, "PRISTINE": GradeLabel.PRISTINE, "GOLD": GradeLabel.GOLD}
_NUMBER = re.compile(r"(?<![\d.])(10|[1-9](?:\.5)?)(?:\.0)?(?![\d.])")
_TITLE = re.compile(
    r"^(?P<year>(?:19|20)\d\d)\s+(?:#(?P<number>\S{1,24})\s+)?(?P<name>\S.*?)\s+"
    r"(?P<grader>PSA|BGS|Beckett|CGC|SGC|TAG)\s+(?P<grade>10|[1-9](?:\.5)?)(?:\s|$)",
    re.IGNORECASE,
)


def grader_of(text: str) -> Grader | None:
    """The grading company a vendor's word means, or None for an ungraded or unknown one."""
    return _COMPANIES.get(text.strip().upper())


def grade_of(text: str) -> Grade | None:
    """Read "GEM-MT 10", "NM/MINT+ 8.5" or "PRISTINE 10"; None when there is no grade in it."""
    numbers = _NUMBER.findall(text)
    if not numbers:
        return None
    words = re.split(r"[^A-Z]+", text.upper())
    label = next((_LABELS[word] for word in words if word in _LABELS), GradeLabel.NONE)
    return Grade(int(Decimal(numbers[-1]) * 10), label)


def card_of(title: str, *, game: str, set_name: str, number: str, variant: str, year: int) -> CardKey | None:
    """The card a marketplace title names, or None when the title has another form."""
    match = _TITLE.match(title.strip())
    if match is None:
        return None
    return CardKey(
        game=game.strip(),
        set_name=set_name.strip(),
        number=(number or match["number"] or "").lstrip("#").strip(),
        name=match["name"].strip(),
        variant=variant.strip(),
        year=year or int(match["year"]),
    )


def day_of(text: str | None) -> str:
    """The ISO date that a vendor's time begins with; empty when there is none in it."""
    try:
        return date.fromisoformat((text or "")[:10]).isoformat()
    except ValueError:
        return ""


def slab_name(grader: Grader, grade: Grade, title: str) -> str:
    """`[PSA 10] name`, the way every post begins."""
    label = f" {grade.label}" if grade.label else ""
    return f"[{grader} {grade_text(grade)}{label}] {title}"


def grade_text(grade: Grade) -> str:
    """10, 9.5, 9: without a needless zero."""
    whole, tenth = divmod(grade.tenths, 10)
    return f"{whole}.{tenth}" if tenth else str(whole)
