"""An answer of another shape is told to the client's owner with how it began, and without keys."""

import asyncio
from collections.abc import AsyncIterator
from random import Random

import msgspec
import pytest

from core.clock import ManualClock
from core.domain.listings import SourceName
from core.errors import SourceChanged
from core.sources.http import SourceHttp, Vendor, VendorLimits, changed, decode, parsing
from tests.sources.conftest import Sleeper
from tests.sources.server import ScriptedServer, data

NAME = SourceName.ALT
LIMITS = VendorLimits(per_minute=6000, burst=10)
KEY = "canary-0123456789"


class Thing(msgspec.Struct):
    """What we take an answer for."""

    size: int


class Told:
    """What the client's owner hears."""

    def __init__(self) -> None:
        self.all: list[tuple[str, bytes]] = []

    def __call__(self, error: SourceChanged, body: bytes) -> None:
        self.all.append((str(error), body))


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def vendor(
    clock: ManualClock, sleeper: Sleeper, server: ScriptedServer, told: Told
) -> AsyncIterator[Vendor]:
    async with SourceHttp(clock, random=Random(7), sleep=sleeper.sleep, on_change=told) as http:
        yield http.vendor(
            NAME, base_url=server.url, limits=LIMITS, headers={"Authorization": f"Bearer {KEY}"}
        )


async def test_it_is_told_once_with_the_field_and_without_the_key(
    vendor: Vendor, server: ScriptedServer, told: Told
) -> None:
    server.says(data({"size": KEY}))
    with pytest.raises(SourceChanged):
        decode(await vendor.get("/thing"), Thing)
    assert told.all == [("alt: Expected `int`, got `str` at $.size", '{"size":"…"}'.encode())]


async def test_so_is_what_only_the_reader_finds(vendor: Vendor, told: Told) -> None:
    await vendor.get("/thing")
    with pytest.raises(SourceChanged), parsing(NAME, "$.size"):
        raise ValueError("not a size")
    with pytest.raises(SourceChanged):
        raise changed(NAME, "another thing", path="$")
    assert [said for said, _ in told.all] == ["alt: not a size at $.size", "alt: another thing at $"]


async def test_each_task_tells_of_its_own_answer(vendor: Vendor, server: ScriptedServer, told: Told) -> None:
    server.says(*(data({"size": f"not {n}"}) for n in range(4)))

    async def read() -> None:
        with pytest.raises(SourceChanged):
            decode(await vendor.get("/thing", fresh=True), Thing)

    await asyncio.gather(*(asyncio.create_task(read()) for _ in range(2)), read())
    assert all(body.startswith(b'{"size":"not ') for _, body in told.all)
    assert len(told.all) == 3


async def test_an_answer_that_is_understood_is_not_told_of(
    vendor: Vendor, server: ScriptedServer, told: Told
) -> None:
    server.says(data({"size": 3}))
    assert decode(await vendor.get("/thing"), Thing) == Thing(3)
    assert told.all == []


async def test_of_a_token_or_a_persons_own_answer_only_the_change_is_told(
    vendor: Vendor, server: ScriptedServer, told: Told
) -> None:
    server.says(data({"size": "a secret of somebody"}))
    questions = (vendor.post_form("/token", {}), vendor.find_for_one("/me", {}))
    for question in questions:
        fetched = await question
        assert fetched is not None
        with pytest.raises(SourceChanged):
            decode(fetched, Thing)
    assert [body for _, body in told.all] == [b"", b""]


async def test_one_persons_question_is_nobody_elses(vendor: Vendor, server: ScriptedServer) -> None:
    server.says(*(data({"size": n}, Cache_Control="max-age=60") for n in (1, 2, 3)))
    answers = await asyncio.gather(
        *(vendor.find_for_one("/me", {"Authorization": f"Bearer {n}"}) for n in range(2))
    )
    sizes = {decode(answer, Thing).size for answer in answers if answer is not None}
    assert (sizes, decode(await vendor.get("/me"), Thing).size) == ({1, 2}, 3)
