"""The lines of a history file, as docs/history.md describes them, and when one is not believed.

Amounts are whole numbers with their unit in the name; `at` is when it happened, `known_at` when it could be
known (when left out: at once).
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, TypeAlias

import msgspec
from msgspec import Meta

from core.domain.catalog import CardKey, Grade, GradeLabel, Grader, SlabFacts
from core.domain.listings import Reported, SourceName, Venue

FORMAT: Final = 1
LINE_BYTES_MAX: Final = 8_192
USD_MICROS_MAX: Final = 10**15
"""A billion dollars."""
LAMPORTS_MAX: Final = 10**16
EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
RECENT: Final = timedelta(hours=1)
"""Rates and values as young as this decide about live listings: they come from the sources alone."""

_TOLD_BY: Final = {Venue.CC: SourceName.COLLECTOR_CRYPT, Venue.ME: SourceName.MAGIC_EDEN}
_PLAIN: Final = r"^[^\x00-\x1f\x7f-\x9f]*\Z"
_KEY: Final = r"^[\x21-\x7e]+\Z"
_ADDRESS: Final = r"^[1-9A-HJ-NP-Za-km-z]{32,44}\Z"

Time: TypeAlias = Annotated[datetime, Meta(tz=True)]
Usd: TypeAlias = Annotated[int, Meta(gt=0, le=USD_MICROS_MAX)]
Id: TypeAlias = Annotated[int, Meta(ge=0, lt=2**31)]
Key: TypeAlias = Annotated[str, Meta(pattern=_KEY, max_length=120)]
Address: TypeAlias = Annotated[str, Meta(pattern=_ADDRESS)]
Teller: TypeAlias = Annotated[str, Meta(pattern=r"^[a-z0-9_-]{1,24}\Z")]


class LineError(ValueError):
    """A line that is not understood or not believed; the text says why."""


class Header(msgspec.Struct, frozen=True, tag_field="type", tag="header"):
    """The first line. `world` is demo for an invented market, real for the real one."""

    version: int
    world: str
    made_at: Time


class CardPart(msgspec.Struct, frozen=True):
    """The card of a kind, spelled as Collector Crypt spells it; unknown parts are empty or 0."""

    game: Annotated[str, Meta(pattern=_PLAIN, max_length=60)]
    set_name: Annotated[str, Meta(pattern=_PLAIN, max_length=200)]
    number: Annotated[str, Meta(pattern=_PLAIN, max_length=40)]
    name: Annotated[str, Meta(pattern=_PLAIN, min_length=1, max_length=200)]
    variant: Annotated[str, Meta(pattern=_PLAIN, max_length=120)] = ""
    language: Annotated[str, Meta(pattern=_PLAIN, max_length=20)] = ""
    year: Annotated[int, Meta(ge=0, le=2200)] = 0

    def key(self) -> CardKey:
        return CardKey(
            self.game, self.set_name, self.number, self.name, self.variant, self.language, self.year
        )


class KindLine(msgspec.Struct, frozen=True, tag_field="type", tag="kind"):
    """A card in a grade; `id` is the file's own name for it."""

    id: Id
    card: CardPart
    grader: Grader
    grade_tenths: Annotated[int, Meta(ge=10, le=100)]
    grade_label: GradeLabel = GradeLabel.NONE


class TokenLine(msgspec.Struct, frozen=True, tag_field="type", tag="token"):
    """A token and the slab it stood for since then."""

    mint: Address
    kind: Id
    certificate: Annotated[str, Meta(pattern=_KEY, max_length=40)]
    title: Annotated[str, Meta(pattern=_PLAIN, min_length=1, max_length=300)]
    since: Time
    insured_usd_micros: Annotated[int, Meta(gt=0, le=USD_MICROS_MAX)] | None = None

    def facts(self, kind: KindLine) -> SlabFacts:
        return SlabFacts(
            grader=kind.grader,
            certificate=self.certificate,
            grade=Grade(kind.grade_tenths, kind.grade_label),
            title=self.title,
            card=kind.card.key(),
            category=kind.card.game,
            insured_usd_micros=self.insured_usd_micros,
        )


class RateLine(msgspec.Struct, frozen=True, tag_field="type", tag="rate"):
    """Dollars for one whole coin."""

    at: Time
    pair: Annotated[str, Meta(pattern=r"^[A-Z0-9]{2,10}/USD\Z")]
    usd_micros: Usd
    known_at: Time | None = None
    source: Teller = "history"


class State(StrEnum):
    """What a listing line reports."""

    LISTED = Reported.LISTED.value
    SOLD = Reported.SOLD.value
    DELISTED = Reported.DELISTED.value


class AskUnit(StrEnum):
    """What one of an ask is."""

    USD_MICROS = "usd_micros"
    LAMPORTS = "lamports"


class ListingLine(msgspec.Struct, frozen=True, tag_field="type", tag="listing"):
    """What happened to an order: the amount is the ask, or what was paid."""

    at: Time
    id: Key
    venue: Venue
    mint: Address
    seller: Address
    state: State
    amount: Annotated[int, Meta(gt=0, le=LAMPORTS_MAX)]
    unit: AskUnit
    buyer: Address | None = None
    known_at: Time | None = None

    def __post_init__(self) -> None:
        if self.venue not in _TOLD_BY:
            raise ValueError(f"the past of {self.venue.value} is not kept")
        if self.unit is AskUnit.USD_MICROS and self.amount > USD_MICROS_MAX:
            raise ValueError("the amount is more than a billion dollars")

    @property
    def seen_at(self) -> datetime:
        return self.known_at or self.at

    @property
    def source(self) -> SourceName:
        """The venue itself: its own word comes first in the world, too."""
        return _TOLD_BY[self.venue]


class SaleLine(msgspec.Struct, frozen=True, tag_field="type", tag="sale"):
    """A sale outside the marketplaces; `house` and `id` together name it once."""

    at: Time
    id: Key
    kind: Id
    usd_micros: Usd
    house: Annotated[str, Meta(pattern=_PLAIN, min_length=1, max_length=24)]
    known_at: Time | None = None


class ValuationLine(msgspec.Struct, frozen=True, tag_field="type", tag="valuation"):
    """What a kind was thought to be worth."""

    at: Time
    kind: Id
    usd_micros: Usd
    low_usd_micros: Usd
    high_usd_micros: Usd
    confidence: Annotated[int, Meta(ge=0, le=100)]
    known_at: Time | None = None
    source: Teller = "history"

    def __post_init__(self) -> None:
        if not self.low_usd_micros <= self.usd_micros <= self.high_usd_micros:
            raise ValueError("the value is not between its low and its high")


Event: TypeAlias = RateLine | ListingLine | SaleLine | ValuationLine
Line: TypeAlias = Header | KindLine | TokenLine | Event

_DECODER: Final = msgspec.json.Decoder(Line)


def read_line(text: bytes, now: datetime) -> Line:
    """One line, typed and believed. Raises LineError."""
    if len(text) > LINE_BYTES_MAX:
        raise LineError(f"it is longer than {LINE_BYTES_MAX} bytes")
    try:
        line: Line = _DECODER.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise LineError(str(error)[:200]) from error
    if isinstance(line, TokenLine):
        _check_time("since", line.since, now)
    elif isinstance(line, RateLine | ListingLine | SaleLine | ValuationLine):
        _check_time("at", line.at, now)
        if line.known_at is not None:
            _check_time("known_at", line.known_at, now)
            if line.known_at < line.at:
                raise LineError("known_at is before at")
    return line


def _check_time(name: str, at: datetime, now: datetime) -> None:
    if at > now:
        raise LineError(f"{name} lies in the future")
    if at < EARLIEST:
        raise LineError(f"{name} lies before {EARLIEST.year}")
