"""Where the parts meet: one client for all vendors, and one for each of them."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime
from random import Random
from types import TracebackType
from typing import TypeAlias
from urllib.parse import urlencode

import msgspec
import structlog
from yarl import URL

from core.clock import Clock
from core.domain.listings import SourceName
from core.errors import SourceChanged, SourceError, SourceRateLimited, SourceRefused, SourceUnavailable
from core.sources.base import Breaker, BudgetBook, VendorMemory
from core.sources.http.answers import VendorHabits, dated, error_of, etag_of, kept_s, later_s
from core.sources.http.breaker import CircuitBreaker
from core.sources.http.budget import Budget, MemoryBook, NoTurn, Sleep, VendorLimits
from core.sources.http.cache import AnswerCache, Fetched, Kept
from core.sources.http.calls import OUTCOMES, Call, CallOutcome, OnCall, OnChange, reading
from core.sources.http.redaction import Redactor
from core.sources.http.transport import Answer, Request, Timeouts, Transport

TRIES_MAX = 3
BACKOFF_S = 0.5
BACKOFF_S_MAX = 8.0
REQUEST_S_MIN = 0.05  # aiohttp takes 0 for "as long as you like"

Params: TypeAlias = Mapping[str, str | int]

log = structlog.get_logger(__name__)


class SourceHttp:
    """Opens and closes what all vendors share. Used inside its `async with`."""

    def __init__(
        self,
        clock: Clock,
        *,
        random: Random,
        sleep: Sleep = asyncio.sleep,
        memory: VendorMemory | None = None,
        book: BudgetBook | None = None,
        on_call: OnCall | None = None,
        on_change: OnChange | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        self.clock = clock
        self.random = random
        self.sleep = sleep
        self.memory = memory
        self.on_call = on_call
        self.on_change = on_change
        self.timeouts = timeouts or Timeouts()
        self.transport = Transport(clock, self.timeouts)
        self.cache = AnswerCache(clock)
        self._book = book or MemoryBook(clock)
        self._budgets: list[Budget] = []

    async def __aenter__(self) -> "SourceHttp":
        await self.transport.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.cache.close()
        await asyncio.gather(*(budget.close() for budget in self._budgets))
        await self.transport.__aexit__(kind, error, trace)

    def budget(self, source: SourceName, limits: VendorLimits) -> Budget:
        """A vendor's turns, closed with this client."""
        budget = Budget(source, limits, book=self._book, clock=self.clock, sleep=self.sleep)
        self._budgets.append(budget)
        return budget

    def vendor(
        self,
        source: SourceName,
        *,
        base_url: str,
        limits: VendorLimits,
        headers: Mapping[str, str] | None = None,
        habits: VendorHabits | None = None,
    ) -> "Vendor":
        """One vendor's client: ask for it once, its budget and its breaker live in it."""
        return Vendor(self, source, base_url, limits, headers or {}, habits=habits or VendorHabits())


class Vendor:
    """Asks one vendor, within its limits, again where that may help."""

    def __init__(
        self,
        http: SourceHttp,
        source: SourceName,
        base_url: str,
        limits: VendorLimits,
        headers: Mapping[str, str],
        *,
        habits: VendorHabits,
    ) -> None:
        self.source = source
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._limits = limits
        self._headers = headers
        self._habits = habits
        self._budget = http.budget(source, limits)
        self._breaker = CircuitBreaker(source, clock=http.clock, memory=http.memory)
        self._refused_as: str | None = None

    async def get(
        self,
        path: str,
        *,
        params: Params | None = None,
        fresh: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """An answer the vendor always has. Raises SourceError.

        `path` is quoted by the caller. `fresh` passes over what the vendor's `Cache-Control` let us keep.
        `headers` go with the vendor's own and do not tell one answer from another.
        """
        fetched = await self.find(path, params=params, missing=(), fresh=fresh, headers=headers)
        assert fetched is not None
        return fetched

    async def find(
        self,
        path: str,
        *,
        params: Params | None = None,
        missing: Collection[int] = (404,),
        fresh: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched | None:
        """Like `get`, but None when the vendor answers with one of the `missing` statuses."""
        request = self._request("GET", path, params, headers=headers)
        key = f"{self.source} {sorted(missing)} {request.url}"
        fetched = await self._http.cache.fetch(
            key, lambda before: self._kept(request, missing, before), fresh=fresh
        )
        return reading(fetched, self._http.on_change)

    async def find_for_one(self, path: str, headers: Mapping[str, str], *missing: int) -> Fetched | None:
        """Like `find`, for the one person that the headers stand for: not kept, and shared with nobody."""
        request = self._request("GET", path, None, headers=headers)
        return reading((await self._kept(request, missing)).fetched, self._http.on_change, is_secret=True)

    async def post(self, path: str, question: msgspec.Struct) -> Fetched:
        """A *read* by POST (GraphQL and such): tried again as a GET is, never kept. Raises SourceError."""
        fetched = await self.find_by_post(path, question, missing=())
        assert fetched is not None
        return fetched

    async def find_by_post(
        self, path: str, question: msgspec.Struct, *, missing: Collection[int] = (404,)
    ) -> Fetched | None:
        """Like `post`, but None when the vendor answers with one of the `missing` statuses."""
        request = self._request("POST", path, None, msgspec.json.encode(question))
        return reading((await self._kept(request, missing)).fetched, self._http.on_change)

    async def post_form(
        self,
        path: str,
        fields: Mapping[str, str],
        *,
        headers: Mapping[str, str] | None = None,
        missing: Collection[int] = (),
    ) -> Fetched | None:
        """A form, such as a question for a token: tried again, never kept; None for a `missing` status."""
        form = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        request = self._request("POST", path, None, urlencode(fields).encode(), headers=form)
        return reading((await self._kept(request, missing)).fetched, self._http.on_change, is_secret=True)

    def _request(
        self,
        method: str,
        path: str,
        params: Params | None,
        body: bytes | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Request:
        url = URL(self._base_url + path, encoded=True)
        typed = {"Content-Type": "application/json"} if body else {}
        named = {**self._headers, **typed, **(headers or {})}
        whole = url.with_query(params) if params else url
        hidden = URL(self._base_url).path if self._habits.hides_base else ""
        return Request(self.source, method, whole, named, body, hidden)

    async def _kept(self, request: Request, missing: Collection[int], before: Kept | None = None) -> Kept:
        answer = await self._guarded(request.unless(before.etag if before else ""), missing)
        if answer is None:
            return Kept(None)
        fetched = self._fetched(request, answer)
        if answer.still_holds and before is not None and before.fetched is not None:
            fetched = msgspec.structs.replace(before.fetched, at=fetched.at)
        return Kept(fetched, kept_s(answer.headers), etag_of(answer.headers))

    def _fetched(self, request: Request, answer: Answer) -> Fetched:
        """Without the keys of the question, should it echo them."""
        redactor = Redactor({**request.headers, **request.url.query}, request.hidden)
        return Fetched(self.source, redactor.body(answer.body), dated(answer))

    async def _guarded(self, request: Request, missing: Collection[int]) -> Answer | None:
        """Being told "later" says nothing about the vendor's health, for or against."""
        if self._refused_as is not None:
            raise SourceRefused(self.source, self._refused_as)
        self._breaker.admit()
        try:
            answer = await self._persistent(request, missing)
        except (SourceUnavailable, SourceRefused) as error:
            self._breaker.failed(error.reason)
            if isinstance(error, SourceRefused) and self._habits.refuses_for_good:
                self._give_up(error.reason)
            raise
        except SourceChanged:
            self._breaker.answered()
            raise
        self._breaker.answered()
        return answer

    def _give_up(self, reason: str) -> None:
        """Told once; nothing more is asked until the next start."""
        self._refused_as = reason
        log.warning("source refuses us: it is not asked again before the next start", source=self.source)
        if self._http.memory is not None:
            now = self._http.clock.now()
            self._http.memory.record(self.source, Breaker(True, 1, now, reason), at=now)

    async def _persistent(self, request: Request, missing: Collection[int]) -> Answer | None:
        """Try, and again after a random wait, while there is time; once for a vendor known to be down."""
        clock = self._http.clock
        ends_at = clock.monotonic() + self._http.timeouts.call_s
        tries_left = 1 if self._breaker.is_open else TRIES_MAX
        backoff_s = BACKOFF_S
        while True:
            tries_left -= 1
            try:
                return await self._attempt(request, missing, ends_at)
            except NoTurn:
                raise
            except (SourceUnavailable, SourceRateLimited):
                wait_s = max(self._http.random.uniform(0, backoff_s), self._budget.paused_s())
                left_s = min(ends_at - clock.monotonic(), self._limits.wait_s_max)
                if tries_left == 0 or wait_s >= left_s:
                    raise
            await self._http.sleep(wait_s)
            backoff_s = min(backoff_s * 2, BACKOFF_S_MAX)

    async def _attempt(self, request: Request, missing: Collection[int], ends_at: float) -> Answer | None:
        clock = self._http.clock
        async with self._budget.turn(wait_s_max=ends_at - clock.monotonic()):
            total_s = max(REQUEST_S_MIN, min(self._http.timeouts.total_s, ends_at - clock.monotonic()))
            return await self._told(request, missing, total_s=total_s)

    async def _told(self, request: Request, missing: Collection[int], *, total_s: float) -> Answer | None:
        """Send once, and tell how that went."""
        started = self._http.clock.monotonic()
        try:
            answer = await self._http.transport.send(request, total_s=total_s)
            judged = await self._judged(request, answer, missing)
        except SourceError as error:
            self._tell(OUTCOMES[type(error)], started, reason=error.reason)
            raise
        self._tell(CallOutcome.ANSWERED, started, data_at=dated(answer))
        return judged

    async def _judged(self, request: Request, answer: Answer, missing: Collection[int]) -> Answer | None:
        """A web page is never believed, not even when it says "not found"."""
        if answer.still_holds and request.is_conditional:
            return answer
        if answer.is_success and not answer.is_web_page:
            if (failure := self._habits.failure_in(self._fetched(request, answer))) is None:
                return answer
            if isinstance(failure, SourceRateLimited):
                await self._budget.pause(failure.retry_after_s)
            raise failure
        words = self._habits.missing_says.casefold().encode()
        is_missing = answer.status in missing and words in answer.body.lower()
        if is_missing and not answer.is_web_page:
            return None
        wait_s = later_s(answer, self._http.clock.now(), lockout_s=self._habits.lockout_s)
        if wait_s is not None:
            await self._budget.pause(wait_s)
        raise error_of(self.source, request, answer, wait_s)

    def _tell(
        self, outcome: CallOutcome, started: float, *, reason: str = "", data_at: datetime | None = None
    ) -> None:
        if self._http.on_call is not None:
            seconds = self._http.clock.monotonic() - started
            self._http.on_call(Call(self.source, outcome, seconds, reason, data_at))
