"""`secret`: prints a new secret, strong enough for every setting that asks for one."""

import secrets

SECRET_BYTES = 32


def run() -> int:
    print(secrets.token_urlsafe(SECRET_BYTES))
    return 0
