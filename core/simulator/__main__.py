"""Starts the simulator as a process of its own: python -m core.simulator."""

import argparse
import asyncio
import errno
import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from core.simulator.app import SimulatorConfig, open_market, open_simulator
from core.simulator.market.history import export_history
from core.simulator.market.settings import CARDS_MAX, InsuredNoise
from core.simulator.market.world import PACE_MAX
from core.simulator.saves import Saves


def main(arguments: list[str] | None = None) -> int:
    """Run until SIGTERM or Ctrl-C. Returns the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s", stream=sys.stderr)
    chosen = parse(arguments)
    config = configured(chosen)
    try:
        if chosen.export_history is not None:
            write_history(config, chosen.export_history)
        else:
            asyncio.run(serve(config))
    except OSError as error:
        print(f"simulator: {explain(error, config)}", file=sys.stderr)
        return 1
    return 0


async def serve(config: SimulatorConfig) -> None:
    """Serve until the process is asked to end. Raises OSError."""
    asked_to_end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked_to_end.set)
    async with open_simulator(config) as simulator:
        print(f"simulator ready {simulator.url}", flush=True)
        await asked_to_end.wait()


def write_history(config: SimulatorConfig, file: Path) -> None:
    """Write the past of the saved world, or of the one these settings make. Raises OSError."""
    world = open_market(config, Saves(config.data))
    file.write_bytes(export_history(world, config.now()))
    print(f"history written to {file}")


def explain(error: OSError, config: SimulatorConfig) -> str:
    """One plain sentence for a start that failed."""
    if error.errno == errno.EADDRINUSE:
        return f"port {config.port} is in use; stop what listens there or choose another with --port."
    return f"cannot start: {error.strerror or error}."


class TellingHelp(argparse.ArgumentDefaultsHelpFormatter):
    """Help that shows defaults, but only those that say something."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return super()._get_help_string(action) if action.default else action.help


def between(kind: type[int] | type[float], low: int, high: int) -> Callable[[str], int | float]:
    """A reader of numbers, for argparse, that refuses what is outside these bounds."""

    def read(text: str) -> int | float:
        number = kind(text)
        if not low <= number <= high:
            raise argparse.ArgumentTypeError(f"{text} is not in {low}..{high}")
        return number

    read.__name__ = kind.__name__  # argparse shows it for what is no number at all
    return read


def read_arguments(arguments: list[str] | None) -> SimulatorConfig:
    """The configuration that the command line asks for."""
    return configured(parse(arguments))


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """What the command line says. Exits when it makes no sense."""
    parser = argparse.ArgumentParser(
        prog="python -m core.simulator",
        description="A pretend Discord and a pretend card market on this machine, for demo and tests.",
        formatter_class=TellingHelp,
    )
    add_server_arguments(parser.add_argument_group("server"))
    add_world_arguments(parser.add_argument_group("market world"))
    add_vendor_arguments(parser.add_argument_group("vendors"))
    return parser.parse_args(arguments)


def configured(chosen: argparse.Namespace) -> SimulatorConfig:
    """What was chosen, as the simulator takes it."""
    return SimulatorConfig(
        port=chosen.port,
        data=chosen.data,
        seed=chosen.seed,
        pace=chosen.pace,
        bot_token=chosen.bot_token,
        cards=chosen.cards,
        insured_noise=chosen.insured_noise,
        cc_cache_s=chosen.cc_cache_s,
        has_limits=not chosen.no_limits,
        alt_api_key=chosen.alt_key,
    )


def add_server_arguments(group: argparse._ArgumentGroup) -> None:
    """Where it listens, what it keeps, who may log in."""
    add = group.add_argument
    port = between(int, 0, 65_535)
    add("--port", type=port, default=8777, help="port on 127.0.0.1; 0 takes any free one")
    add("--data", type=Path, metavar="DIR", help="folder that keeps the state; without it nothing is kept")
    add("--export-history", type=Path, metavar="FILE", help="write the market's past to FILE and end")
    add("--bot-token", default="demo-bot-token", help="the token the bot must log in with")


def add_world_arguments(group: argparse._ArgumentGroup) -> None:
    """What the world is made of, and how fast things happen."""
    add = group.add_argument
    pace = between(float, 0, PACE_MAX)
    cards = between(int, 1, CARDS_MAX)
    add("--seed", type=int, default=7, help="the same seed makes the same cards")
    add("--pace", type=pace, default=12, metavar="N", help="market events a minute, 0 stands still")
    add("--cards", type=cards, default=2400, metavar="N", help="how many different cards there are")
    add(
        "--insured-noise",
        type=InsuredNoise,
        choices=list(InsuredNoise),
        default=InsuredNoise.INFORMATIVE,
        help="how well insured values tell fair values",
    )


def add_vendor_arguments(group: argparse._ArgumentGroup) -> None:
    """How strict the vendors are."""
    add = group.add_argument
    seconds = between(int, 0, 3600)
    add(
        "--cc-cache-s",
        type=seconds,
        default=2,
        metavar="S",
        help="seconds that Collector Crypt repeats an answer, 30 in life",
    )
    add("--alt-key", metavar="KEY", help="the key ALT asks for; without it ALT answers everybody")
    add("--no-limits", action="store_true", help="lift the vendors' limits on requests")


if __name__ == "__main__":
    sys.exit(main())
