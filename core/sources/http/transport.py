"""One request over the wire: the aiohttp session, its time limits, and how much is read at most."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from types import TracebackType

import aiohttp
import msgspec
from yarl import URL

from core.clock import Clock
from core.domain.listings import SourceName
from core.errors import SourceChanged, SourceUnavailable
from core.sources.http.redaction import shown

USER_AGENT = "CardsCartel/0.1 (Discord deal bot)"
BODY_BYTES_MAX = 8 * 2**20
CHUNK_BYTES = 64 * 2**10
CONNECTIONS_MAX = 64
DNS_CACHE_S = 300


class Timeouts(msgspec.Struct, frozen=True):
    """`read_s` is between two pieces of an answer, `total_s` for one request, `call_s` with its retries."""

    connect_s: float = 5.0
    read_s: float = 10.0
    total_s: float = 15.0
    call_s: float = 30.0


class Request(msgspec.Struct, frozen=True):
    """One question to one vendor; a path that begins with `hidden` is shown without it."""

    source: SourceName
    method: str
    url: URL
    headers: Mapping[str, str]
    body: bytes | None = None
    hidden: str = ""

    def unless(self, etag: str) -> "Request":
        """The same question, to be answered only when the answer has another name by now."""
        headers = {**self.headers, "If-None-Match": etag}
        return msgspec.structs.replace(self, headers=headers) if etag else self

    @property
    def is_conditional(self) -> bool:
        return "If-None-Match" in self.headers

    def __str__(self) -> str:
        return f"{self.method} {shown(self.url).removeprefix(self.hidden) or '/'}"


class Answer(msgspec.Struct, frozen=True):
    """What came back, whole. `asked_at` is when the request left."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    asked_at: datetime

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def still_holds(self) -> bool:
        """What was said before, under the name that was asked about."""
        return self.status == HTTPStatus.NOT_MODIFIED

    @property
    def is_web_page(self) -> bool:
        """HTML where data was asked for: a maintenance page, a browser check, a wrong address."""
        return self.body.lstrip()[:1] == b"<"


class _Dropped(aiohttp.ClientError):
    """The connection broke. Of a kind that aiohttp does not take for one to try again by itself."""


class Transport:
    """Owns the session. Redirects are not followed, cookies not kept, proxies of the environment not used."""

    def __init__(self, clock: Clock, timeouts: Timeouts) -> None:
        self._clock = clock
        self._timeouts = timeouts
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Transport":
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX, ttl_dns_cache=DNS_CACHE_S),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
            middlewares=(_once,),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._session is not None
        await self._session.close()

    async def send(self, request: Request, *, total_s: float) -> Answer:
        """Ask once. Raises SourceUnavailable, or SourceChanged when the answer is too large."""
        assert self._session is not None, "the transport is used inside its `async with`"
        limits = aiohttp.ClientTimeout(
            total=total_s, sock_connect=self._timeouts.connect_s, sock_read=self._timeouts.read_s
        )
        asked_at = self._clock.now()
        try:
            async with self._session.request(
                request.method,
                request.url,
                data=request.body,
                headers=request.headers,
                timeout=limits,
                allow_redirects=False,
            ) as response:
                body = await _read(response, request)
                return Answer(response.status, response.headers, body, asked_at)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            # Not chained: the text of aiohttp's errors may hold the whole address, keys included.
            raise SourceUnavailable(request.source, f"{request}: {_reason(error)}") from None


_WORDS = (
    (aiohttp.ClientPayloadError, "the answer was cut off"),
    (aiohttp.ServerDisconnectedError, "the connection was closed"),
    (aiohttp.ClientResponseError, "what came was not HTTP as we know it"),
)


async def _once(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """aiohttp repeats a GET whose connection broke, past every budget: it shall not."""
    try:
        return await send(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _Dropped(_reason(error)) from None


def _reason(error: Exception) -> str:
    if isinstance(error, _Dropped):
        return str(error)
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return next((words for kind, words in _WORDS if isinstance(error, kind)), type(error).__name__)


async def _read(response: aiohttp.ClientResponse, request: Request) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK_BYTES):
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            raise SourceChanged(request.source, f"more than {BODY_BYTES_MAX} bytes", path=str(request))
    return bytes(body)
