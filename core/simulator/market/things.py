"""The things of the world. Times are UTC milliseconds since 1970; money is integers, units in their names."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeAlias

import msgspec

from core.simulator.market.labels import Label


class Venue(StrEnum):
    """The marketplace an order lives on."""

    CC = "cc"
    ME = "me"


class Currency(StrEnum):
    """What an order is priced in. SOL occurs on Magic Eden only."""

    USDC = "USDC"
    SOL = "SOL"


class Standard(StrEnum):
    """How a token is made on chain."""

    CORE = "core"
    PNFT = "pnft"


class Mood(StrEnum):
    """Why a listing is priced as it is. No vendor tells; tests and the demo page may ask."""

    ORDINARY = "ordinary"
    DEAL = "deal"
    NEAR_DEAL = "near_deal"
    HONEYPOT = "honeypot"
    WRONG_GRADE = "wrong_grade"
    VARIANT = "variant"
    TROLL = "troll"
    UNIT_FLIP = "unit_flip"
    WASH = "wash"


class Deed(StrEnum):
    """What happened to a listing."""

    LIST = "list"
    REPRICE = "reprice"
    DELIST = "delist"
    SALE = "sale"


class Card(msgspec.Struct, frozen=True):
    """A catalogue identity.

    `stamp` is a variant word that the title carries, or empty; `twin_of` then names the card without it.
    """

    id: int
    twin_of: int | None
    game: int
    set_name: str
    year: int
    language: str
    number: str
    name: str
    parallel: str
    stamp: str
    alt_asset_id: str
    worth_usd_micros: int


class Kind(msgspec.Struct, frozen=True):
    """(card, grader, grade, label). The fair value swings around `base_usd_micros`; see `values`."""

    id: int
    card_id: int
    grader: int
    grade: int
    population: int
    base_usd_micros: int
    swing: float
    period_days: float
    phase: float
    sales_a_quarter: float


class Slab(msgspec.Struct, frozen=True):
    """A graded copy. ALT may not know it, or take it for another kind (`alt_kind_id`)."""

    kind_id: int
    certificate: str
    alt_kind_id: int | None


class Vaulted(msgspec.Struct, frozen=True, kw_only=True):
    """Something on chain that Collector Crypt keeps in its vault."""

    mint: str
    standard: Standard
    cc_id: str
    insured_usd: int
    vault_id: str
    gemrate_id: str
    first_owner: str
    minted_ms: int
    hides_mint: bool = False


class Token(Vaulted, frozen=True, kw_only=True):
    """A slab on chain. `me_kind_id` differs from the slab's kind where Magic Eden reports a wrong grade."""

    slab: Slab
    me_kind_id: int


class Good(Vaulted, frozen=True, kw_only=True):
    """A raw card or a sealed product on chain."""

    label: Label


Asset: TypeAlias = Token | Good


class Person(msgspec.Struct, frozen=True):
    """A wallet and whom Collector Crypt knows behind it. `habit` is an index into the catalogue."""

    wallet: str
    user_id: str
    name: str | None
    habit: int
    joined_ms: int


class Listing(msgspec.Struct, frozen=True):
    """An order that is open. `price_atoms`: millionths of a USDC, or lamports."""

    id: str
    mint: str
    seller: str
    venue: Venue
    currency: Currency
    price_atoms: int
    created_ms: int
    updated_ms: int
    receipt: str
    address: str
    slot: int
    mood: Mood


class Activity(msgspec.Struct, frozen=True):
    """One thing that happened to an order, as it stands on chain."""

    signature: str
    deed: Deed
    venue: Venue
    mint: str
    seller: str
    buyer: str | None
    currency: Currency
    price_atoms: int
    at_ms: int
    slot: int


class Sale(msgspec.Struct, frozen=True):
    """A sale of a kind outside the two marketplaces, as ALT collects them."""

    id: str
    kind_id: int
    at_ms: int
    usd_micros: int
    house: str
    is_auction: bool
    skipped_reason: str | None


def ms_of(at: datetime) -> int:
    """UTC milliseconds of a time that has a zone."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return int(at.timestamp() * 1000)


def time_of(at_ms: int) -> datetime:
    """The UTC time of these milliseconds."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)
