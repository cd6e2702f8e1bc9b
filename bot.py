"""Cards Cartel: the entry point and its command line.

Heavy imports wait for the subcommand that needs them, so that --help and `secret` answer at once.
"""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from importlib import import_module
from pathlib import Path

import msgspec

from core.errors import StartError
from core.settings import Role, Settings, load
from core.telemetry import configure_logging
from core.telemetry.logs import log_uncaught
from core.version import VERSION

EPILOG = """\
Settings come from the environment and from .env; .env.example names them all.
Without a Discord token, start with:  python bot.py demo
"""
STEPS = """\
Looks after the database.

steps:
  migrate  bring the tables up to date, after writing a backup
  status   say where the database stands; changes nothing
  backup   write a copy into DATA_DIR/backups
"""
LOOK_AT_SOURCES = """\
Shows every vendor: whether it is asked, how it answers, what is left today.

  sources             all of them, as running processes saw them; asks nobody
  sources check NAME  asks one of them, and says what was understood.
"""
ABOUT_THE_WHOLE = ("-h", "--help", "--version")
ENV_FILE = Path(".env")
ENDED_BY_PIPE = 141
"""As a shell calls it when whoever read our output has gone: `bot.py doctor | head -3`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; its exit code. A start that cannot succeed prints one sentence and gives 1."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and given[0] not in ABOUT_THE_WHOLE):
        given.insert(0, "run")
    options = parser().parse_args(given)
    try:
        code: int = options.act(options)
        sys.stdout.flush()
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left is flushed at the end
        return ENDED_BY_PIPE
    return code


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="bot.py",
        description="Watches marketplaces for under-priced graded cards and posts them to Discord.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"Cards Cartel {VERSION}")
    commands = top.add_subparsers(metavar="SUBCOMMAND", title="subcommands", required=True)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--env-file", type=Path, metavar="FILE", help="read settings from here, not .env")
    _add_run(commands, shared)
    _add_demo(commands)
    _add_doctor(commands, shared)
    _add_db(commands, shared)
    _add_import(commands, shared)
    _add_sources(commands, shared)
    _add_scrape(commands, shared)
    secret = commands.add_parser(
        "secret",
        help="print a new secret, for a setting that asks for one",
        description="Prints a new secret, strong enough for every setting that asks for one.",
    )
    secret.set_defaults(act=lambda options: import_module("core.cli.secret").run())
    return top


Commands = argparse._SubParsersAction  # argparse gives its type no public name


def _add_run(commands: "Commands[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    run = commands.add_parser(
        "run",
        parents=[shared],
        help="start the bot; what happens without a subcommand, too",
        description="Starts the bot: its Discord client, its jobs and its API, until Ctrl-C or SIGTERM.",
    )
    run.add_argument(
        "--roles",
        metavar="LIST",
        help="what this process does: some of bot,jobs,api (default: ROLES, or all); several processes "
        "need PostgreSQL",
    )
    run.add_argument(
        "--no-migrate", action="store_true", help="refuse an old database instead of migrating it"
    )
    run.set_defaults(act=_run)


def _add_demo(commands: "Commands[argparse.ArgumentParser]") -> None:
    demo = commands.add_parser(
        "demo",
        help="try everything on this machine, without a token or a network",
        description="Starts a simulated Discord and market beside the ordinary bot, and watches both.",
    )
    add = demo.add_argument
    port = _up_to(65_535)
    add("--port", type=port, default=8777, metavar="N", help="port of the page (8777); 0 takes any free one")
    add("--api-port", type=port, default=8443, metavar="N", help="port of the API (8443); 0 likewise")
    add("--data", type=Path, default=Path("data/demo"), metavar="DIR", help="what is kept (data/demo)")
    add(
        "--pace", type=_up_to(6000), default=12, metavar="N", help="market events a minute, at most 6000 (12)"
    )
    demo.set_defaults(act=_demo)


def _add_doctor(commands: "Commands[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    doctor = commands.add_parser(
        "doctor",
        parents=[shared],
        help="say in one line each what is wrong, and what to do",
        description="Looks at settings, database, Discord, each source and the clock, and changes nothing. "
        "Ends with 1 when something is to be mended.",
    )
    doctor.set_defaults(act=_doctor)


def _add_db(commands: "Commands[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    db = commands.add_parser(
        "db",
        parents=[shared],
        help="look after the database: migrate, status, backup",
        description=STEPS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    db.add_argument("step", choices=["migrate", "status", "backup"], metavar="STEP", help="one of the above")
    db.set_defaults(act=_db)


def _add_import(commands: "Commands[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    read = commands.add_parser(
        "import",
        parents=[shared],
        help="read a recorded past into the database",
        description="Reads a file of listings, sales, values and rates of the past, as docs/history.md "
        "describes it. What is known already stays as it is.",
    )
    read.add_argument("form", choices=["history-jsonl"], metavar="FORM", help="history-jsonl")
    read.add_argument("file", type=Path, metavar="FILE", help="the file to read")
    read.set_defaults(act=_import)


def _add_sources(commands: "Commands[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    sources = commands.add_parser(
        "sources",
        parents=[shared],
        help="show every vendor and how it answers; check one",
        description=LOOK_AT_SOURCES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sources.add_argument("step", nargs="?", choices=["check"], metavar="check", help="ask one question")
    sources.add_argument("name", nargs="?", metavar="NAME", help="the vendor to ask, as the table calls it")
    sources.set_defaults(act=_sources)


def _add_scrape(commands: "Commands[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    scrape = commands.add_parser(
        "scrape",
        parents=[shared],
        help="read one vendor by itself, and keep what it says",
        description="Reads everything one vendor has for sale, its newest events, its rates, or its "
        "catalogue's prices, and keeps it. With SQLite, not while the bot runs.",
    )
    scrape.add_argument("name", metavar="NAME", help="the vendor, as `sources` calls it")
    scrape.add_argument("--set", dest="set_id", metavar="ID", help="of a catalogue, this set alone")
    scrape.set_defaults(act=_scrape)


def _run(options: argparse.Namespace) -> int:
    settings = _settings(options)
    _log(settings)
    run = import_module("core.cli.run")
    return asyncio.run(_until_told_to_end(run.run(settings, may_migrate=not options.no_migrate)))


def _demo(options: argparse.Namespace) -> int:
    demo = import_module("core.cli.demo")
    plan = demo.Plan(data=options.data, port=options.port, api_port=options.api_port, pace=options.pace)
    return asyncio.run(_until_told_to_end(demo.run(plan)))


def _doctor(options: argparse.Namespace) -> int:
    code: int = asyncio.run(import_module("core.cli.doctor").run(_env_file(options)))
    return code


def _db(options: argparse.Namespace) -> int:
    settings = load(env_file=_env_file(options))
    _log(settings)
    code: int = asyncio.run(import_module("core.cli.db").run(settings, options.step))
    return code


def _import(options: argparse.Namespace) -> int:
    settings = load(env_file=_env_file(options))
    _log(settings)
    imports = import_module("core.cli.imports")
    return asyncio.run(_until_told_to_end(imports.run(settings, options.file)))


def _sources(options: argparse.Namespace) -> int:
    settings = load(env_file=_env_file(options))
    _log(settings)
    sources = import_module("core.cli.sources")
    if (options.step is None) is not (options.name is None):
        raise StartError("`sources check` wants the name of a source; `sources` names them all.")
    work = sources.run(settings) if options.step is None else sources.check(settings, options.name)
    return asyncio.run(_until_told_to_end(work))


def _scrape(options: argparse.Namespace) -> int:
    settings = load(env_file=_env_file(options))
    _log(settings)
    scrape = import_module("core.cli.scrape")
    return asyncio.run(_until_told_to_end(scrape.run(settings, options.name, set_id=options.set_id)))


def _settings(options: argparse.Namespace) -> Settings:
    """The settings, with the roles the command line asks for."""
    settings = load(env_file=_env_file(options))
    if options.roles is None:
        return settings
    names = [name.strip() for name in options.roles.split(",") if name.strip()]
    unknown = sorted(set(names) - set(Role))
    if unknown or not names:
        raise StartError(
            f"--roles {options.roles!r}: some of bot, jobs and api are expected, parted by commas."
        )
    roles = tuple(role for role in Role if role in names)
    return msgspec.structs.replace(settings, roles=roles)


def _env_file(options: argparse.Namespace) -> Path:
    """The file that is named, which must be there, or .env, which need not."""
    if options.env_file is None:
        return ENV_FILE
    named: Path = options.env_file
    if not named.exists():
        raise StartError(f"--env-file {named}: there is no such file.")
    return named


def _up_to(most: int) -> Callable[[str], int]:
    """A reader of whole numbers, for argparse, from 0 to this one."""

    def read(text: str) -> int:
        if not (text.isdecimal() and int(text) <= most):
            raise argparse.ArgumentTypeError(f"a whole number from 0 to {most} is expected, not {text!r}")
        return int(text)

    return read


def _log(settings: Settings) -> None:
    configure_logging(log_format=settings.log_format, level=settings.log_level, secrets=settings.secret_texts)
    log_uncaught()


async def _until_told_to_end(work: Coroutine[object, object, int]) -> int:
    """SIGINT and SIGTERM cancel it, once: who presses Ctrl-C again waits for the orderly end all the same."""
    main = asyncio.current_task()
    assert main is not None, "runs as a task"
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, lambda: main.cancelling() or main.cancel())
    return await work


if __name__ == "__main__":
    sys.exit(main())
