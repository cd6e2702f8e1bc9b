"""`bot.py sources`: what running processes saw, as a table; and one question to a vendor, in plain words."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

import bot
from core.cli import sources
from core.cli.demo.plan import KEYED
from core.clock import ManualClock
from core.domain.listings import SourceName
from core.domain.operations import SourceHealth
from core.domain.sources import Change, SourceCalls
from core.errors import StartError
from core.settings import Settings, load
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from db import allowances, operations
from db import sources as tallies
from db.engine import Database
from db.lock import hold_alone
from tests.databases import NOW, on_sqlite
from tests.e2e.community import environment

pytestmark = pytest.mark.slow

OTHERS = {"BEEZIE_ENABLED": "true", "OPENSEA_KEY": "a-key", "TCGCSV_ENABLED": "false"}
ASKED = sorted({name.value for name in SourceName} - {"tcgcsv", "discord"})
Printed = pytest.CaptureFixture[str]


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    config = SimulatorConfig(pace=0, cards=40, listings=4, has_limits=False)
    async with open_simulator(config) as simulator:
        yield simulator


@pytest.fixture
def settings(simulator: Simulator, migrated_url: str, tmp_path: Path) -> Settings:
    """Every vendor is switched on, but one whose many questions would be spaced in real time."""
    keys = dict.fromkeys(KEYED, "a-key") | {"SOLANA_RPC_URL": f"{simulator.url}/vendors/solana"}
    return load(environment(simulator.url, migrated_url, tmp_path) | keys | OTHERS, env_file=None)


async def test_every_vendor_that_answers_is_understood(settings: Settings, capsys: Printed) -> None:
    said = {}
    for name in ASKED:
        assert await sources.check(settings, name) == 0, capsys.readouterr().out
        said[name], *_ = capsys.readouterr().out.splitlines()
    assert {name for name, line in said.items() if not line.startswith(f"{name} answers")} == set()
    assert said["coinbase"].startswith("coinbase answers: 1 SOL is $")
    assert said["magiceden"].startswith("magiceden answers: ")


async def test_examples_tell_how_an_answer_was_understood(settings: Settings, capsys: Printed) -> None:
    await sources.check(settings, "collectorcrypt")
    first, *examples = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"collectorcrypt answers: \d+ slabs understood, \d other rows \([\d,]+ ms\)", first)
    assert [line.startswith("  listed at ") for line in examples] == [True] * 5


async def test_an_answer_of_another_shape_is_shown(
    settings: Settings, simulator: Simulator, capsys: Printed
) -> None:
    simulator.faults.add("vendor:coinbase", "wrong_types", times=None)
    assert await sources.check(settings, "coinbase") == 1
    first, sample = capsys.readouterr().out.splitlines()
    assert first.startswith("coinbase: ")
    assert sample.startswith("  the answer began: {")


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (401, "check its key."),
        (500, "check its address, or wait if it is down."),
        (429, "it is asked too often, try again in 1 s."),
        (400, "check its address; if that is right, its answers have changed, and a newer version may know."),
    ],
)
async def test_no_answer_is_told_with_what_to_do(
    settings: Settings, simulator: Simulator, capsys: Printed, status: int, advice: str
) -> None:
    simulator.faults.add("vendor:psa", "status", times=None, status=status)
    assert await sources.check(settings, " PSA ") == 1
    said = capsys.readouterr().out
    assert (said.startswith("psa: "), said.endswith(f": {advice}\n")) == (True, True), said


async def test_a_question_counts_towards_what_the_vendor_allows(settings: Settings, db: Database) -> None:
    await sources.check(settings, "psa")
    async with db.read() as tx:
        used = await allowances.all_of_them(tx)
    assert used["psa"].used == 1


async def test_a_vendor_that_is_off_or_unknown_is_not_asked(simulator: Simulator, settings: Settings) -> None:
    with pytest.raises(StartError, match=r"^tcgcsv is off: TCGCSV_ENABLED is false\.$"):
        await sources.check(settings, "tcgcsv")
    with pytest.raises(
        StartError, match=r"^There is no source 'ebya'; there are collectorcrypt, magiceden, "
    ):
        await sources.check(settings, "ebya")


async def test_the_table_shows_what_running_processes_saw(
    settings: Settings, db: Database, capsys: Printed
) -> None:
    clock = ManualClock(NOW)
    now = clock.now()
    down_since = now - timedelta(hours=2)
    alt = SourceCalls(
        SourceName.ALT,
        told_at=now,
        calls=1200,
        failures=3,
        changes=1,
        succeeded_at=now - timedelta(seconds=42),
        p50_ms=120,
        p95_ms=480,
        oldest_data_at=now - timedelta(minutes=2),
        change=Change(now, "Expected `int` at $.price", '{"price": "1"}'),
    )
    async with db.write() as tx:
        await tallies.keep(tx, "another process", [alt])
        await operations.keep_source(tx, SourceHealth("psa", True, down_since, "HTTP 503"))
    assert await sources.run(settings, clock) == 1
    shown = capsys.readouterr().out
    lines = {line.split()[0]: " ".join(line.split()) for line in shown.splitlines() if line}
    assert lines["alt"] == "alt 42 s ago 3 of 1,200 0 asked 120 / 480 ms 2 m answers"
    assert (
        lines["psa"] == f"psa – – 100 left – – down for 2 h (since {down_since:%Y-%m-%d %H:%M} UTC): HTTP 503"
    )
    assert lines["tcgcsv"] == "tcgcsv – – 0 asked – – off: TCGCSV_ENABLED is false"
    assert lines["ebay"].endswith("5,000 left – – not asked yet")
    assert "alt: 1 answer not understood in the last hour, the newest: Expected `int` at $.price" in shown
    assert '  it began: {"price": "1"}' in shown


async def test_before_the_first_start_all_are_named(
    settings: Settings, tmp_path: Path, capsys: Printed
) -> None:
    fresh = load(
        {"DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}", "DATA_DIR": str(tmp_path)}, env_file=None
    )
    assert await sources.run(fresh) == 0
    assert capsys.readouterr().out.count("not asked yet") == 9
    assert not (tmp_path / "none.db").exists()


@on_sqlite
def test_both_work_beside_the_running_bot(settings: Settings, tmp_path: Path, capsys: Printed) -> None:
    env_file = tmp_path / "bot.env"
    env_file.write_text(f"DATABASE_URL={settings.database_url}\nCOINBASE_URL={settings.coinbase_url}\n")
    with hold_alone(tmp_path / "cartel.db"):
        assert bot.main(["sources", "--env-file", str(env_file)]) == 0
        assert "not asked yet" in capsys.readouterr().out
    assert bot.main(["sources", "check", "--env-file", str(env_file)]) == 1
    assert "wants the name of a source" in capsys.readouterr().err
