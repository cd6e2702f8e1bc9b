"""The rows that Collector Crypt's answers share, and how their prices and words are read."""

from datetime import datetime
from decimal import Decimal

import msgspec

from core.domain.listings import Chain, Mint, SourceName, Venue
from core.domain.money import Amount, Unit, amount_within
from core.domain.slabs import SlabWords, Word, plain
from core.sources.http import changed

NAME = SourceName.COLLECTOR_CRYPT
VENUES = {"CC": Venue.CC, "ME": Venue.ME}
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"


class Person(msgspec.Struct, frozen=True):
    wallet: str | None = None


class Listing(msgspec.Struct, frozen=True, rename="camel"):
    price: Decimal
    currency: str | None = None
    marketplace: str | None = None
    id: str | None = None
    receipt_id: str | None = None
    status: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    closed_at: str | None = None


class Images(msgspec.Struct, frozen=True, rename="camel"):
    front_m: str | None = None
    front: str | None = None
    front_s: str | None = None


class Card(msgspec.Struct, frozen=True, rename="camel"):
    """A row of `/marketplace` and of `/cards/{wallet}/`; a catalogue entry has no listing and no owner.

    The fields that are words for a slab are named as SlabWords names them.
    """

    nft_address: str | None = None
    title: Word = msgspec.field(name="itemName", default=None)
    kind: Word = msgspec.field(name="type", default=None)
    company: Word = msgspec.field(name="gradingCompany", default=None)
    certificate: Word = msgspec.field(name="gradingID", default=None)
    grade: Word = None
    grade_number: Word = msgspec.field(name="gradeNum", default=None)
    category: Word = None
    set_name: Word = msgspec.field(name="set", default=None)
    number: Word = msgspec.field(name="serial", default=None)
    parallel: Word = None
    year: Word = None
    insured: Word = msgspec.field(name="insuredValue", default=None)
    image_url: Word = msgspec.field(name="frontImage", default=None)
    images: Images | None = None
    blockchain: str | None = None
    listing: Listing | None = None
    owner: Person | None = None


def words(card: Card) -> SlabWords:
    found = msgspec.convert(card, SlabWords, from_attributes=True)
    images = card.images or Images()
    image_url = images.front_m or images.front or images.front_s or found.image_url
    return msgspec.structs.replace(found, image_url=image_url)


def is_on_solana(card: Card) -> bool:
    return plain(card.blockchain).casefold() in {"", Chain.SOLANA}


def usdc(listing: Listing) -> Amount | None:
    """None for nothing, for more than there is, or in another currency; unnamed it is USDC, as documented."""
    ask = amount_within(listing.price, Unit.USD_MICROS)
    return ask if ask is not None and ask.value and listing.currency in {None, "USDC"} else None


def is_active(listing: Listing) -> bool:
    return listing.closed_at is None and listing.status in {None, "Active"}


def wallet_of(person: Person | None) -> str | None:
    return person.wallet if person is not None else None


def same_token(said: str | None, asked: Mint, path: str = "$.nftAddress") -> None:
    if said is not None and said != asked:
        raise changed(NAME, "an answer about another token", path=path)
