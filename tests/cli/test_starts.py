"""A start that cannot succeed: one plain sentence that says what to do, exit code 1, and nothing else."""

import errno
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from db.lock import hold_alone
from tests.cli.processes import NO_FILE, refusal, run
from tests.e2e.community import environment
from tests.postgres import PostgresServer, execute, run_apart

pytestmark = pytest.mark.slow
REFUSED = os.strerror(errno.ECONNREFUSED)


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with open_simulator(SimulatorConfig(pace=0, cards=20, listings=1)) as simulator:
        yield simulator


@pytest.fixture
def settings(unused_tcp_port: int, tmp_path: Path) -> dict[str, str]:
    """A start that fails at Discord, where nobody listens, and at nothing before."""
    return environment(f"http://127.0.0.1:{unused_tcp_port}", f"sqlite:///{tmp_path / 'cartel.db'}", tmp_path)


@pytest.fixture
def made(settings: dict[str, str], migrated_sqlite: Path, tmp_path: Path) -> Path:
    """A database from an earlier start."""
    file = tmp_path / "cartel.db"
    file.write_bytes(migrated_sqlite.read_bytes())
    return file


@pytest.fixture
def guest_url(postgres_server: PostgresServer, template_database: str) -> Iterator[str]:
    """A database of somebody else's, for a login that may only look."""
    name = postgres_server.create_database(template=template_database)
    login = f"guest_of_{name}"
    run_apart(execute(postgres_server.admin_url, f"CREATE ROLE \"{login}\" LOGIN PASSWORD 'guest'"))
    address = urlsplit(postgres_server.url(name))
    yield address._replace(netloc=f"{login}:guest@{address.netloc.rpartition('@')[2]}").geturl()
    postgres_server.drop_database(name)
    run_apart(execute(postgres_server.admin_url, f'DROP ROLE "{login}"'))


def change(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


async def test_a_missing_token(tmp_path: Path) -> None:
    sentence = (
        "DISCORD_TOKEN is not set: put it in .env, or try everything without one: `python bot.py demo`."
    )
    assert await refusal() == sentence
    assert (await run(folder=tmp_path)).err == f"{sentence}\n"


async def test_a_wrong_token(simulator: Simulator, settings: dict[str, str]) -> None:
    settings |= {"DISCORD_API_URL": simulator.url, "DISCORD_TOKEN": "of-another-bot"}
    said = await refusal(settings=settings)
    assert said == "Discord does not accept DISCORD_TOKEN: copy it again from the developer portal."


async def test_a_spent_allowance_of_starts(simulator: Simulator, settings: dict[str, str]) -> None:
    simulator.discord.identifies_left = 7
    said = await refusal(settings=settings | {"DISCORD_API_URL": simulator.url})
    assert said.startswith(
        "Discord grants this token only 7 more starts (of 1000), and 50 are kept back: wait"
    )
    assert simulator.discord.sessions.starts == 0


async def test_an_unreachable_discord(settings: dict[str, str]) -> None:
    where = settings["DISCORD_API_URL"]
    assert (
        await refusal(settings=settings)
        == f"Discord cannot be reached at {where} ({REFUSED}): check the network."
    )


async def test_an_unreachable_postgres(settings: dict[str, str], unused_tcp_port: int) -> None:
    settings["DATABASE_URL"] = f"postgresql://ada:hunter2@127.0.0.1:{unused_tcp_port}/cartel"
    assert await refusal(settings=settings) == (
        f"PostgreSQL at 127.0.0.1:{unused_tcp_port} cannot be reached ({REFUSED}): "
        "check DATABASE_URL and that the server runs."
    )


async def test_a_database_that_postgres_does_not_have(
    settings: dict[str, str], postgres_server: PostgresServer
) -> None:
    said = await refusal(settings=settings | {"DATABASE_URL": postgres_server.url("nowhere")})
    assert 'cannot be reached (database "nowhere" does not exist): check DATABASE_URL' in said


async def test_a_login_to_postgres_that_may_not_make_tables(settings: dict[str, str], guest_url: str) -> None:
    said = await refusal(settings=settings | {"DATABASE_URL": guest_url})
    assert said == "The database cannot be made ready: permission denied for schema public."


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("folder", "cannot be opened: unable to open database file; check DATABASE_URL."),
        ("notes.txt", "cannot be opened: file is not a database; check DATABASE_URL."),
        ("notes.txt/cartel.db", "notes.txt cannot be written to."),
    ],
)
async def test_a_path_that_is_no_database(
    settings: dict[str, str], tmp_path: Path, path: str, said: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "notes.txt").write_text("What I must not forget: " * 100)
    sentence = await refusal(settings=settings | {"DATABASE_URL": f"sqlite:///{tmp_path / path}"})
    assert str(tmp_path) in sentence
    assert sentence.endswith(said)


async def test_a_port_in_use(simulator: Simulator, settings: dict[str, str]) -> None:
    port = simulator.url.rpartition(":")[2]
    sentence = f"Port {port} on 127.0.0.1 is in use: set API_PORT to a free one, or stop what uses it."
    assert await refusal(settings=settings | {"API_PORT": port}) == sentence


async def test_missing_certificates(settings: dict[str, str], tmp_path: Path) -> None:
    missing = {"API_TLS": "files", "API_TLS_CERT": str(tmp_path / "a.crt"), "API_TLS_KEY": "a.key"}
    said = await refusal(settings=settings | missing)
    assert said == f"API_TLS_CERT names {tmp_path / 'a.crt'}, which cannot be read."


async def test_a_second_process_on_one_sqlite_file(settings: dict[str, str], tmp_path: Path) -> None:
    with hold_alone(tmp_path / "cartel.db"):
        said = await refusal("--roles", "api", settings=settings)
    assert said == (
        f"Another process ({os.getpid()}) already runs on {tmp_path / 'cartel.db'}: stop it first, "
        "or use PostgreSQL to run several."
    )


@pytest.mark.parametrize(("ours", "theirs"), [("real", "demo"), ("demo", "real")])
async def test_a_database_of_the_other_world(
    settings: dict[str, str], made: Path, ours: str, theirs: str
) -> None:
    change(made, f"UPDATE house SET world = '{theirs}'")
    assert await refusal(settings=settings | {"WORLD": ours}) == (
        f"This database holds a {theirs} market, and this start is for a {ours} one: "
        "name another DATABASE_URL."
    )


async def test_a_database_that_another_login_must_migrate_first(settings: dict[str, str]) -> None:
    said = await refusal("--no-migrate", settings=settings)
    assert said == "The database is older than this code: run `python bot.py db migrate` first."


async def test_a_database_of_newer_code(settings: dict[str, str], made: Path) -> None:
    change(made, "UPDATE alembic_version SET version_num = '9999'", "UPDATE house SET oldest_code = 99")
    assert await refusal(settings=settings) == (
        "The database was migrated by a newer version that this one cannot work with: "
        "start the newer version, or restore the backup made before its migration."
    )


async def test_a_broken_line_in_the_settings_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DISCORD_TOKEN=abc\n\nLOG_LEVEL info\n")
    ended = await run(folder=tmp_path)
    assert (ended.code, ended.err) == (1, ".env line 3 is not of the form NAME=value.\n")


async def test_a_settings_file_that_is_named_and_missing(tmp_path: Path) -> None:
    missing = tmp_path / "production.env"
    ended = await run("doctor", "--env-file", str(missing))
    assert (ended.code, ended.err) == (1, f"--env-file {missing}: there is no such file.\n")


async def test_a_value_that_is_wrong() -> None:
    said = await refusal(settings={"LOG_LEVEL": "loud"})
    assert said == "LOG_LEVEL is 'loud'; one of debug, error, info, warning is expected."


@pytest.mark.parametrize("roles", ["bot,cook", ",", ""])
async def test_a_role_that_nobody_has(roles: str) -> None:
    said = f"--roles '{roles}': some of bot, jobs and api are expected, parted by commas."
    assert await refusal("--roles", roles) == said
    assert (await run("--roles", roles, *NO_FILE)).sentence == said
