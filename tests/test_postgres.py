"""The PostgreSQL of the suite: databases of one's own, and a server that outlives nobody."""

import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from tests.postgres import PostgresServer, execute, run_apart

ROOT = Path(__file__).parents[1]
START_AND_WAIT = """
import sys
from tests.postgres import running_server

with running_server() as server:
    print(server.admin_url, flush=True)
    sys.stdin.read()
"""


def test_what_one_test_writes_another_does_not_see(
    postgres_server: PostgresServer, template_database: str
) -> None:
    ours, theirs = (postgres_server.create_database(template=template_database) for _ in range(2))
    run_apart(execute(postgres_server.url(ours), "CREATE TABLE cellar ()"))
    with pytest.raises(asyncpg.UndefinedTableError):
        run_apart(execute(postgres_server.url(theirs), "SELECT * FROM cellar"))
    postgres_server.drop_database(ours)
    postgres_server.drop_database(theirs)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        run_apart(execute(postgres_server.url(ours), "SELECT 1"))


@pytest.mark.postgres
def test_the_server_ends_with_a_test_run_that_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout
        url = run.stdout.readline().strip()
        run_apart(execute(url, "SELECT 1"))
        run.kill()
    run_apart(until_refused(url))


async def until_refused(url: str) -> None:
    """Return once nobody listens any more; the test's own time limit ends the wait."""
    while True:
        try:
            await execute(url, "SELECT pg_sleep(10)")
        except ConnectionRefusedError:
            return
        except (OSError, asyncpg.PostgresError):
            continue  # on its way down
