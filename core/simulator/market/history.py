"""The world's past as lines of JSON, for `bot.py import history-jsonl`.

docs/history.md describes the lines. A stay's first `listed` may be missing: then only its sale is told.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from operator import attrgetter
from typing import Final, TypeAlias

import msgspec

from core.simulator.market.rates import Coin
from core.simulator.market.things import Activity, Currency, Deed, Kind, Token, ms_of, time_of
from core.simulator.market.values import DAY_MS, fair_usd_micros
from core.simulator.market.world import World

FORMAT: Final = 1
RATE_EVERY_MS: Final = DAY_MS // 24
VALUED_EVERY_MS: Final = 14 * DAY_MS
STATES: Final = {Deed.LIST: "listed", Deed.REPRICE: "listed", Deed.SALE: "sold", Deed.DELIST: "delisted"}
UNITS: Final = {Currency.USDC: "usd_micros", Currency.SOL: "lamports"}
OFF_BPS: Final = 500


class HeaderLine(msgspec.Struct, frozen=True, tag_field="type", tag="header"):
    """What this is, and which market's past: an invented one's."""

    version: int
    world: str
    made_at: datetime


class CardPart(msgspec.Struct, frozen=True):
    """The card of a kind, as Collector Crypt's rows and titles spell it; a title tells no language."""

    game: str
    set_name: str
    number: str
    name: str
    variant: str
    year: int


class KindLine(msgspec.Struct, frozen=True, tag_field="type", tag="kind"):
    """What values and sales attach to."""

    id: int
    card: CardPart
    grader: str
    grade_tenths: int
    grade_label: str


class TokenLine(msgspec.Struct, frozen=True, tag_field="type", tag="token"):
    """A token and the slab it stands for."""

    mint: str
    kind: int
    certificate: str
    title: str
    since: datetime
    insured_usd_micros: int


class RateLine(msgspec.Struct, frozen=True, tag_field="type", tag="rate"):
    """Dollars for one coin."""

    at: datetime
    pair: str
    usd_micros: int


class ListingLine(msgspec.Struct, frozen=True, tag_field="type", tag="listing"):
    """What happened to an order."""

    at: datetime
    id: str
    venue: str
    mint: str
    seller: str
    buyer: str | None
    state: str
    amount: int
    unit: str


class SaleLine(msgspec.Struct, frozen=True, tag_field="type", tag="sale"):
    """A sale outside the marketplaces."""

    at: datetime
    id: str
    kind: int
    usd_micros: int
    house: str


class ValuationLine(msgspec.Struct, frozen=True, tag_field="type", tag="valuation"):
    """What a kind was thought to be worth."""

    at: datetime
    kind: int
    usd_micros: int
    low_usd_micros: int
    high_usd_micros: int
    confidence: int


Event: TypeAlias = RateLine | ListingLine | SaleLine | ValuationLine
Line: TypeAlias = HeaderLine | KindLine | TokenLine | Event


def export_history(world: World, until: datetime) -> bytes:
    """Everything up to this moment, one object a line."""
    encoder = msgspec.json.Encoder()
    return b"".join(encoder.encode(line) + b"\n" for line in history(world, until))


def history(world: World, until: datetime) -> Iterator[Line]:
    """The lines in their order."""
    yield HeaderLine(FORMAT, "demo", until)
    yield from (_kind(world, kind) for kind in world.scenery.kinds)
    yield from (_token(world, token) for token in world.scenery.tokens)
    yield from sorted(_events(world, ms_of(until)), key=attrgetter("at"))


def _kind(world: World, kind: Kind) -> KindLine:
    scenery = world.scenery
    card, grade = scenery.card(kind), scenery.grade(kind)
    identity = CardPart(
        game=scenery.category(card),
        set_name=scenery.set_name(card),
        number=card.number,
        name=f"{card.name} {card.stamp}".strip(),
        variant=scenery.variety(card),
        year=card.year,
    )
    return KindLine(kind.id, identity, scenery.grader(kind).alt_code, grade.tenths, grade.label)


def _token(world: World, token: Token) -> TokenLine:
    return TokenLine(
        mint=token.mint,
        kind=token.slab.kind_id,
        certificate=token.slab.certificate,
        title=world.scenery.title(token),
        since=time_of(token.minted_ms),
        insured_usd_micros=token.insured_usd * 1_000_000,
    )


def _events(world: World, until_ms: int) -> Iterator[Event]:
    begun_ms = world.born_ms - world.settings.past_days * DAY_MS
    for at_ms in range(begun_ms, until_ms, RATE_EVERY_MS):
        yield RateLine(time_of(at_ms), "SOL/USD", world.rates.usd_micros(Coin.SOL, at_ms))
    yield from (_listing(act) for act in world.book.activities if act.at_ms <= until_ms)
    yield from _sales(world, until_ms)
    for kind in world.scenery.kinds:
        for at_ms in range(begun_ms, until_ms, VALUED_EVERY_MS):
            yield _valuation(world.settings.seed, kind, at_ms)


def _listing(activity: Activity) -> ListingLine:
    return ListingLine(
        at=time_of(activity.at_ms),
        id=activity.signature,
        venue=activity.venue.value,
        mint=activity.mint,
        seller=activity.seller,
        buyer=activity.buyer,
        state=STATES[activity.deed],
        amount=activity.price_atoms,
        unit=UNITS[activity.currency],
    )


def _sales(world: World, until_ms: int) -> Iterator[SaleLine]:
    """Sales that stood; what came back to the seller is left out."""
    for sale in world.all_outside_sales():
        if sale.skipped_reason is None and sale.at_ms <= until_ms:
            yield SaleLine(time_of(sale.at_ms), sale.id, sale.kind_id, sale.usd_micros, sale.house)


def _valuation(seed: int, kind: Kind, at_ms: int) -> ValuationLine:
    """A few percent off the fair value, the surer the more the kind is sold."""
    lot = hashlib.sha256(f"history {seed} {kind.id} {at_ms}".encode()).digest()[0]
    value = fair_usd_micros(kind, at_ms) * (10_000 + (lot - 128) * OFF_BPS // 128) // 10_000
    confidence = min(95, 55 + int(kind.sales_a_quarter))
    error = value * (105 - confidence) // 250
    return ValuationLine(time_of(at_ms), kind.id, value, value - error, value + error, confidence)
