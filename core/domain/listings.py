"""Listings, episodes and versions: what one more report changes, as a pure function."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

import msgspec

from core.domain.catalog import SlabFacts
from core.domain.money import Amount

Mint = NewType("Mint", str)
Wallet = NewType("Wallet", str)

SALE_SETTLES = timedelta(seconds=60)
"""A vendor's page may still call a listing live, or date its price, this long after it was sold."""
SALE_IS_TOLD_WITHIN = timedelta(minutes=10)
"""How late the word of a sale may come that explains why a listing was gone."""
CLOCKS_DIFFER_MAX = timedelta(minutes=1)


class Venue(StrEnum):
    """Where an order lives, not who told us."""

    CC = "cc"
    ME = "me"
    BEEZIE = "beezie"
    COURTYARD = "courtyard"


class Chain(StrEnum):
    """Where a token lives."""

    SOLANA = "solana"
    POLYGON = "polygon"


CHAINS = dict.fromkeys(Venue, Chain.SOLANA) | {Venue.COURTYARD: Chain.POLYGON}
"""Where the tokens of each venue live."""


class SourceName(StrEnum):
    """Who told us."""

    COLLECTOR_CRYPT = "collectorcrypt"
    MAGIC_EDEN = "magiceden"
    ALT = "alt"
    PRICECHARTING = "pricecharting"
    PSA = "psa"
    EBAY = "ebay"
    TCGPLAYER = "tcgplayer"
    TCGCSV = "tcgcsv"
    TCGDEX = "tcgdex"
    SCRYFALL = "scryfall"
    YGOPRODECK = "ygoprodeck"
    COINGECKO = "coingecko"
    COINBASE = "coinbase"
    JUPITER = "jupiter"
    PYTH = "pyth"
    HELIUS = "helius"
    SOLANA = "solana"
    BEEZIE = "beezie"
    OPENSEA = "opensea"
    DISCORD = "discord"


FEEDS = {Venue.ME: SourceName.MAGIC_EDEN}
"""Who tells of every change at a venue by the time of its block; others date it by when they noticed."""


class ListingKey(msgspec.Struct, frozen=True):
    """One seller's offer of one token at one venue."""

    venue: Venue
    chain: Chain
    mint: Mint
    seller: Wallet


class Reported(StrEnum):
    """What a report says of a listing."""

    LISTED = "listed"
    SOLD = "sold"
    DELISTED = "delisted"
    GONE = "gone"


class Report(msgspec.Struct, frozen=True):
    """One source's word about one listing.

    `effective_at` is the vendor's time of the state (an event's block time, a row's update time),
    `seen_at` when the page that said so was asked for. `event_id` names the state at that source:
    the same id twice is a replay. `ask` is set when listed; `paid` may be set when sold.
    `is_sighting`: seen among what is on sale at that moment, whatever the vendor's time of it.
    """

    key: ListingKey
    source: SourceName
    event_id: str
    said: Reported
    effective_at: datetime
    seen_at: datetime
    ask: Amount | None = None
    paid: Amount | None = None
    listed_at: datetime | None = None
    buyer: Wallet | None = None
    slab: SlabFacts | None = None
    is_sighting: bool = False


class Standing(msgspec.Struct, frozen=True):
    """What is known of a listing now. `state_at` is the effective time of its newest change.

    `source` told of that change; None when no source did.
    """

    is_open: bool
    ask: Amount | None
    state_at: datetime
    state_seen_at: datetime
    closed_as: Reported | None = None
    source: SourceName | None = None


class Step(StrEnum):
    """What a report does to a listing."""

    OPENS = "opens"
    REPRICES = "reprices"
    CLOSES = "closes"
    CONFIRMS = "confirms"
    IGNORED = "ignored"


def believed(report: Report) -> Report:
    """A state cannot come to be after it was seen: a time further ahead is the vendor's mistake."""
    latest = report.seen_at + CLOCKS_DIFFER_MAX
    return report if report.effective_at <= latest else msgspec.structs.replace(report, effective_at=latest)


def sighting(report: Report, seen_at: datetime) -> Report:
    """The listed report as a sighting: on sale at that moment, however long it has been."""
    return msgspec.structs.replace(report, effective_at=seen_at, seen_at=seen_at, is_sighting=True)


def step(now: Standing | None, report: Report, *, is_replay: bool) -> Step:
    """Say what a report changes.

    A replayed or older report changes nothing (at most it confirms that the listing is still live);
    a sale stands for `SALE_SETTLES` against pages that have not noticed yet, whichever is told first, and
    so does every word of a venue's own feed. A listing is open again when it is sighted after that time, if
    nobody ended it and it was only missed, or if it was listed after its end.
    """
    if report.is_sighting:
        return Step.OPENS if now is not None and _is_back(now, report) else Step.IGNORED
    if now is None:
        return Step.OPENS if report.said is Reported.LISTED else Step.CLOSES
    if report.said is Reported.LISTED:
        return _step_listed(now, report, is_replay=is_replay)
    if report.said is Reported.SOLD and now.closed_as is Reported.GONE:
        is_its_ending = report.effective_at > now.state_at - SALE_IS_TOLD_WITHIN
        return Step.CLOSES if is_its_ending and not is_replay else Step.IGNORED
    settles = SALE_SETTLES if report.said is Reported.SOLD else timedelta(0)
    is_old = report.effective_at + settles < now.state_at
    return Step.CLOSES if now.is_open and not is_old and not is_replay else Step.IGNORED


def is_same_again(now: Standing | None, report: Report) -> bool:
    """Whether the report that opens a listing shows an offer that nobody ended: it was only missed."""
    if now is None or now.is_open or now.closed_as is not Reported.GONE:
        return False
    return report.ask == now.ask and not _is_listed_since(now, report)


def casts_doubt(now: Standing | None, report: Report) -> bool:
    """Whether a report that changed nothing may be the newer word all the same.

    Two vendors date the same order differently: by the block, or by when they noticed.
    """
    if now is None or not now.is_open or report.source is now.source:
        return False
    is_other = report.said is not Reported.LISTED or report.ask != now.ask
    return is_other and abs(report.effective_at - now.state_at) <= SALE_SETTLES


def _step_listed(now: Standing, report: Report, *, is_replay: bool) -> Step:
    if now.is_open and report.ask == now.ask and report.effective_at >= now.state_at:
        return Step.CONFIRMS
    if is_replay or _is_behind(now, report) or not _is_newer(now, report):
        return Step.IGNORED
    return Step.REPRICES if now.is_open else Step.OPENS


def _is_back(now: Standing, report: Report) -> bool:
    if now.is_open or report.effective_at <= now.state_at + SALE_SETTLES:
        return False
    return now.closed_as is Reported.GONE or _is_listed_since(now, report)


def _is_listed_since(now: Standing, report: Report) -> bool:
    return report.listed_at is not None and report.listed_at > now.state_at


def _is_behind(now: Standing, report: Report) -> bool:
    """Whether it may be of a state that the venue's own feed has told the end of."""
    feed = FEEDS.get(report.key.venue)
    if feed is None or now.source is not feed or report.source is feed or now.closed_as is Reported.GONE:
        return False
    return report.effective_at <= now.state_at + SALE_SETTLES


def _is_newer(now: Standing, report: Report) -> bool:
    if now.closed_as is Reported.DELISTED and report.effective_at == now.state_at:
        # Block times are whole seconds: of one feed's events of a second the one told later is the later.
        return report.source is now.source and report.seen_at >= now.state_seen_at
    if not now.is_open:
        settled = now.state_at + SALE_SETTLES if now.closed_as is Reported.SOLD else now.state_at
        return report.effective_at > settled
    if report.effective_at == now.state_at:
        return report.seen_at >= now.state_seen_at
    return report.effective_at > now.state_at
