"""Says by its exit code whether the program in this container is alive; for the image's HEALTHCHECK."""

import ssl
import sys
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from core.settings import Role, Tls, load

TIMEOUT_S = 4
WILDCARDS = frozenset({"0.0.0.0", "::"})  # noqa: S104  # addresses to bind, not to ask


def main() -> int:
    settings = load()
    if Role.API not in settings.roles:
        return 0  # nothing here answers over HTTP; a process that ends is seen without asking
    host = "127.0.0.1" if settings.api_host in WILDCARDS else settings.api_host
    scheme = "http" if settings.api_tls is Tls.OFF else "https"
    # It asks this container for a status code; whose certificate that is does not matter.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    address = f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.api_port}/healthz"
    with urllib.request.urlopen(address, timeout=TIMEOUT_S, context=context) as answer:  # noqa: S310  # ours
        return 0 if answer.status == 200 else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except OSError as error:
        sys.exit(f"/healthz does not answer: {error}")
