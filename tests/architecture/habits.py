"""Habits seen in one file alone: sizes, docstrings, broad excepts, the environment, mocks, sleeps."""

import ast
from collections.abc import Iterator
from pathlib import PurePath

FUNCTION_LINES_MAX = 50
MODULE_LINES_MAX = 300
SLEEP_S_MAX = 0.1
NAMELESS = frozenset({"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"})
BROAD = frozenset({"Exception", "BaseException"})
ENVIRONMENT = frozenset(
    {"environ", "environb", "getenv", "getenvb", "load_dotenv", "dotenv_values", "putenv", "unsetenv"}
)
# What the pure domain may not touch. A `random.Random` handed in is no impurity.
IMPURE_MODULES = frozenset(
    {
        *(
            "asyncio",
            "http",
            "io",
            "logging",
            "os",
            "pathlib",
            "random",
            "secrets",
            "select",
            "shutil",
            "socket",
        ),
        *("sqlite3", "ssl", "subprocess", "tempfile", "threading", "time"),
    }
)
CLOCK_READS = frozenset({"now", "utcnow", "today"})
# Seconds in one unit of the argument of each call that does nothing but wait.
SLEEPS = {"sleep": 1.0, "wait_for_timeout": 0.001}


def size_faults(source: str) -> list[str]:
    """Modules and functions over their caps; decorators are not counted."""
    lines = source.count("\n")
    faults = [f"{lines} lines"] if lines > MODULE_LINES_MAX else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES_MAX:
                faults.append(f"{node.name} has {length} lines")
    return faults


def docstring_faults(source: str) -> list[str]:
    return [] if ast.get_docstring(ast.parse(source)) else ["the module does not say what it is for"]


def name_faults(path: PurePath) -> list[str]:
    """Names that would hold anything, of the module or of a folder it lies in."""
    return [f"{part!r} names no thing" for part in (*path.parts[:-1], path.stem) if part in NAMELESS]


def broad_excepts(source: str) -> list[int]:
    """The lines that catch or suppress everything."""
    return sorted(
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ExceptHandler | ast.Call) and is_broad(node)
    )


def is_broad(node: ast.ExceptHandler | ast.Call) -> bool:
    if isinstance(node, ast.ExceptHandler):
        return node.type is None or names_everything(node.type)
    return last_name(node.func) == "suppress" and any(names_everything(argument) for argument in node.args)


def names_everything(caught: ast.expr) -> bool:
    kinds = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(last_name(kind) in BROAD for kind in kinds)


def environment_faults(source: str) -> list[str]:
    """Reads of the environment or of .env, imported or through a module."""
    return [f"line {line} uses {name}" for line, name in used_names(source) if name in ENVIRONMENT]


def mock_faults(source: str) -> list[str]:
    """Stand-ins put in place of code from outside it."""
    faults = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
            if any("mock" in name.split(".") for name in names):
                faults.append(f"line {node.lineno} imports mock")
        elif isinstance(node, ast.Attribute) and ast.unparse(node) == "monkeypatch.setattr":
            faults.append(f"line {node.lineno} patches an attribute")
        elif isinstance(node, ast.arg) and node.arg == "mocker":
            faults.append(f"line {node.lineno} asks for a mocker")
    return faults


def sleep_faults(source: str) -> list[str]:
    """Sleeps of SLEEP_S_MAX and more; constants of the module are looked up, computed lengths are not."""
    tree = ast.parse(source)
    constants = {last_name(node.targets[0]): node.value for node in tree.body if isinstance(node, ast.Assign)}
    faults = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and last_name(node.func) in SLEEPS:
            length = constants.get(last_name(node.args[0]), node.args[0])
            if isinstance(length, ast.Constant) and isinstance(length.value, int | float):
                seconds = length.value * SLEEPS[last_name(node.func)]
                if seconds >= SLEEP_S_MAX:
                    faults.append(f"line {node.lineno} sleeps for {seconds} s")
    return faults


def impurity_faults(source: str) -> list[str]:
    """What a pure module may not do: import I/O, time and randomness, or read the clock."""
    faults = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            faults += [f"imports {alias.name}" for alias in node.names if is_impure(alias.name)]
        elif isinstance(node, ast.ImportFrom) and is_impure(node.module or ""):
            faults += [
                f"imports {alias.name} from {node.module}" for alias in node.names if alias.name != "Random"
            ]
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in CLOCK_READS
        ):
            faults.append(f"line {node.lineno} reads the clock")
    return faults


def is_impure(module: str) -> bool:
    return module.partition(".")[0] in IMPURE_MODULES


def used_names(source: str) -> Iterator[tuple[int, str]]:
    """Every attribute read and every imported name, with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, alias.name) for alias in node.names)


def last_name(node: ast.expr) -> str:
    """`c` of `a.b.c`, `a` of `a`; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
