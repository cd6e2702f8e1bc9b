"""One role process at a time on SQLite: an operating-system lock that ends with its process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import StartError


@contextmanager
def hold_alone(database: Path, *, otherwise: str = "use PostgreSQL to run several") -> Iterator[None]:
    """Hold the lock file beside a path; raises StartError while another process holds it.

    A link to the database is the database.
    otherwise: what to do instead of stopping the other one.
    """
    try:
        real = database.resolve()
        path = real.with_name(f"{real.name}.lock")
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="ascii")
    except OSError as error:
        raise StartError(f"The database folder {database.parent} cannot be written to.") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise StartError(
                f"Another process ({file.read(20).strip() or '?'}) already runs on {database}: stop it "
                f"first, or {otherwise}."
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
