"""Identifiers in the vendors' forms, from a seeded random: addresses, signatures, user and receipt ids."""

import uuid
from random import Random
from typing import Final

_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PAIRS: Final = [high + low for high in _BASE58 for low in _BASE58]
# Ten digits fit a machine word: only one division in five is of a long number.
_STEPS: Final = [58**power for power in (8, 6, 4, 2, 0)]
_PIECE: Final = 58**10
_BASE36: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_ADDRESS_BYTES: Final = 32
_ADDRESS_LENGTH: Final = 44
# With a first digit of one to four, 88 digits are always a number of 64 bytes.
_SIGNATURE_FIRST: Final = _BASE58[1:5]


def base58(raw: bytes) -> str:
    """Solana's base58 of these bytes."""
    number = int.from_bytes(raw, "big")
    pieces: list[str] = []
    while number:
        number, piece = divmod(number, _PIECE)
        pieces.append("".join([_PAIRS[piece // step % 3364] for step in _STEPS]))
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    return "1" * zeros + "".join(reversed(pieces)).lstrip("1")


def address(rng: Random) -> str:
    """A Solana address: 32 bytes, 44 characters."""
    while True:
        text = base58(rng.randbytes(_ADDRESS_BYTES))
        if len(text) == _ADDRESS_LENGTH:
            return text


def signature(rng: Random) -> str:
    """A transaction signature: 64 bytes, 88 characters."""
    return rng.choice(_SIGNATURE_FIRST) + "".join(rng.choices(_PAIRS, k=43)) + rng.choice(_BASE58)


def receipt(rng: Random) -> str:
    """Collector Crypt's receipt of a listing."""
    return "v2_" + base58(rng.randbytes(12))[:14]


def user(rng: Random) -> str:
    """Collector Crypt's id of a person: 25 characters."""
    return "cm" + "".join(rng.choices(_BASE36, k=23))


def uuid4(rng: Random) -> str:
    """A random UUID as text."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def hexadecimal(rng: Random, length: int) -> str:
    """So many hexadecimal digits."""
    return f"{rng.getrandbits(4 * length):0{length}x}"


def digits(rng: Random, length: int) -> str:
    """A number of exactly so many digits."""
    return str(rng.randrange(10 ** (length - 1), 10**length))
