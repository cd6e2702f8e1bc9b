"""The files of the house: what may stand at the top, which are Python, which are text."""

import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path, PurePath

CODE_FOLDERS = ("cogs", "core", "db", "migrations", "tests")
TOP_LEVEL = frozenset(
    {
        *CODE_FOLDERS,
        *("bot.py", "pyproject.toml", "Dockerfile", ".env.example", "README.md", "Makefile", "CHANGELOG.md"),
        *("CONTRIBUTING.md", "LICENSE", "SECURITY.md", "requirements.txt", "requirements-dev.txt"),
        *("docker-compose.yml", ".gitignore", ".dockerignore", ".github", ".ci", "deploy", "docs"),
    }
)
# .git and .coverage may be files: of a worktree, of a run under way.
NOT_OURS = ("/.git",)


def strangers(names: Iterable[str], ignored: Iterable[str]) -> list[str]:
    """The names at the top level that are neither on the frozen list nor ignored by git."""
    patterns = [
        pattern.strip("/") for pattern in (*ignored, *NOT_OURS) if pattern and not pattern.startswith("#")
    ]
    return sorted(
        name
        for name in names
        if name not in TOP_LEVEL and not any(fnmatch(name, pattern) for pattern in patterns)
    )


def code_files(root: Path) -> list[PurePath]:
    """Every Python file of ours, relative to the root."""
    found = [path for folder in CODE_FOLDERS for path in files_below(root / folder) if path.suffix == ".py"]
    return sorted(path.relative_to(root) for path in [*found, root / "bot.py"] if path.is_file())


def script_files(root: Path) -> list[PurePath]:
    found = (path for folder in CODE_FOLDERS for path in files_below(root / folder))
    return sorted(path.relative_to(root) for path in found if path.suffix == ".js")


def texts(root: Path) -> Iterator[tuple[PurePath, str]]:
    """Every file that can be committed and is text."""
    for name in sorted(TOP_LEVEL):
        path = root / name
        for file in [path] if path.is_file() else sorted(files_below(path)):
            try:
                yield file.relative_to(root), file.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def files_below(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (Path(parent) / name for name in names)


def module_name(path: PurePath) -> str:
    """`core.domain.deals` of core/domain/deals.py; a package keeps its `.__init__`."""
    return ".".join(path.with_suffix("").parts)
