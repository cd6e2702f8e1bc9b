"""Whatever a vendor does to us, a question ends in a value, in None, or in the right SourceError."""

from random import Random
from typing import TypeAlias

import msgspec
import pytest

from core.clock import ManualClock
from core.errors import SourceChanged, SourceError, SourceRateLimited, SourceRefused, SourceUnavailable
from core.sources.http import SourceHttp
from core.sources.http.transport import BODY_BYTES_MAX
from tests.sources.conftest import START, Sleeper
from tests.sources.payloads import Json
from tests.sources.questions.every import QUESTIONS
from tests.sources.questions.question import Question
from tests.sources.server import CUT_OFF, RESET, SILENCE, WEB_PAGE, Reply, ScriptedServer, data

pytestmark = pytest.mark.slow

Failure: TypeAlias = tuple[Reply, type[SourceError]]

EVERY_QUESTION = pytest.mark.parametrize("question", QUESTIONS, ids=str)
FAILURES: dict[str, Failure] = {
    "reset": (RESET, SourceUnavailable),
    "cut off": (CUT_OFF, SourceUnavailable),
    "web page": (WEB_PAGE, SourceUnavailable),
    "empty": (Reply(b""), SourceUnavailable),
    "500": (Reply(b"oops", status=500), SourceUnavailable),
    "401": (Reply(status=401), SourceRefused),
    "403 page": (Reply(b"<html>403</html>", status=403, content_type="text/html"), SourceRefused),
    "429": (Reply(b"Too Many Requests", status=429), SourceRateLimited),
    "429 seconds": (data({}, status=429, Retry_After="55"), SourceRateLimited),
    "429 date": (data({}, status=429, Retry_After="Thu, 01 Oct 2026 12:00:55 GMT"), SourceRateLimited),
    "429 reset": (data({}, status=429, x_ratelimit_reset="55"), SourceRateLimited),
    "429 reset at": (data({}, status=429, x_ratelimit_reset="1790856055"), SourceRateLimited),
    "429 body": (data({"statusCode": 429, "retryAfter": 55}, status=429), SourceRateLimited),
    "410": (Reply(status=410), SourceChanged),
    "huge": (Reply(b"[" + b" " * BODY_BYTES_MAX + b"]"), SourceChanged),
    "null": (Reply(b"null"), SourceChanged),
    "a number": (Reply(b"7"), SourceChanged),
    "a text": (Reply(b'"maintenance"'), SourceChanged),
    "deep": (Reply(b"[" * 10_000 + b"]" * 10_000), SourceChanged),
}


def wrong(value: Json) -> Json:
    """The same shape with every leaf of another type."""
    if isinstance(value, dict):
        return {name: wrong(item) for name, item in value.items()}
    if isinstance(value, list):
        return [wrong(item) for item in value]
    return [value] if isinstance(value, str) else {"was": value}


def extended(value: Json) -> Json:
    """The same with unknown fields everywhere."""
    if isinstance(value, dict):
        return {name: extended(item) for name, item in value.items()} | {"newField": {"deep": [1, None]}}
    return [extended(item) for item in value] if isinstance(value, list) else value


def without(value: Json, name: str) -> Json:
    """The same without that field, wherever it stands."""
    if isinstance(value, dict):
        return {key: without(item, name) for key, item in value.items() if key != name}
    return [without(item, name) for item in value] if isinstance(value, list) else value


def names_in(value: Json) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*(names_in(item) for item in value.values()))
    return set().union(*(names_in(item) for item in value)) if isinstance(value, list) else set()


@EVERY_QUESTION
@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
async def test_a_failure_has_its_own_error(
    http: SourceHttp, server: ScriptedServer, question: Question, failure: Failure
) -> None:
    reply, expected = failure
    server.says(reply)
    if reply.status in question.missing:
        assert await question.ask(http, server.url) is None
        return
    with pytest.raises(SourceError) as caught:
        await question.ask(http, server.url)
    assert type(caught.value) is expected
    if isinstance(caught.value, SourceRateLimited):
        asked_s = caught.value.retry_after_s
        assert asked_s == question.lockout_s if failure is FAILURES["429"] else 50 < asked_s <= 60


@EVERY_QUESTION
async def test_silence_is_unavailable(
    hasty_http: SourceHttp, server: ScriptedServer, question: Question
) -> None:
    server.says(SILENCE)
    with pytest.raises(SourceUnavailable):
        await question.ask(hasty_http, server.url)


@EVERY_QUESTION
async def test_half_an_answer_is_no_answer(
    http: SourceHttp, server: ScriptedServer, question: Question
) -> None:
    whole = msgspec.json.encode(question.answer)
    server.says(Reply(whole[: len(whole) // 2]))
    with pytest.raises(SourceUnavailable):
        await question.ask(http, server.url)


@EVERY_QUESTION
async def test_wrong_types_are_a_change(http: SourceHttp, server: ScriptedServer, question: Question) -> None:
    server.says(data(wrong(question.answer)))
    with pytest.raises(SourceChanged):
        await question.ask(http, server.url)


@EVERY_QUESTION
async def test_new_fields_change_nothing(server: ScriptedServer, question: Question) -> None:
    answers = []
    for answer in (question.answer, extended(question.answer)):
        server.says(data(answer))
        clock = ManualClock(START)
        async with SourceHttp(clock, random=Random(7), sleep=Sleeper(clock).sleep) as http:
            answers.append(await question.ask(http, server.url))
    assert answers[0] == answers[1]


async def error_kind(question: Question, http: SourceHttp, url: str) -> type[SourceError] | None:
    try:
        await question.ask(http, url)
    except SourceError as error:
        return type(error)
    return None


@EVERY_QUESTION
async def test_a_missing_field_is_no_crash(
    http: SourceHttp, server: ScriptedServer, question: Question
) -> None:
    for name in sorted(names_in(question.answer)):
        server.says(data(without(question.answer, name)))
        kind = await error_kind(question, http, server.url)
        assert kind in {None, SourceChanged, SourceUnavailable}, name
