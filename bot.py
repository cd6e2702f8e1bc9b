"""Cards Cartel: the entry point and its command line.

Heavy imports wait for the subcommand that needs them, so that --help and `secret` answer at once.
"""

import argparse
import asyncio
import sys
from collections.abc import Coroutine, Sequence
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; its exit code. A start that cannot succeed prints one sentence and gives 1."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = parser().parse_args(given or ["run"])
    try:
        code: int = options.act(options)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
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
    shared.add_argument(
        "--env-file", type=Path, default=Path(".env"), metavar="FILE", help="settings file (.env)"
    )
    _add_run(commands, shared)
    _add_demo(commands)
    _add_doctor(commands, shared)
    _add_db(commands, shared)
    secret = commands.add_parser("secret", help="print a new secret for a setting that asks for one")
    secret.set_defaults(act=lambda options: import_module("core.cli.secret").run())
    return top


Commands = argparse._SubParsersAction  # argparse gives its type no public name


def _add_run(commands: "Commands[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    run = commands.add_parser("run", parents=[shared], help="start the bot (also without a subcommand)")
    run.add_argument("--roles", metavar="LIST", help="what this process does: bot,jobs,api (all three)")
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
    demo.add_argument("--port", type=int, default=8777, help="of the demo page (8777)")
    demo.add_argument("--api-port", type=int, default=8443, help="of the bot's API (8443)")
    demo.add_argument("--data", type=Path, default=Path("data/demo"), metavar="DIR", help="(data/demo)")
    demo.add_argument("--pace", type=float, default=12, metavar="N", help="market events a minute (12)")
    demo.set_defaults(act=_demo)


def _add_doctor(commands: "Commands[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    doctor = commands.add_parser(
        "doctor", parents=[shared], help="say in one line each what is wrong, and what to do"
    )
    doctor.set_defaults(act=_doctor)


def _add_db(commands: "Commands[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    db = commands.add_parser("db", parents=[shared], help="look after the database")
    db.add_argument("step", choices=["migrate", "status", "backup"], help="what to do")
    db.set_defaults(act=_db)


def _run(options: argparse.Namespace) -> int:
    settings = _settings(options)
    _log(settings)
    return _finish(import_module("core.cli.run").run(settings, may_migrate=not options.no_migrate))


def _demo(options: argparse.Namespace) -> int:
    demo = import_module("core.cli.demo")
    plan = demo.Plan(data=options.data, port=options.port, api_port=options.api_port, pace=options.pace)
    return _finish(demo.run(plan))


def _doctor(options: argparse.Namespace) -> int:
    return _finish(import_module("core.cli.doctor").run(options.env_file))


def _db(options: argparse.Namespace) -> int:
    settings = load(env_file=options.env_file)
    _log(settings)
    return _finish(import_module("core.cli.db").run(settings, options.step))


def _settings(options: argparse.Namespace) -> Settings:
    """The settings, with the roles the command line asks for."""
    settings = load(env_file=options.env_file)
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


def _log(settings: Settings) -> None:
    configure_logging(log_format=settings.log_format, level=settings.log_level, secrets=settings.secret_texts)
    log_uncaught()


def _finish(work: Coroutine[object, object, int]) -> int:
    return asyncio.run(work)


if __name__ == "__main__":
    sys.exit(main())
