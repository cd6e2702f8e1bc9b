"""What no committed text may hold: paths of one machine, addresses of package indexes, secrets."""

import re

# Written in pieces so that this file does not hold what it looks for.
MACHINE_PATHS = re.compile(r"(?<![\w.\])}])/(?:work|root|Users|home|tmp)/" + r"[a-zA-Z_.]")
INDEX_ADDRESSES = re.compile(
    r"--(?:extra-)?index-" + r"url|--find-" + r"links|://[^\s\"']*(?:pypi|pythonhosted|npmjs)\.(?:org|com)/"
    r"(?:simple|packages)" + r"|\[\[tool\.uv\.in" + r"dex\]\]"
)
SECRETS = {
    "a Discord bot token": re.compile(r"\b[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}"),
    "a Discord webhook": re.compile(r"discord(?:app)?\.com/api/webhooks/\d+/[\w-]{30,}"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE" + r" KEY-----"),
    "a GitHub token": re.compile(r"\b(?:gh[pousr]_\w{36}|github_pat_\w{40,})"),
    "an AWS key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "a PostHog key": re.compile(r"\bph[cx]_\w{32,}"),
}


def machine_path_faults(text: str) -> list[str]:
    return [f"names {match[0]}…" for match in MACHINE_PATHS.finditer(text)]


def index_address_faults(text: str) -> list[str]:
    return [f"names a package index: {match[0]}" for match in INDEX_ADDRESSES.finditer(text)]


def secret_faults(text: str) -> list[str]:
    return [f"holds {what}" for what, pattern in SECRETS.items() if pattern.search(text)]
