"""Who may import whom: the rules of the house as a table, and the check of one module against it."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass

OURS = frozenset({"bot", "cogs", "core", "db", "migrations", "tests"})
COMMON = frozenset({"core.clock", "core.telemetry", "core.settings"})
NEVER_IMPORTED = frozenset({"bot", "migrations", "tests"})
EVERYTHING = OURS - NEVER_IMPORTED
# The only rooms that may take more than types out of core.settings, because they load it.
LOADERS = ("bot", "core.cli", "core.runtime", "core.settings", "tests")


@dataclass(frozen=True, slots=True)
class Room:
    """What the modules under one name may import; a room always may import itself."""

    ours: frozenset[str]
    never: frozenset[str] = frozenset()
    third_party_only: frozenset[str] | None = None


def room(*ours: str, common: bool = True, never: str = "", only: str | None = None) -> Room:
    return Room(
        frozenset(ours) | (COMMON if common else frozenset()),
        frozenset(never.split()),
        None if only is None else frozenset(only.split()),
    )


PURE = ("core.domain", "core.errors")
FACING = ("core.services", "core.domain", "core.events", "core.errors", "core.charts")

# The longest name that begins a module's own decides.
ROOMS: dict[str, Room] = {
    "bot": Room(EVERYTHING),
    "cogs": room(*FACING, "cogs.ui", "cogs.client"),
    "cogs.ui": room(*FACING, "cogs.client"),
    "core.__init__": room(common=False),
    "core.analytics": room("core.events", "core.services"),
    "core.charts": room("core.domain"),
    "core.cli": Room(EVERYTHING),
    "core.clock": room("core.errors", common=False),
    "core.domain": room(*PURE, common=False, only="msgspec"),
    "core.errors": room(*PURE, common=False, only="msgspec"),
    "core.events": room(*PURE, "db"),
    "core.jobs": room(*PURE, "core.services", "core.events"),
    "core.runtime": room(
        *PURE,
        *(
            "core.analytics",
            "core.charts",
            "core.events",
            "core.services",
            "core.sources",
            "core.version",
            "db",
        ),
    ),
    "core.services": room(*PURE, "db", "core.events", "core.sources.base", never="discord aiohttp"),
    "core.settings": room("core.errors", common=False),
    "core.simulator": room(common=False),
    "core.sources": room(*PURE, "core.sources.base", "core.sources.http"),
    "core.telemetry": room("core.errors"),
    "core.version": room(common=False),
    "core.web": room(*FACING, never="discord"),
    "db": room(*PURE, never="discord"),
    "migrations": room("db", common=False),
    "tests": Room(OURS),
}
# Each module in these rooms stands alone: it does not know its neighbours.
NEIGHBOURS_APART = frozenset({"cogs", "core.sources"})


def import_faults(module: str, source: str) -> list[str]:
    """One sentence for each import of `module` (a package is named `….__init__`) that the table forbids."""
    tree = ast.parse(source)
    name = room_of(module)
    if name is None:
        return [f"{module} stands in no room of the table"]
    own = own_package(module, name)
    faults = [
        f"{module} imports {said}"
        for said, names in imports(module, tree)
        if not allowed(ROOMS[name], own, names)
    ]
    faults += [f"{module} takes {said} out of core.settings" for said in settings_values(module, tree)]
    if module.partition(".")[0] != "tests":
        faults += [f"{module} imports by a name computed at run time" for _ in computed_imports(tree)]
    return faults


def room_of(module: str) -> str | None:
    found = [name for name in ROOMS if is_under(module, name)]
    return max(found, key=len, default=None)


def own_package(module: str, name: str) -> str:
    """What a module may import of its own room: all of it, or only what is below itself."""
    if name not in NEIGHBOURS_APART or module == name:
        return name
    return ".".join(module.split(".")[: name.count(".") + 2])


def is_under(module: str, name: str) -> bool:
    return module == name or module.startswith(f"{name}.")


def imports(module: str, tree: ast.Module) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each import as (what it says, the modules it may mean); functions and TYPE_CHECKING blocks included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, (alias.name,)) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = absolute(module, node)
            yield from ((f"{base}.{alias.name}", (base, f"{base}.{alias.name}")) for alias in node.names)
        elif isinstance(node, ast.Call) and (name := called_import(node)):
            yield name, (name,)


def absolute(module: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parents = module.split(".")[: -node.level]
    return ".".join([*parents, *([node.module] if node.module else [])])


def allowed(room: Room, own: str, names: tuple[str, ...]) -> bool:
    root = names[0].partition(".")[0]
    if root in OURS:
        return any(is_under(name, ally) for name in names for ally in (*room.ours, own))
    if root in room.never:
        return False
    return room.third_party_only is None or root in room.third_party_only or root in sys.stdlib_module_names


def settings_values(module: str, tree: ast.Module) -> Iterator[str]:
    """Names taken out of core.settings that are not types, by modules that do not load it."""
    if any(is_under(module, loader) for loader in LOADERS):
        return
    for said, names in imports(module, tree):
        if names[0] == "core.settings" and not said.rpartition(".")[2][0].isupper():
            yield said
        elif said == "core.settings":
            yield "everything"


def computed_imports(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called_import(node) == "":
            yield node


def called_import(node: ast.Call) -> str | None:
    """The module that import_module or __import__ is called with, empty if computed; None for other calls."""
    if ast.unparse(node.func).rpartition(".")[2] not in {"import_module", "__import__"}:
        return None
    name = node.args[0] if node.args else None
    return name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else ""
