"""The simulator as a whole: it starts, lives, keeps its state, and says plainly why it cannot start."""

import asyncio
import os
import signal
import socket
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import msgspec
import pytest

from core.simulator.__main__ import main, read_arguments
from core.simulator.app import SimulatorConfig, open_simulator
from core.simulator.market.settings import InsuredNoise
from core.simulator.saves import Saves

SMALL = SimulatorConfig(pace=0, cards=30, listings=10)


class HastyTime:
    """A minute passes whenever somebody asks for the time."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 1, tzinfo=UTC)
        self._asked = asyncio.Semaphore(0)

    def __call__(self) -> datetime:
        self._now += timedelta(minutes=1)
        self._asked.release()
        return self._now

    async def asked_again(self, times: int) -> None:
        """Return when the time was asked for so many times more."""
        while self._asked.locked() is False:
            await self._asked.acquire()
        for _ in range(times):
            await self._asked.acquire()


async def test_the_market_lives_by_itself() -> None:
    time = HastyTime()
    async with open_simulator(replace(SMALL, pace=12, now=time)) as sim:
        before = len(sim.market.book.activities)
        async with asyncio.timeout(30):
            await time.asked_again(3)
        assert len(sim.market.book.activities) > before


async def test_state_survives_a_restart(tmp_path: Path) -> None:
    config = replace(SMALL, data=tmp_path / "simulator")
    async with open_simulator(config) as sim:
        offered = sim.market.list_deal(config.now())
        last_id = sim.discord.snowflakes.next()
    async with open_simulator(config) as sim:
        assert sim.market.listing(offered.mint).seller == offered.seller
        assert sim.discord.snowflakes.last >= last_id


async def test_other_settings_begin_another_market(tmp_path: Path) -> None:
    config = replace(SMALL, data=tmp_path)
    async with open_simulator(config) as sim:
        mint = sim.market.scenery.tokens[0].mint
    async with open_simulator(replace(config, seed=8)) as sim:
        assert sim.market.scenery.token(mint) is None


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"version": 1}'])
async def test_a_broken_save_begins_a_new_world(tmp_path: Path, content: bytes) -> None:
    for name in ("market", "discord"):
        (tmp_path / f"{name}.json").write_bytes(content)
    async with open_simulator(replace(SMALL, data=tmp_path)) as sim:
        assert len(sim.market.book) >= 10


async def test_every_part_answers_on_the_one_port() -> None:
    paths = (
        "/",
        "/sim/market",
        "/sim/faults",
        "/sim/supervisor",
        "/sim/market/history.jsonl",
        "/vendors/collectorcrypt/marketplace",
        "/vendors/magiceden/v2/collections/collector_crypt/stats",
        "/vendors/coingecko/api/v3/simple/price?ids=solana&vs_currencies=usd",
        "/pictures/1.svg",
    )
    async with open_simulator(SMALL) as sim, aiohttp.ClientSession(sim.url) as http:
        for path in paths:
            async with http.get(path) as response:
                assert response.status == 200, path
        async with http.get("/api/v10/users/@me") as response:
            assert response.status == 401


async def test_a_save_is_written_only_when_something_changed(tmp_path: Path) -> None:
    saves = Saves(tmp_path)
    await saves.save("thing", b"1")
    (tmp_path / "thing.json").unlink()
    await saves.save("thing", b"1")
    assert saves.load("thing") is None
    await saves.save("thing", b"2")
    assert saves.load("thing") == b"2"
    assert os.listdir(tmp_path) == ["thing.json"]


def test_a_port_in_use_is_one_plain_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port), "--cards", "5"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"simulator: port {port} is in use; stop what listens there or choose another with --port."
    ]


def test_a_data_folder_that_cannot_be_used_is_one_plain_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "market.json").mkdir()
    assert main(["--port", "0", "--cards", "5", "--data", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("simulator: cannot start: ")


def test_the_past_is_exported_without_a_server(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    assert main(["--cards", "5", "--export-history", str(file)]) == 0
    kinds = {msgspec.json.decode(line)["type"] for line in file.read_bytes().splitlines()}
    assert kinds == {"header", "kind", "token", "rate", "listing", "sale", "valuation"}


def test_the_command_line_chooses_everything() -> None:
    words = "--port 9 --data d --seed 5 --pace 3 --cards 8 --insured-noise noisy --bot-token t --alt-key k"
    config = read_arguments([*words.split(), "--cc-cache-s", "30", "--no-limits"])
    assert config == SimulatorConfig(
        port=9,
        data=Path("d"),
        seed=5,
        pace=3,
        cards=8,
        insured_noise=InsuredNoise.NOISY,
        bot_token="t",
        alt_api_key="k",
        cc_cache_s=30,
        has_limits=False,
    )


@pytest.mark.parametrize(
    "words",
    ["--cards 0", "--cards many", "--pace -1", "--port 70000", "--cc-cache-s -1", "--insured-noise x"],
)
def test_senseless_arguments_are_refused(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        read_arguments(words.split())
    assert refused.value.code == 2
    assert words.split(maxsplit=1)[0] in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_process_ends_cleanly_when_asked(
    number: signal.Signals, tmp_path: Path, repository_root: Path
) -> None:
    words = ["-m", "core.simulator", "--port", "0", "--cards", "20", "--data", str(tmp_path)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, cwd=repository_root, stdout=pipe, stderr=pipe
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        ready = (await process.stdout.readline()).decode()
        assert ready.startswith("simulator ready http://127.0.0.1:")
        os.kill(process.pid, number)
        _, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")
    assert sorted(os.listdir(tmp_path)) == ["discord.json", "market.json"]
