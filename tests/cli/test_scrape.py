"""`bot.py scrape`: one vendor is read by itself, says how far it came, and what it told is kept."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

import bot
from core.cli import scrape
from core.domain.listings import SourceName
from core.errors import StartError
from core.settings import Settings, load
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.market.raw import Shelf, set_code
from db.engine import Database
from db.listings import VersionRow
from db.lock import hold_alone
from db.prices import PricePointRow
from db.sources import told
from tests.databases import on_sqlite
from tests.e2e.community import environment

Printed = pytest.CaptureFixture[str]


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    config = SimulatorConfig(pace=0, cards=40, listings=4, has_limits=False)
    async with open_simulator(config) as simulator:
        yield simulator


@pytest.fixture
def settings(simulator: Simulator, migrated_url: str, tmp_path: Path) -> Settings:
    values = environment(simulator.url, migrated_url, tmp_path) | {"HELIUS_KEY": "a-key"}
    return load(values, env_file=None)


async def subjects(db: Database, type: str) -> list[str]:
    async with db.read() as tx:
        query = select(PricePointRow.subject).where(PricePointRow.type == type)
        return list((await tx.execute(query.order_by(PricePointRow.subject))).scalars())


async def test_a_rate_is_kept_and_the_calls_are_told(
    settings: Settings, db: Database, capsys: Printed
) -> None:
    assert await scrape.run(settings, "coinbase") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert (first.partition(" is ")[0], second.partition(" is ")[0]) == ("SOL/USD", "USDC/USD")
    assert await subjects(db, "rate") == ["pair:SOL/USD", "pair:USDC/USD"]
    async with db.read() as tx:
        [calls] = (await told(tx))[SourceName.COINBASE]
    assert (calls.calls, calls.failures) == (2, 0)


async def test_everything_on_sale_is_kept_as_open_before(
    settings: Settings, db: Database, capsys: Printed
) -> None:
    assert await scrape.run(settings, "collectorcrypt") == 0
    assert capsys.readouterr().out.endswith("not known before; the bot values them, and posts none.\n")
    async with db.read() as tx:
        versions = (await tx.execute(select(VersionRow.is_baseline))).scalars().all()
    assert versions
    assert all(versions)


async def test_a_feed_is_read_as_far_as_it_is_news(settings: Settings, db: Database, capsys: Printed) -> None:
    await scrape.run(settings, "magiceden")
    await scrape.run(settings, "magiceden")
    first, second = (line for line in capsys.readouterr().out.splitlines() if line.endswith(" before."))
    assert first.endswith(" events not known before.")
    assert second == "0 events not known before."


async def test_one_set_of_a_catalogue(
    settings: Settings, simulator: Simulator, db: Database, capsys: Printed
) -> None:
    card = Shelf(simulator.market.scenery, "Magic").cards[0]
    assert await scrape.run(settings, "scryfall", set_id=set_code(card.set_name)) == 0
    progress, summary = (line for line in capsys.readouterr().out.splitlines() if "set" in line)
    assert progress.startswith(f"set 1 of 1, Magic: {card.set_name}: ")
    assert summary.startswith("1 set read: ")
    kept = await subjects(db, "catalogue")
    assert kept
    assert {subject.rpartition(":")[0] for subject in kept} == {"catalogue:scryfall"}


async def test_what_cannot_be_read_is_a_sentence(settings: Settings, simulator: Simulator) -> None:
    with pytest.raises(StartError, match=r"^It broke off: scryfall has no set none\. What was read before"):
        await scrape.run(settings, "scryfall", set_id="none")
    with pytest.raises(StartError, match=r"^helius is asked about one card or wallet at a time, so there is"):
        await scrape.run(settings, "helius")
    simulator.faults.add("vendor:coinbase", "status", times=None, status=401)
    with pytest.raises(StartError, match=r"^It broke off: coinbase: .* HTTP 401\. What was read before is"):
        await scrape.run(settings, "coinbase")


@on_sqlite
def test_it_does_not_run_beside_the_bot(settings: Settings, tmp_path: Path, capsys: Printed) -> None:
    env_file = tmp_path / "bot.env"
    env_file.write_text(f"DATABASE_URL={settings.database_url}\nDATA_DIR={tmp_path}\n")
    with hold_alone(tmp_path / "cartel.db"):
        assert bot.main(["scrape", "coinbase", "--env-file", str(env_file)]) == 1
    assert "already runs on" in capsys.readouterr().err
