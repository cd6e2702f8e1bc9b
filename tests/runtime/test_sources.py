"""Which vendors are asked is a matter of settings alone."""

from collections.abc import AsyncIterator
from dataclasses import fields
from random import Random
from typing import Protocol

import pytest

from core.clock import ManualClock
from core.domain.listings import SourceName, Venue
from core.runtime.sources import NEEDED, open_sources, plans
from core.settings import NAMES, Settings, load
from core.sources.base import Sources
from core.sources.http import SourceHttp
from tests.databases import NOW

KEYED = {name: needed for name, needed in NEEDED.items() if needed}
EVERYTHING = {
    name: "true"
    if name.endswith("_ENABLED")
    else "https://vendor.example"
    if name.endswith("_URL")
    else "key"
    for needed in NEEDED.values()
    for name in needed
}
NOT_ON_BY_THEMSELVES = {
    name
    for name, needed in NEEDED.items()
    if any(getattr(Settings(), setting.lower()) in {None, False} for setting in needed)
}


class HasName(Protocol):
    """Any source."""

    name: SourceName


@pytest.fixture
async def http() -> AsyncIterator[SourceHttp]:
    async with SourceHttp(ManualClock(NOW), random=Random(7)) as http:
        yield http


def names(sources: Sources) -> set[SourceName]:
    """Everybody who can be asked for anything."""
    found: set[SourceName] = set()
    for capability in fields(sources):
        kind: tuple[HasName, ...] | dict[object, HasName] = getattr(sources, capability.name)
        found |= {source.name for source in (kind.values() if isinstance(kind, dict) else kind)}
    return found


def test_every_vendor_has_a_plan_and_every_need_is_a_setting() -> None:
    assert set(NEEDED) == set(SourceName) - {SourceName.DISCORD}
    assert {name for needed in NEEDED.values() for name in needed} <= set(NAMES)


async def test_those_that_need_nothing_are_on_by_themselves(http: SourceHttp) -> None:
    settings = load({}, env_file=None)
    asked = names(open_sources(settings, http))
    assert asked == set(NEEDED) - NOT_ON_BY_THEMSELVES
    assert asked == {plan.name for plan in plans(settings) if not plan.off_because}


async def test_with_every_key_everybody_is_asked(http: SourceHttp) -> None:
    settings = load(EVERYTHING, env_file=None)
    sources = open_sources(settings, http)
    assert names(sources) == set(NEEDED)
    assert set(sources.states) == set(Venue)
    assert [plan.off_because for plan in plans(settings)] == [""] * len(NEEDED)


@pytest.mark.parametrize("name", KEYED)
async def test_each_is_on_or_off_by_what_it_needs(http: SourceHttp, name: SourceName) -> None:
    off = EVERYTHING | {need: "false" if need.endswith("_ENABLED") else "" for need in NEEDED[name]}
    settings = load(off, env_file=None)
    assert names(open_sources(settings, http)) == set(NEEDED) - {name}
    reasons = {plan.name: plan.off_because for plan in plans(settings) if plan.off_because}
    assert list(reasons) == [name]
    assert all(need in reasons[name] for need in NEEDED[name])


def test_the_days_that_vendors_count_are_known() -> None:
    counted = {plan.name: plan.per_day for plan in plans(Settings()) if plan.per_day is not None}
    assert counted == {SourceName.EBAY: 5000, SourceName.PSA: 100}
