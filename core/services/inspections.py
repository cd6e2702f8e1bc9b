"""Inspect: a fresh look at a token or a certificate, with everything that is known of its worth.

Nothing is posted, and no verdict is stored. Vendors get a few seconds each; who gave no answer is named.
"""

import asyncio
from collections.abc import Awaitable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from core.clock import Clock
from core.domain.catalog import CertificateFacts, Grader, SlabFacts
from core.domain.deals import Candidate, Deal, DealPolicy, Reason, Rejection, appraise
from core.domain.inspections import Inspection, LastSeen, Offer, Unanswered
from core.domain.listings import CHAINS, Chain, Mint, SourceName, Venue
from core.domain.questions import Question, read_question
from core.domain.valuation import Valuation
from core.errors import SourceError
from core.services.askers import Askers
from core.services.evidence import WAITED_FOR, EvidenceService
from core.services.identity import AUTHORITIES, differs
from core.services.patience import Patience
from core.services.prices import PriceService
from core.services.questions import Known, look_up
from core.services.traces import policy_of
from core.sources.base import LiveListing, Sources, Urgency, asking
from db import catalog, prices, questions
from db.catalog import Slab
from db.engine import Database

T = TypeVar("T")

TOO_OFTEN = (
    "Those were {most} looks within a minute, and vendors answer all of us only so often. Try again in "
    "{left}; `/deals why` asks nobody and is always there."
)
ANSWER_LIMIT_S = 5.0
"""What it is, and then at most three questions about its worth, one after the other: 20 seconds."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked at, as far as it is known. `venues`: where it may be on sale."""

    known: Known
    chain: Chain
    mint: Mint | None
    venues: frozenset[Venue] = frozenset()
    last_seen: tuple[LastSeen, ...] = ()

    @property
    def slab(self) -> Slab | None:
        return self.known.slab


class InspectionService:
    """Looks, and leaves nothing behind but what vendors said of the worth."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        prices: PriceService,
        sources: Sources,
        *,
        answer_limit_s: float = ANSWER_LIMIT_S,
    ) -> None:
        self.db = db
        self.clock = clock
        self.prices = prices
        self.sources = sources
        self.answer_limit_s = answer_limit_s
        self._askers = Askers(clock, TOO_OFTEN)

    async def inspect(self, what: str, *, by: int, guild_id: int | None = None) -> Inspection:
        """Raises InvalidInput for what is not understood, LimitReached for who asks all the time.

        An outage is part of the answer.
        """
        question, began = read_question(what), self.clock.now()
        self._askers.take(by)
        patience = Patience(self.answer_limit_s)
        async with self.db.read() as tx:
            policy = await policy_of(tx, guild_id)
        with asking(Urgency.CLICK):
            subject = await self._identify(question, patience)
            valuing = asyncio.create_task(self._value(subject.slab, patience, began))
            try:
                listed, silent = await self._on_sale(subject, patience)
                valuation = await valuing
            finally:
                await _ended(valuing)
            offers = await self._judged(subject, listed, valuation, policy, patience)
        return Inspection(
            policy,
            began,
            subject.mint,
            None if subject.slab is None else subject.slab.facts,
            offers,
            tuple(seen for seen in subject.last_seen if seen.venue in silent),
            valuation,
            patience.unanswered,
            self._absent(question, subject),
            subject.known.alike,
            _alt_asset_id(subject.slab, valuation),
        )

    async def _identify(self, question: Question, patience: Patience) -> Subject:
        subject = await self._known(question)
        if subject.slab is not None:
            return subject
        facts: SlabFacts | None = None
        if subject.mint is not None:
            facts, vault = await self._ask_vaults(subject.chain, subject.mint, patience)
            if vault is not None:
                venues = frozenset(venue for venue, authority in AUTHORITIES.items() if authority is vault)
                subject = replace(subject, venues=venues)
        elif question.certificate is not None and question.grader in {None, Grader.PSA}:
            facts = await self._ask_grader(question.certificate, patience)
        return subject if facts is None else replace(subject, known=await self._unstored(subject, facts))

    async def _known(self, question: Question) -> Subject:
        async with self.db.read() as tx:
            known = await look_up(tx, question)
            if known.token is None:
                venues = _on_chain(question.chain) if question.mint else frozenset[Venue]()
                return Subject(known, question.chain, question.mint, venues)
            token = known.token
            seen = await questions.open_offers(tx, token.id)
            venues = frozenset(await questions.venues_of(tx, token.id))
        authorities = {AUTHORITIES[venue] for venue in venues}
        same_vault = frozenset(v for v in AUTHORITIES if AUTHORITIES[v] in authorities)
        return Subject(known, token.chain, token.mint, same_vault or _on_chain(token.chain), tuple(seen))

    async def _ask_vaults(
        self, chain: Chain, mint: Mint, patience: Patience
    ) -> tuple[SlabFacts | None, SourceName | None]:
        """What the vaults of a chain say the token is, and whose it is."""
        names = sorted({AUTHORITIES[venue] for venue in _on_chain(chain)} & self.sources.slabs.keys())
        asked = (patience.answer_or_none(name, self.sources.slabs[name].slab(mint)) for name in names)
        answers = await _all(asked)
        told = ((facts, name) for facts, name in zip(answers, names, strict=True) if facts is not None)
        return next(told, (None, None))

    async def _ask_grader(self, number: str, patience: Patience) -> SlabFacts | None:
        for source in self.sources.certificates:
            found = await patience.answer_or_none(source.name, source.certificate(number))
            if found is not None:
                return _slab_of(found)
        return None

    async def _unstored(self, subject: Subject, facts: SlabFacts) -> Known:
        """A slab that is not ours: its kind may be, and has sales then."""
        async with self.db.read() as tx:
            card = facts.card
            kind_id = None if card is None else await questions.kind(tx, card, facts.grader, facts.grade)
        return replace(subject.known, slab=Slab(0, kind_id, facts, facts.alt_asset_id or None))

    async def _on_sale(
        self, subject: Subject, patience: Patience
    ) -> tuple[list[LiveListing], frozenset[Venue]]:
        """What the market places say, each offer once, as the freshest word has it; and who said nothing."""
        if subject.mint is None:
            return [], frozenset()
        states = {venue: self.sources.states[venue] for venue in subject.venues & self.sources.states.keys()}
        answers = await _all(
            _or_silence(patience.answer(source.name, source.live(subject.mint))) for source in states.values()
        )
        silent = {
            venue for venue, answer in zip(states, answers, strict=True) if isinstance(answer, Unanswered)
        }
        told = [answer for answer in answers if isinstance(answer, LiveListing)]
        freshest = sorted(told, key=lambda live: live.checked_at)
        return list({(live.venue, live.seller): live for live in freshest}.values()), frozenset(silent)

    async def _value(self, slab: Slab | None, patience: Patience, began: datetime) -> Valuation | None:
        """What is known of the worth; what vendors were asked for is kept, so that they need not be again."""
        if slab is None:
            return None
        evidence = EvidenceService(
            self.db,
            self.clock,
            patience.values(self.sources.valuations),
            patience.sales(self.sources.sales),
            waited_for=(),
        )
        valuation = await evidence.value(slab)
        is_whole = valuation is not None and not patience.unanswered and not valuation.silent
        if valuation is not None and is_whole and slab.id and _is_news(valuation, began):
            await self._keep(slab, valuation)
        return valuation

    async def _keep(self, slab: Slab, valuation: Valuation) -> None:
        asset_id = valuation.alt_asset_id
        async with self.db.write() as tx:
            await prices.add_valuation(tx, slab.subject, valuation, self.clock.now())
            if asset_id and slab.alt_asset_id is None:
                await catalog.keep_alt_asset(tx, slab.id, asset_id)

    async def _judged(
        self,
        subject: Subject,
        listed: Collection[LiveListing],
        valuation: Valuation | None,
        policy: DealPolicy,
        patience: Patience,
    ) -> tuple[Offer, ...]:
        is_doubted = await self._is_doubted(subject, listed, patience)
        async with self.db.read() as tx:
            exchange = await self.prices.exchange(tx, {live.ask.unit for live in listed})
        held = {(seen.venue, seen.seller, seen.ask) for seen in subject.last_seen if seen.is_held}
        offers = []
        for live in listed:
            dollars = exchange.dollars(live.ask)
            usd_micros = None if dollars is None else dollars.usd_micros
            result: Deal | Rejection | None = None
            if subject.slab is not None and usd_micros:
                candidate = Candidate(usd_micros, live.seller, subject.slab.facts)
                result = appraise(candidate, valuation, policy)
            if is_doubted and live.venue is Venue.ME:
                result = Rejection(Reason.MISMATCH)
            elif (live.venue, live.seller, live.ask) in held:
                result = Rejection(Reason.QUARANTINED)
            where = (live.venue, live.seller, live.ask, usd_micros)
            offers.append(Offer(*where, live.checked_at, live.told_by, result))
        return tuple(sorted(offers, key=lambda offer: offer.ask_usd_micros or 0))

    async def _is_doubted(
        self, subject: Subject, listed: Collection[LiveListing], patience: Patience
    ) -> bool:
        """Whether the market place of an offer takes the token for another slab than its vault does."""
        market = self.sources.slabs.get(SourceName.MAGIC_EDEN)
        is_there = any(live.venue is Venue.ME for live in listed)
        if market is None or subject.slab is None or subject.mint is None or not is_there:
            return False
        theirs = await patience.answer_or_none(market.name, market.slab(subject.mint))
        return theirs is not None and differs(subject.slab.facts, theirs)

    def _absent(self, question: Question, subject: Subject) -> tuple[SourceName, ...]:
        configured = {source.name for source in self.sources.valuations}
        configured |= {source.name for source in self.sources.certificates}
        wanted = {SourceName.PSA} if subject.slab is None and question.certificate else WAITED_FOR
        return tuple(sorted(wanted - configured))


async def _or_silence(question: Awaitable[T]) -> T | Unanswered:
    try:
        return await question
    except SourceError as error:
        return Unanswered(error.source, error.reason)


async def _all(questions: Iterable[Awaitable[T]]) -> list[T]:
    """The answers to all, asked at the same time; a bug in one is raised once the others have ended."""
    outcomes = await asyncio.gather(*questions, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]


async def _ended(task: "asyncio.Task[T]") -> None:
    """Nothing of ours is left running."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _on_chain(chain: Chain) -> frozenset[Venue]:
    return frozenset(venue for venue, its in CHAINS.items() if its is chain)


def _alt_asset_id(slab: Slab | None, valuation: Valuation | None) -> str:
    """What ALT called it now, or else what is known."""
    told = valuation.alt_asset_id if valuation is not None else ""
    return told or (slab.alt_asset_id if slab is not None else None) or ""


def _is_news(valuation: Valuation, began: datetime) -> bool:
    """Whether a vendor was asked for it just now."""
    return any(item.said_at is not None and item.said_at >= began for item in valuation.evidence)


def _slab_of(certificate: CertificateFacts) -> SlabFacts | None:
    """None for a grade that no slab of ours can have."""
    if certificate.grade is None:
        return None
    return SlabFacts(
        certificate.grader,
        certificate.certificate,
        certificate.grade,
        certificate.title,
        certificate.card,
    )
