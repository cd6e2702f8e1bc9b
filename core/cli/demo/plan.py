"""What the demo starts, and where: ports, folders, command lines, and the bot's settings."""

import errno
import os
import socket
import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import StartError
from core.settings import FROM_FILES, NAMES
from core.simulator.discord.population import GUILD_ID

HOST = "127.0.0.1"
TOKEN = "demo-bot-token"  # noqa: S105  # opens the simulator only
STAND_INS = {
    "COLLECTORCRYPT_URL": "collectorcrypt",
    "MAGICEDEN_URL": "magiceden/v2",
    "BEEZIE_URL": "beezie",
    "OPENSEA_URL": "opensea/api/v2",
    "EBAY_URL": "ebay",
    "ALT_URL": "alt/graphql",
    "PRICECHARTING_URL": "pricecharting/api",
    "PSA_URL": "psa/publicapi",
    "TCGDEX_URL": "tcgdex/v2/en",
    "TCGCSV_URL": "tcgcsv/tcgplayer",
    "SCRYFALL_URL": "scryfall",
    "YGOPRODECK_URL": "ygoprodeck/api/v7",
    "TCGPLAYER_URL": "tcgplayer",
    "COINGECKO_URL": "coingecko/api/v3",
    "COINBASE_URL": "coinbase/v2",
    "JUPITER_URL": "jupiter/price/v3",
    "PYTH_URL": "pyth/v2",
    "HELIUS_URL": "helius",
}
"""Where each vendor's stand-in is, below the simulator's address."""
KEYED = (
    "OPENSEA_KEY",
    "EBAY_CLIENT_ID",
    "EBAY_CLIENT_SECRET",
    "PRICECHARTING_TOKEN",
    "PSA_TOKEN",
    "TCGPLAYER_PUBLIC_KEY",
    "TCGPLAYER_PRIVATE_KEY",
    "PYTH_KEY",
    "HELIUS_KEY",
)
"""What switches the other stand-ins on; any key will do there."""
ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to start, and where. pace: market events a minute."""

    data: Path
    port: int
    api_port: int
    pace: float

    @property
    def page(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def api(self) -> str:
        return f"http://{HOST}:{self.api_port}/api/v1/deals"

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.data.resolve() / 'cartel.db'}"

    def with_free_ports(self) -> "Plan":
        """A free port in place of each 0. Raises StartError for one that cannot be had."""
        with ExitStack() as stack:
            page = stack.enter_context(_listener(self.port, "--port"))
            api = stack.enter_context(_listener(self.api_port, "--api-port"))
            return replace(self, port=page.getsockname()[1], api_port=api.getsockname()[1])


def _listener(port: int, option: str) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        why = "in use" if error.errno == errno.EADDRINUSE else f"not to be had ({error.strerror})"
        raise StartError(f"Port {port} is {why}: choose another with {option}, or 0 for any.") from error


def simulator_command(plan: Plan) -> list[str]:
    options = ["--port", str(plan.port), "--data", str(plan.data.resolve() / "simulator")]
    pace = ["--pace", f"{plan.pace:g}", "--bot-token", TOKEN]
    return [sys.executable, "-m", "core.simulator", *options, *pace]


def bot_command() -> list[str]:
    return [sys.executable, str(ROOT / "bot.py"), "run", "--env-file", os.devnull]


def bot_environment(plan: Plan) -> dict[str, str]:
    """The bot is the ordinary one: settings alone point it at the simulator."""
    node = f"{plan.page}/vendors/solana"
    nodes = {"SOLANA_RPC_URL": node, "SOLANA_WS_URL": f"{node.replace('http', 'ws', 1)}/ws"}
    return (
        without_settings()
        | vendor_addresses(plan.page)
        | dict.fromkeys(KEYED, "demo-vendor-key")
        | nodes
        | {
            "BEEZIE_ENABLED": "true",
            "DISCORD_TOKEN": TOKEN,
            "DISCORD_API_URL": plan.page,
            "OPERATOR_GUILD_ID": str(GUILD_ID),
            "WORLD": "demo",
            "DATABASE_URL": plan.database_url,
            "DATA_DIR": str(plan.data.resolve()),
            "API_PORT": str(plan.api_port),
            "API_TLS": "off",
            "LOG_FORMAT": "console",
            "COLLECTORCRYPT_POLL_S": "2",
            "MAGICEDEN_POLL_S": "1",
        }
    )


def vendor_addresses(simulator_url: str) -> dict[str, str]:
    """The addresses of all vendors there; those that need a key stay off without one."""
    return {name: f"{simulator_url}/vendors/{path}" for name, path in STAND_INS.items()}


def without_settings() -> dict[str, str]:
    """This process's environment, but for what its owner set for a bot of their own."""
    ours = {*NAMES, *(f"{name}_FILE" for name in FROM_FILES)}
    return {name: value for name, value in os.environ.items() if name not in ours}
