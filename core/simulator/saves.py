"""Keeps the simulator's state in files, each replaced whole: a crash leaves the old or the new one."""

import asyncio
import os
from pathlib import Path


class Saves:
    """Named files in one folder. None as folder: nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._written: dict[str, bytes] = {}

    @property
    def is_on(self) -> bool:
        """Whether anything is kept."""
        return self._folder is not None

    def load(self, name: str) -> bytes | None:
        """What was saved last, None when there is nothing. Raises OSError."""
        path = self._path(name)
        return path.read_bytes() if path is not None and path.exists() else None

    async def save(self, name: str, content: bytes) -> None:
        """Write a file unless it holds this already. Raises OSError."""
        path = self._path(name)
        if path is None or self._written.get(name) == content:
            return
        await asyncio.to_thread(_replace, path, content)
        self._written[name] = content

    def _path(self, name: str) -> Path | None:
        return None if self._folder is None else self._folder / f"{name}.json"


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
