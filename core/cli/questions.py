"""One real question to each vendor, and what was understood of the answer, in plain words."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import NamedTuple, TypeAlias

from cogs.ui.format import amount, count, duration, usd
from core.domain.catalog import CardKey, CatalogueEntry, Grade, Grader, SlabFacts, grade_text, slab_name
from core.domain.links import VENUES
from core.domain.listings import Report, SourceName, Wallet
from core.domain.rates import SOL_USD
from core.errors import SourceChanged, SourceError, SourceRateLimited, SourceRefused
from core.sources.base import (
    AskSource,
    CardSearchSource,
    CatalogueSource,
    CertificateSource,
    Page,
    RateSource,
    Sources,
    ValuationSource,
    WalletSource,
)

CALL_LIMIT_S = 20
EXAMPLES_MAX = 5
WORDS = {SourceName.SCRYFALL: "Lightning Bolt", SourceName.YGOPRODECK: "Dark Magician"}
ANY_WORDS = "Charizard"
ANY_CARD = CardKey("Pokemon", "Base Set", "4", "Charizard", year=1999)
ANY_SLAB = SlabFacts(Grader.PSA, "10000001", Grade(100), "1999 #4 Charizard PSA 10", ANY_CARD)
ANY_WALLET = Wallet("So11111111111111111111111111111111111111112")


class Answer(NamedTuple):
    """One sentence, and a few things as they were understood."""

    says: str
    examples: tuple[str, ...] = ()


Question: TypeAlias = Callable[[], Awaitable[Answer]]


class NoAnswerError(Exception):
    """What went wrong, and what to do, as a sentence."""


def questions(sources: Sources) -> dict[SourceName, Question]:
    """One for each vendor that is switched on: about the first thing that it is there for."""
    found: dict[SourceName, Question] = {}
    for shop in sources.listings:
        found.setdefault(shop.name, partial(_page, partial(shop.listings, pages_max=1)))
    for feed in sources.activities:
        found.setdefault(feed.name, partial(_page, partial(feed.activities, pages_max=1)))
    for rates in sources.rates:
        found.setdefault(rates.name, partial(_rate, rates))
    for appraiser in sources.valuations:
        found.setdefault(appraiser.name, partial(_value, appraiser))
    for grader in sources.certificates:
        found.setdefault(grader.name, partial(_certificate, grader))
    for market in sources.asks:
        found.setdefault(market.name, partial(_asks, market))
    for finder in sources.searches:
        found.setdefault(finder.name, partial(_search, finder))
    for catalogue in sources.catalogues:
        found.setdefault(catalogue.name, partial(_sets, catalogue))
    for books in sources.wallets:
        found.setdefault(books.name, partial(_wallet, books))
    return found


async def answer(question: Question) -> Answer:
    """Ask. Raises NoAnswerError."""
    try:
        async with asyncio.timeout(CALL_LIMIT_S):
            return await question()
    except SourceError as error:
        raise NoAnswerError(f"{error.reason}: {_advice(error)}.") from error
    except TimeoutError as error:
        raise NoAnswerError(f"no answer within {CALL_LIMIT_S} s: it may be down.") from error


def _advice(error: SourceError) -> str:
    if isinstance(error, SourceRefused):
        return "check its key"
    if isinstance(error, SourceRateLimited):
        return f"it is asked too often, try again in {duration(timedelta(seconds=error.retry_after_s))}"
    if isinstance(error, SourceChanged):
        return "check its address; if that is right, its answers have changed, and a newer version may know"
    return "check its address, or wait if it is down"


async def _page(pages: Callable[[], AsyncIterator[Page]]) -> Answer:
    async for page in pages():
        says = f"answers: {len(page.reports)} slabs understood, {page.skipped} other rows"
        return Answer(says, _first(map(_report, page.reports)))
    return Answer("answers, but has nothing")


def _report(report: Report) -> str:
    slab = report.slab
    what = report.key.mint if slab is None else slab_name(slab.grader, slab.grade, slab.title)
    paid = report.paid or report.ask
    price = "" if paid is None else f" for {amount(paid)}"
    return f"{report.said.value} at {VENUES[report.key.venue]}: {what}{price}"


async def _rate(source: RateSource) -> Answer:
    rate = await source.rate(SOL_USD)
    if rate is None:
        return Answer("answers, but has no rate")
    return Answer(f"answers: 1 SOL is ${rate.usd}", (f"as of {rate.at:%Y-%m-%d %H:%M:%S} UTC",))


async def _value(source: ValuationSource) -> Answer:
    evidence = await source.value(ANY_SLAB, asset_id=None)
    if evidence is None:
        return Answer(f"answers, and does not know {ANY_SLAB.title}")
    value = f"{usd(evidence.value_usd_micros)}, {evidence.confidence} % sure"
    return Answer(f"answers: knows {evidence.asset_name}", (value,))


async def _certificate(source: CertificateSource) -> Answer:
    facts = await source.certificate(ANY_SLAB.certificate)
    if facts is None:
        return Answer(f"answers, and knows no certificate {ANY_SLAB.certificate}")
    grade = "no grade" if facts.grade is None else grade_text(facts.grade)
    return Answer(f"answers: certificate {facts.certificate} is {facts.title}, {grade}")


async def _asks(source: AskSource) -> Answer:
    async for page in source.asks(ANY_WORDS, pages_max=1):
        shown = _first(f"{ask.title} for {amount(ask.amount)}" for ask in page)
        return Answer(f"answers: {count(len(page), 'ask')} for {ANY_WORDS}", shown)
    return Answer(f"answers, and has no asks for {ANY_WORDS}")


async def _search(source: CardSearchSource) -> Answer:
    words = WORDS.get(source.name, ANY_WORDS)
    found = await source.search(words, limit=EXAMPLES_MAX)
    return Answer(f"answers: {count(len(found), 'card')} for {words}", _first(map(_entry, found)))


def _entry(entry: CatalogueEntry) -> str:
    quotes = [f"{quote.kind} {amount(quote.amount)}" for quote in entry.quotes[:2]]
    return ", ".join([f"{entry.name}, {entry.set_name or entry.game} {entry.number}".rstrip(), *quotes])


async def _sets(source: CatalogueSource) -> Answer:
    sets = await source.sets()
    return Answer(f"answers: {count(len(sets), 'set')}", _first(f"{s.game}: {s.name}" for s in sets))


async def _wallet(source: WalletSource) -> Answer:
    async for page in source.holdings(ANY_WALLET, pages_max=1):
        return Answer(f"answers: {count(len(page.holdings), 'token')} in a wallet")
    return Answer("answers, and knows nothing of a wallet")


def _first(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(lines)[:EXAMPLES_MAX]
