"""`bot.py doctor`: one line a thing, what is wrong with it, and what to do."""

import shutil
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import pytest
from sqlalchemy import text

from core.cli.doctor import Finding, examine, run
from core.clock import Clock, SystemClock
from core.services.guilds import GuildService
from core.settings import NAMES
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.discord.guilds import Overwrite
from core.simulator.discord.permissions import Permission
from core.simulator.discord.population import ADA_ID, BOT_ID, DEALS_ID, GUILD_ID
from db.engine import Database
from tests.cli.processes import run as run_process
from tests.e2e.community import environment

pytestmark = pytest.mark.slow

ASKED = ["collectorcrypt", "magiceden", "coingecko", "coinbase", "jupiter", "alt"]
CATALOGUES = ["tcgdex", "scryfall", "ygoprodeck"]
OFF = ["beezie", "opensea", "ebay", "pricecharting", "psa", "tcgcsv", "tcgplayer", "pyth", "helius", "solana"]
Examined: TypeAlias = Callable[..., Coroutine[None, None, dict[str, Finding]]]


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    config = SimulatorConfig(pace=0, cards=40, listings=4, has_limits=False)
    async with open_simulator(config) as simulator:
        yield simulator


@pytest.fixture
def settings(simulator: Simulator, migrated_sqlite: Path, tmp_path: Path) -> dict[str, str]:
    shutil.copyfile(migrated_sqlite, tmp_path / "doctor.db")
    addresses = environment(simulator.url, f"sqlite:///{tmp_path / 'doctor.db'}", tmp_path)
    return addresses | {"TCGCSV_ENABLED": "false"}  # its many questions would be spaced in real time


@pytest.fixture
def examined(settings: dict[str, str], tmp_path: Path) -> Examined:
    """What the doctor finds with these settings, changed a little, by the thing it is about."""

    async def examined(clock: Clock | None = None, **changed: str) -> dict[str, Finding]:
        file = write(tmp_path / "bot.env", settings | changed)
        return {found.what: found async for found in examine(file, clock or SystemClock())}

    return examined


def write(file: Path, settings: Mapping[str, str]) -> Path:
    file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    return file


def wrong(found: Mapping[str, Finding]) -> list[str]:
    return [name for name, finding in found.items() if finding.does_work is False]


@pytest.fixture
async def _has_channel(settings: dict[str, str]) -> None:
    """The bot joined, and an admin typed /setup."""
    db = Database(settings["DATABASE_URL"])
    try:
        service = GuildService(db, SystemClock())
        await service.joined(GUILD_ID, "Cards Cartel Demo")
        await service.choose_channel(GUILD_ID, DEALS_ID, by=ADA_ID)
    finally:
        await db.close()


async def change(url: str, *statements: str) -> None:
    db = Database(url)
    try:
        async with db.write() as tx:
            for statement in statements:
                await tx.execute(text(statement))
    finally:
        await db.close()


@pytest.mark.usefixtures("_has_channel")
async def test_all_is_well(examined: Examined) -> None:
    found = await examined()
    assert list(found) == ["settings", "database", "discord", "channel", "clock", *ASKED, *CATALOGUES, *OFF]
    assert wrong(found) == []
    assert found["channel"].says == "Cards Cartel Demo: may post in #deals"
    assert found["collectorcrypt"].says.startswith("answers: ")


@pytest.mark.usefixtures("_has_channel")
async def test_a_missing_permission_is_named(simulator: Simulator, examined: Examined) -> None:
    denied = Permission.EMBED_LINKS | Permission.READ_MESSAGE_HISTORY
    channel = simulator.discord.guilds[GUILD_ID].channels[DEALS_ID]
    channel.overwrites[BOT_ID] = Overwrite(BOT_ID, is_member=True, deny=denied)
    found = await examined()
    assert wrong(found) == ["channel"]
    assert found["channel"].says == (
        "Cards Cartel Demo: grant the bot Embed Links, Read Message History in #deals."
    )


@pytest.mark.usefixtures("_has_channel")
async def test_a_channel_that_is_gone(simulator: Simulator, examined: Examined) -> None:
    del simulator.discord.guilds[GUILD_ID].channels[DEALS_ID]
    found = await examined()
    assert found["channel"].says == (
        "Cards Cartel Demo: a chosen channel is out of reach (Unknown Channel): run /setup again."
    )


@pytest.mark.usefixtures("_has_channel")
async def test_a_server_that_is_paused_although_its_channel_is_well_again(
    settings: dict[str, str], examined: Examined
) -> None:
    await change(settings["DATABASE_URL"], "UPDATE guild SET paused_because = 'I may not post there.'")
    says = "Cards Cartel Demo: paused, because I may not post there. Run /setup again."
    assert (await examined())["channel"].says == says


async def test_no_channel_is_chosen_yet(examined: Examined) -> None:
    found = await examined()
    assert (found["channel"].does_work, wrong(found)) == (None, [])


async def test_a_vendor_that_is_down(simulator: Simulator, examined: Examined) -> None:
    simulator.faults.add("vendor:alt", "status", times=None, status=503)
    found = await examined()
    assert wrong(found) == ["alt"]
    assert found["alt"].says.endswith(": check its address, or wait if it is down.")


async def test_an_address_where_nobody_listens(examined: Examined, unused_tcp_port: int) -> None:
    nowhere = f"http://127.0.0.1:{unused_tcp_port}"
    found = await examined(DISCORD_API_URL=nowhere, COLLECTORCRYPT_URL=nowhere)
    assert wrong(found) == ["discord", "collectorcrypt"]
    assert found["discord"].says.startswith(f"Discord cannot be reached at {nowhere} (")
    assert "?" not in found["collectorcrypt"].says
    assert found["clock"].does_work is None


class ClockThatIsOff(SystemClock):
    """Three minutes ahead."""

    def now(self) -> datetime:
        return super().now() + timedelta(minutes=3)


async def test_a_clock_that_is_off(examined: Examined) -> None:
    found = await examined(ClockThatIsOff())
    assert wrong(found) == ["clock"]
    assert found["clock"].says.endswith(" s off Discord's: set this machine's clock (NTP).")


async def test_a_name_that_no_setting_has(examined: Examined) -> None:
    found = await examined(DISCORD_TOKNE="x")
    assert wrong(found) == ["settings"]
    assert found["settings"].says.endswith("bot.env sets DISCORD_TOKNE, which no setting is called.")


async def test_a_value_that_is_wrong_ends_the_visit(examined: Examined) -> None:
    found = await examined(LOG_LEVEL="loud")
    assert [(name, finding.does_work) for name, finding in found.items()] == [("settings", False)]


async def test_tokens_that_are_missing_wrong_or_spent(simulator: Simulator, examined: Examined) -> None:
    missing, refused = await examined(DISCORD_TOKEN=""), await examined(DISCORD_TOKEN="of-another-bot")
    simulator.discord.identifies_left = 3
    spent = await examined()
    assert "DISCORD_TOKEN is not set" in missing["discord"].says
    assert "does not accept DISCORD_TOKEN" in refused["discord"].says
    assert "only 3 more starts" in spent["discord"].says
    assert [wrong(found) for found in (missing, refused, spent)] == [["discord"]] * 3


async def test_sources_that_are_switched_off_are_not_wrong(examined: Examined) -> None:
    found = await examined(MAGICEDEN_ENABLED="false", ALT_URL="")
    assert [found[name].does_work for name in ("magiceden", "alt")] == [None, None]
    assert found["magiceden"].says == "MAGICEDEN_ENABLED is false"
    assert found["alt"].says == "ALT_URL is not set: values rest on sales and insured values alone"
    assert found["ebay"].says == "EBAY_CLIENT_ID and EBAY_CLIENT_SECRET are not set"
    assert wrong(found) == []


async def test_databases_that_cannot_be_used(
    examined: Examined, migrated_url: str, unused_tcp_port: int
) -> None:
    address = await examined(DATABASE_URL="mysql://localhost/cartel")
    away = await examined(DATABASE_URL=f"postgresql://127.0.0.1:{unused_tcp_port}/cartel")
    await change(migrated_url, "UPDATE house SET world = 'real'")
    of_the_other_world = await examined(DATABASE_URL=migrated_url)
    await change(migrated_url, "UPDATE house SET world = 'demo', oldest_code = 99")
    await change(migrated_url, "UPDATE alembic_version SET version_num = '9999'")
    too_new = await examined(DATABASE_URL=migrated_url)
    assert [wrong(found) for found in (address, away, of_the_other_world, too_new)] == [["database"]] * 4
    assert "must begin with sqlite:/// or postgresql://" in address["database"].says
    assert "cannot be reached" in away["database"].says
    assert of_the_other_world["database"].says == "holds a real market: name another DATABASE_URL."
    assert "migrated by a newer version" in too_new["database"].says


async def test_databases_that_a_start_makes_ready(
    examined: Examined, migrated_url: str, tmp_path: Path
) -> None:
    absent = await examined(DATABASE_URL=f"sqlite:///{tmp_path / 'absent.db'}")
    (tmp_path / "empty.db").touch()
    empty = await examined(DATABASE_URL=f"sqlite:///{tmp_path / 'empty.db'}")
    await change(migrated_url, "UPDATE alembic_version SET version_num = '9999'")
    newer = await examined(DATABASE_URL=migrated_url)
    assert [wrong(found) for found in (absent, empty, newer)] == [[], [], []]
    assert absent["database"].says == "not made yet; the first start makes it"
    assert empty["database"].says == "empty; the first start makes its tables"
    assert newer["database"].says == "at 9999: newer than this code, and still serves it"
    assert not (tmp_path / "absent.db").exists()


async def test_the_lines_and_the_code(
    settings: dict[str, str], simulator: Simulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path / "bot.env", settings)
    assert await run(file) == 0
    *lines, blank, verdict = capsys.readouterr().out.splitlines()
    assert [line[:3] for line in lines] == ["ok ", "ok ", "ok ", "off", "ok ", *["ok "] * 9, *["off"] * 10]
    assert (blank, verdict) == ("", "Everything needed works.")
    simulator.faults.add("vendor:coingecko", "status", times=None, status=401)
    assert await run(file) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 to mend."


@pytest.mark.slow
async def test_a_machine_without_a_settings_file(settings: dict[str, str], tmp_path: Path) -> None:
    vendors = {name: value for name, value in settings.items() if name.endswith("_URL")}
    ended = await run_process("doctor", settings=vendors | {"DATABASE_URL": ""}, folder=tmp_path)
    assert (ended.code, ended.err) == (1, "")
    assert "ok   settings        defaults; there is no .env" in ended.out
    assert "BAD  discord         DISCORD_TOKEN is not set: without it only `bot.py demo` runs." in ended.out
    assert not (tmp_path / "data").exists()
