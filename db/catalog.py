"""Cards, kinds, slabs and tokens: who is who, and which slab a token stood for when."""

from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec
from sqlalchemy import (
    ForeignKey,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.catalog import CardKey, Grade, Grader, SlabFacts
from core.domain.listings import Chain, Mint
from db.base import Base
from db.engine import Tx, insert_all_new, insert_new
from db.types import BigId, Json, UtcDateTime

TokenKey = tuple[Chain, Mint]
KindKey = tuple[CardKey, Grader, Grade]
SlabKey = tuple[str, str]

GAMES_MAX = 200
_KIND_KEY = ("card_id", "grader", "grade_tenths", "grade_label")
_LENGTHS = {"game": 60, "set_name": 200, "number": 40, "name": 200, "variant": 120, "language": 20}


class CardRow(Base):
    """A catalogue identity; unknown parts are empty, so that equal cards collide."""

    __tablename__ = "card"
    __table_args__ = (
        UniqueConstraint(
            "game", "set_name", "number", "name", "variant", "language", "year", name="uq_card_key"
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    game: Mapped[str] = mapped_column(String(_LENGTHS["game"]))
    set_name: Mapped[str] = mapped_column(String(_LENGTHS["set_name"]))
    number: Mapped[str] = mapped_column(String(_LENGTHS["number"]))
    name: Mapped[str] = mapped_column(String(_LENGTHS["name"]))
    variant: Mapped[str] = mapped_column(String(_LENGTHS["variant"]))
    language: Mapped[str] = mapped_column(String(_LENGTHS["language"]))
    year: Mapped[int] = mapped_column(SmallInteger)


class KindRow(Base):
    """(card, grader, grade, label): what valuations and history attach to."""

    __tablename__ = "kind"
    __table_args__ = (
        UniqueConstraint("card_id", "grader", "grade_tenths", "grade_label", name="uq_kind_key"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("card.id"))
    grader: Mapped[str] = mapped_column(String(8))
    grade_tenths: Mapped[int] = mapped_column(SmallInteger)
    grade_label: Mapped[str] = mapped_column(String(16))


class SlabRow(Base):
    """A graded copy by its certificate. Without a readable title it has no kind."""

    __tablename__ = "slab"
    __table_args__ = (UniqueConstraint("grader", "certificate", name="uq_slab_certificate"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    grader: Mapped[str] = mapped_column(String(8))
    certificate: Mapped[str] = mapped_column(String(64))
    kind_id: Mapped[int | None] = mapped_column(ForeignKey("kind.id"), index=True)
    facts: Mapped[SlabFacts] = mapped_column(Json(SlabFacts))
    alt_asset_id: Mapped[str | None] = mapped_column(String(100), index=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TokenRow(Base):
    """A token on a chain."""

    __tablename__ = "token"
    __table_args__ = (UniqueConstraint("chain", "address", name="uq_token_address"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    chain: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(128))


class TokenSlabRow(Base):
    """Which slab a token stands for; a vault swap ends one link and begins another."""

    __tablename__ = "token_slab"
    __table_args__ = (UniqueConstraint("token_id", "version", name="uq_token_slab_version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("token.id"))
    slab_id: Mapped[int] = mapped_column(ForeignKey("slab.id"), index=True)
    version: Mapped[int] = mapped_column(Integer)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Slab:
    """A stored slab as the line needs it."""

    __slots__ = ("alt_asset_id", "facts", "id", "kind_id")

    def __init__(self, id: int, kind_id: int | None, facts: SlabFacts, alt_asset_id: str | None) -> None:
        self.id, self.kind_id, self.facts, self.alt_asset_id = id, kind_id, facts, alt_asset_id

    @property
    def subject(self) -> str:
        """What its prices attach to."""
        return f"slab:{self.id}" if self.kind_id is None else f"kind:{self.kind_id}"


async def keep_tokens(tx: Tx, keys: Collection[TokenKey]) -> dict[TokenKey, int]:
    """The ids of these tokens, now known if they were not."""
    rows = [{"chain": chain.value, "address": mint} for chain, mint in keys]
    await insert_all_new(tx, TokenRow, rows)
    place = tuple_(TokenRow.chain, TokenRow.address)
    query = select(TokenRow.chain, TokenRow.address, TokenRow.id)
    found = await tx.execute(query.where(place.in_([(chain.value, mint) for chain, mint in keys])))
    return {(Chain(row.chain), Mint(row.address)): row.id for row in found}


async def games(tx: Tx) -> tuple[str, ...]:
    """The games of the cards that we know, by name."""
    query = select(CardRow.game).where(CardRow.game != "").distinct().order_by(CardRow.game)
    return tuple((await tx.execute(query.limit(GAMES_MAX))).scalars())


async def known(tx: Tx, chain: Chain, addresses: Collection[Mint]) -> list[Mint]:
    """Which of these are tokens that we know."""
    query = select(TokenRow.address).where(TokenRow.chain == chain.value, TokenRow.address.in_(addresses))
    return [Mint(address) for address in (await tx.execute(query)).scalars()]


async def keep_kinds(tx: Tx, kinds: Collection[KindKey]) -> dict[KindKey, int]:
    """The ids of these kinds, now known if they were not."""
    cards = await _keep_cards(tx, {card for card, _, _ in kinds})
    wanted = {kind: _kind_values(cards[kind[0]], kind[1], kind[2]) for kind in kinds}
    rows = [dict(zip(_KIND_KEY, values, strict=True)) for values in wanted.values()]
    await insert_all_new(tx, KindRow, rows)
    columns = [KindRow.__table__.c[name] for name in _KIND_KEY]
    query = select(KindRow.id, *columns).where(tuple_(*columns).in_(list(wanted.values())))
    ids = {tuple(row[1:]): row[0] for row in await tx.execute(query)}
    return {kind: ids[values] for kind, values in wanted.items()}


async def _keep_cards(tx: Tx, cards: Collection[CardKey]) -> dict[CardKey, int]:
    wanted = {card: _fitting(card) for card in cards}
    columns = [CardRow.__table__.c[name] for name in CardKey.__struct_fields__]
    await insert_all_new(tx, CardRow, [msgspec.structs.asdict(card) for card in wanted.values()])
    query = select(CardRow.id, *columns).where(
        tuple_(*columns).in_([msgspec.structs.astuple(card) for card in wanted.values()])
    )
    ids = {CardKey(*row[1:]): row[0] for row in await tx.execute(query)}
    return {card: ids[fitting] for card, fitting in wanted.items()}


async def keep_slabs(tx: Tx, slabs: Collection[SlabFacts], now: datetime) -> dict[SlabKey, int]:
    """The slabs' ids by grader and certificate; what is told of one replaces what was known before.

    ALT's name for the card is told by some alone, and the first that is known stays.
    """
    kinds = await keep_kinds(
        tx, {(facts.card, facts.grader, facts.grade) for facts in slabs if facts.card is not None}
    )
    rows = {
        slab_key(facts): {
            "grader": facts.grader.value,
            "certificate": facts.certificate,
            "kind_id": kinds[facts.card, facts.grader, facts.grade] if facts.card is not None else None,
            "facts": facts,
            "alt_asset_id": facts.alt_asset_id or None,
            "seen_at": now,
        }
        for facts in slabs
    }
    if not rows:
        return {}
    insert_slabs = insert_new(tx, SlabRow)
    told = {name: insert_slabs.excluded[name] for name in ("kind_id", "facts", "seen_at")}
    asset = func.coalesce(SlabRow.alt_asset_id, insert_slabs.excluded.alt_asset_id)
    upsert = insert_slabs.on_conflict_do_update(
        index_elements=["grader", "certificate"], set_=told | {"alt_asset_id": asset}
    )
    await tx.execute(upsert, list(rows.values()))
    place = tuple_(SlabRow.grader, SlabRow.certificate)
    query = select(SlabRow.grader, SlabRow.certificate, SlabRow.id).where(place.in_(list(rows)))
    return {(row[0], row[1]): row[2] for row in await tx.execute(query)}


async def link(tx: Tx, slab_ids: Mapping[int, int], now: datetime) -> None:
    """Each token stands for its slab from now on; an equal link is left as it is."""
    query = select(TokenSlabRow.id, TokenSlabRow.token_id, TokenSlabRow.slab_id, TokenSlabRow.version)
    is_current = (TokenSlabRow.token_id.in_(list(slab_ids)), TokenSlabRow.until.is_(None))
    current = {row.token_id: row for row in await tx.execute(query.where(*is_current))}
    ended = [row for row in current.values() if row.slab_id != slab_ids[row.token_id]]
    same = current.keys() - {row.token_id for row in ended}
    await tx.execute(
        update(TokenSlabRow).where(TokenSlabRow.id.in_([row.id for row in ended])).values(until=now)
    )
    versions = {row.token_id: row.version + 1 for row in ended}
    rows = [
        {"token_id": token_id, "slab_id": slab_id, "version": versions.get(token_id, 1), "since": now}
        for token_id, slab_id in slab_ids.items()
        if token_id not in same
    ]
    if rows:
        await tx.execute(insert(TokenSlabRow), rows)


async def slabs_of(tx: Tx, token_ids: Collection[int]) -> dict[int, Slab]:
    """The slabs that these tokens stand for now."""
    query = (
        select(TokenSlabRow.token_id, SlabRow.id, SlabRow.kind_id, SlabRow.facts, SlabRow.alt_asset_id)
        .join(TokenSlabRow, TokenSlabRow.slab_id == SlabRow.id)
        .where(TokenSlabRow.token_id.in_(list(token_ids)), TokenSlabRow.until.is_(None))
    )
    return {row[0]: Slab(*row[1:]) for row in await tx.execute(query)}


async def slab_of(tx: Tx, token_id: int) -> Slab | None:
    """The slab a token stands for now."""
    return (await slabs_of(tx, [token_id])).get(token_id)


async def slabs_at(tx: Tx, moments: Mapping[int, datetime]) -> dict[int, Slab]:
    """The slab each token stood for then; its first one when that was before its time."""
    links = (
        select(TokenSlabRow.token_id, TokenSlabRow.since)
        .add_columns(SlabRow.id, SlabRow.kind_id, SlabRow.facts, SlabRow.alt_asset_id)
        .join(SlabRow, TokenSlabRow.slab_id == SlabRow.id)
        .where(TokenSlabRow.token_id.in_(list(moments)))
        .order_by(TokenSlabRow.version)
    )
    found: dict[int, Slab] = {}
    for token_id, since, *slab in await tx.execute(links):
        if token_id not in found or since <= moments[token_id]:
            found[token_id] = Slab(*slab)
    return found


async def keep_alt_asset(tx: Tx, slab_id: int, asset_id: str) -> None:
    """A vendor's name for a certificate is kept for good; another time, while somebody is at the slab."""
    free = select(SlabRow.id).where(SlabRow.id == slab_id).with_for_update(skip_locked=True)
    await tx.execute(update(SlabRow).where(SlabRow.id.in_(free)).values(alt_asset_id=asset_id))


def slab_key(facts: SlabFacts) -> SlabKey:
    """Names a slab among others."""
    return (facts.grader.value, facts.certificate)


def _kind_values(card_id: int, by: Grader, grade: Grade) -> tuple[object, ...]:
    return (card_id, by.value, grade.tenths, grade.label.value)


def _fitting(card: CardKey) -> CardKey:
    """As much of each part as is stored."""
    return msgspec.structs.replace(card, **{name: getattr(card, name)[:n] for name, n in _LENGTHS.items()})
