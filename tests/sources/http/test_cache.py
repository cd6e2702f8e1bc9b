"""Answers kept, and questions under way, without a network."""

import asyncio
from datetime import timedelta

import pytest

from core.clock import ManualClock
from core.domain.listings import SourceName
from core.errors import SourceUnavailable
from core.sources.base import Urgency, asking
from core.sources.http import Fetched
from core.sources.http.cache import BYTES_MAX, ENTRIES_MAX, AnswerCache, Kept
from tests.sources.conftest import START


class Asker:
    """Counts how often it is asked."""

    def __init__(self, size: int = 1, for_s: float = 30.0) -> None:
        self.kept = Kept(Fetched(SourceName.ALT, b"x" * size, START), for_s)
        self.times = 0
        self.before: Kept | None = None
        self.was_asked = asyncio.Event()
        self.go = asyncio.Event()
        self.go.set()

    async def ask(self, before: Kept | None) -> Kept:
        self.times += 1
        self.before = before
        self.was_asked.set()
        await self.go.wait()
        return self.kept


@pytest.fixture
def cache(clock: ManualClock) -> AnswerCache:
    return AnswerCache(clock)


async def test_the_entry_used_longest_ago_goes_first(cache: AnswerCache) -> None:
    old, used, new = Asker(), Asker(), Asker()
    await cache.fetch("used", used.ask, fresh=False)
    await cache.fetch("old", old.ask, fresh=False)
    await cache.fetch("used", used.ask, fresh=False)
    for n in range(ENTRIES_MAX - 1):
        await cache.fetch(f"new {n}", new.ask, fresh=False)
    await cache.fetch("used", used.ask, fresh=False)
    await cache.fetch("old", old.ask, fresh=False)
    assert (used.times, old.times) == (1, 2)


async def test_large_answers_push_each_other_out(cache: AnswerCache) -> None:
    first, second = Asker(BYTES_MAX * 2 // 3), Asker(BYTES_MAX * 2 // 3)
    await cache.fetch("first", first.ask, fresh=False)
    await cache.fetch("second", second.ask, fresh=False)
    await cache.fetch("second", second.ask, fresh=False)
    await cache.fetch("first", first.ask, fresh=False)
    assert (first.times, second.times) == (2, 1)


async def test_an_answer_past_its_time_is_asked_for_again(cache: AnswerCache, clock: ManualClock) -> None:
    asker = Asker(for_s=30)
    await cache.fetch("key", asker.ask, fresh=False)
    clock.advance(timedelta(seconds=30))
    await cache.fetch("key", asker.ask, fresh=False)
    assert asker.times == 2


async def test_what_has_a_name_is_asked_about_by_it_and_what_has_none_is_asked_anew(
    cache: AnswerCache, clock: ManualClock
) -> None:
    named, nameless = Asker(for_s=30), Asker(for_s=30)
    named.kept = Kept(named.kept.fetched, 30, '"v1"')
    for asker, before in ((named, Kept(named.kept.fetched, etag='"v1"')), (nameless, None)):
        await cache.fetch(str(id(asker)), asker.ask, fresh=False)
        clock.advance(timedelta(seconds=30))
        await cache.fetch(str(id(asker)), asker.ask, fresh=False)
        assert (asker.times, asker.before) == (2, before)


async def test_none_and_unkeepable_answers_are_not_kept(cache: AnswerCache) -> None:
    nothing, brief = Asker(), Asker(for_s=0)
    nothing.kept = Kept(None, 30)
    for asker in (nothing, brief):
        await cache.fetch(str(id(asker)), asker.ask, fresh=False)
        await cache.fetch(str(id(asker)), asker.ask, fresh=False)
        assert asker.times == 2


async def test_a_caller_who_leaves_does_not_take_the_answer_with_him(cache: AnswerCache) -> None:
    asker = Asker()
    asker.go.clear()
    leaver, stayer = (asyncio.create_task(cache.fetch("key", asker.ask, fresh=False)) for _ in range(2))
    await asker.was_asked.wait()
    leaver.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaver
    asker.go.set()
    assert await stayer is asker.kept.fetched
    assert asker.times == 1


async def test_a_click_does_not_wait_with_a_back_fill_and_a_back_fill_waits_with_a_click(
    cache: AnswerCache,
) -> None:
    queued, clicked, late = Asker(), Asker(), Asker()
    queued.go.clear()
    clicked.go.clear()
    with asking(Urgency.BACKFILL):
        backfill = asyncio.create_task(cache.fetch("key", queued.ask, fresh=False))
        await queued.was_asked.wait()
    with asking(Urgency.CLICK):
        click = asyncio.create_task(cache.fetch("key", clicked.ask, fresh=False))
        await clicked.was_asked.wait()
    joined = asyncio.create_task(cache.fetch("key", late.ask, fresh=False))
    clicked.go.set()
    assert await click is await joined is clicked.kept.fetched
    assert not backfill.done()
    queued.go.set()
    assert await backfill is queued.kept.fetched
    assert late.times == 0


async def test_a_failure_reaches_everybody_and_is_not_remembered(cache: AnswerCache) -> None:
    asker = Asker()

    async def fail(_: Kept | None) -> Kept:
        raise SourceUnavailable("alt", "reset")

    both = [cache.fetch("key", fail, fresh=False) for _ in range(2)]
    assert [type(error) for error in await asyncio.gather(*both, return_exceptions=True)] == [
        SourceUnavailable,
        SourceUnavailable,
    ]
    assert await cache.fetch("key", asker.ask, fresh=False) is asker.kept.fetched
