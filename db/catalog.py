"""Cards, kinds, slabs and tokens: who is who, and which slab a token stood for when."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, Integer, SmallInteger, String, UniqueConstraint, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.catalog import CardKey, Grade, Grader, SlabFacts
from core.domain.listings import Chain, Mint
from db.base import Base
from db.engine import Tx, insert_new
from db.types import BigId, Json, UtcDateTime


class CardRow(Base):
    """A catalogue identity; unknown parts are empty, so that equal cards collide."""

    __tablename__ = "card"
    __table_args__ = (
        UniqueConstraint(
            "game", "set_name", "number", "name", "variant", "language", "year", name="uq_card_key"
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    game: Mapped[str] = mapped_column(String(60))
    set_name: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    variant: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(20))
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
    alt_asset_id: Mapped[str | None] = mapped_column(String(100))
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


async def keep_token(tx: Tx, chain: Chain, mint: Mint) -> int:
    """The token's id, now known if it was not."""
    row = {"chain": chain.value, "address": mint}
    await tx.execute(insert_new(tx, TokenRow).values(row).on_conflict_do_nothing())
    query = select(TokenRow.id).where(TokenRow.chain == chain.value, TokenRow.address == mint)
    return (await tx.execute(query)).scalar_one()


async def known(tx: Tx, chain: Chain, addresses: Collection[Mint]) -> list[Mint]:
    """Which of these are tokens that we know."""
    query = select(TokenRow.address).where(TokenRow.chain == chain.value, TokenRow.address.in_(addresses))
    return [Mint(address) for address in (await tx.execute(query)).scalars()]


async def keep_slab(tx: Tx, facts: SlabFacts, now: datetime) -> int:
    """The slab's id; what is told of it replaces what was known before."""
    kind_id = None if facts.card is None else await _keep_kind(tx, facts.card, facts.grader, facts.grade)
    values = {"kind_id": kind_id, "facts": facts, "seen_at": now}
    row = {"grader": facts.grader.value, "certificate": facts.certificate, **values}
    insert_slab = insert_new(tx, SlabRow).values(row)
    await tx.execute(insert_slab.on_conflict_do_update(index_elements=["grader", "certificate"], set_=values))
    query = select(SlabRow.id).where(
        SlabRow.grader == facts.grader.value, SlabRow.certificate == facts.certificate
    )
    return (await tx.execute(query)).scalar_one()


async def link(tx: Tx, token_id: int, slab_id: int, now: datetime) -> None:
    """The token stands for this slab from now on; an equal link is left as it is."""
    query = select(TokenSlabRow.id, TokenSlabRow.slab_id, TokenSlabRow.version).where(
        TokenSlabRow.token_id == token_id, TokenSlabRow.until.is_(None)
    )
    current = (await tx.execute(query)).first()
    if current is not None and current.slab_id == slab_id:
        return
    if current is not None:
        await tx.execute(update(TokenSlabRow).where(TokenSlabRow.id == current.id).values(until=now))
    version = 1 if current is None else current.version + 1
    row = {"token_id": token_id, "slab_id": slab_id, "version": version, "since": now}
    await tx.execute(insert(TokenSlabRow).values(row))


async def slab_of(tx: Tx, token_id: int) -> Slab | None:
    """The slab a token stands for now."""
    query = (
        select(SlabRow.id, SlabRow.kind_id, SlabRow.facts, SlabRow.alt_asset_id)
        .join(TokenSlabRow, TokenSlabRow.slab_id == SlabRow.id)
        .where(TokenSlabRow.token_id == token_id, TokenSlabRow.until.is_(None))
    )
    row = (await tx.execute(query)).first()
    return None if row is None else Slab(*row)


async def slab_at(tx: Tx, token_id: int, at: datetime) -> Slab | None:
    """The slab a token stood for then; the first one of all when that was before its time."""
    links = (
        select(SlabRow.id, SlabRow.kind_id, SlabRow.facts, SlabRow.alt_asset_id)
        .join(TokenSlabRow, TokenSlabRow.slab_id == SlabRow.id)
        .where(TokenSlabRow.token_id == token_id)
        .limit(1)
    )
    then = links.where(TokenSlabRow.since <= at).order_by(TokenSlabRow.version.desc())
    row = (await tx.execute(then)).first() or (await tx.execute(links.order_by(TokenSlabRow.version))).first()
    return None if row is None else Slab(*row)


async def keep_alt_asset(tx: Tx, slab_id: int, asset_id: str) -> None:
    """A vendor's name for a certificate is kept for good."""
    await tx.execute(update(SlabRow).where(SlabRow.id == slab_id).values(alt_asset_id=asset_id))


async def _keep_kind(tx: Tx, card: CardKey, grader: Grader, grade: Grade) -> int:
    card_id = await _keep_card(tx, card)
    row = {
        "card_id": card_id,
        "grader": grader.value,
        "grade_tenths": grade.tenths,
        "grade_label": grade.label.value,
    }
    await tx.execute(insert_new(tx, KindRow).values(row).on_conflict_do_nothing())
    return (await tx.execute(select(KindRow.id).filter_by(**row))).scalar_one()


async def _keep_card(tx: Tx, card: CardKey) -> int:
    row = {
        "game": card.game[:60],
        "set_name": card.set_name[:200],
        "number": card.number[:40],
        "name": card.name[:200],
        "variant": card.variant[:120],
        "language": card.language[:20],
        "year": card.year,
    }
    await tx.execute(insert_new(tx, CardRow).values(row).on_conflict_do_nothing())
    return (await tx.execute(select(CardRow.id).filter_by(**row))).scalar_one()
