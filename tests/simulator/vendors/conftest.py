"""A small simulator that stands still, at a time that tests may move."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from tests.simulator.vendors.asking import Ask, Get, Json, Post, Sample, Watch


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def config(watch: Watch) -> SimulatorConfig:
    return SimulatorConfig(pace=0, seed=3, cards=150, listings=60, has_limits=False, now=watch)


@pytest.fixture
async def sim(config: SimulatorConfig) -> AsyncIterator[Simulator]:
    async with open_simulator(config) as simulator:
        yield simulator


@pytest.fixture
async def http(sim: Simulator) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(sim.url) as session:
        yield session


@pytest.fixture
def sample(shared_folder: Path) -> Sample:
    """A recorded or documented answer."""

    def read(name: str) -> Json:
        return json.loads((shared_folder / "samples" / f"{name}.json").read_text(encoding="utf-8"))

    return read


@pytest.fixture
def get(http: aiohttp.ClientSession) -> Get:
    """GET a path of the simulator as JSON; another status than the expected fails."""

    async def get_json(
        path: str, *, status: int = 200, key: dict[str, str] | None = None, **query: str
    ) -> Json:
        async with http.get(path, params=query, headers=key) as response:
            assert response.status == status, await response.text()
            return await response.json()

    return get_json


@pytest.fixture
def post(http: aiohttp.ClientSession) -> Post:
    """POST JSON to a path of the simulator; another status than the expected fails."""

    async def post_json(path: str, body: Json, *, status: int = 200) -> Json:
        async with http.post(path, json=body) as response:
            assert response.status == status, await response.text()
            return await response.json()

    return post_json


@pytest.fixture
def ask_alt(http: aiohttp.ClientSession) -> Ask:
    """Ask ALT one question; the whole answer comes back."""

    async def ask(operation: str, query: str, **variables: Json) -> Json:
        question = {"operationName": operation, "query": query, "variables": variables}
        async with http.post(f"/vendors/alt/graphql/{operation}", json=question) as response:
            assert response.status == 200
            return await response.json()

    return ask
