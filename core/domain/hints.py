"""A push from the chain: something happened. Identity and price are never taken from it: the vendor tells."""

from datetime import datetime

import msgspec

from core.domain.listings import Mint

MARKETPLACE_PROGRAM = "CcmRKTuZCGJBWQwMHvDYApBRvSZNHqGJXkznqpDTSQUr"
"""Collector Crypt's, on Solana: a transaction that touches it is worth a hint."""
AMONG_MAX = 32


class Hint(msgspec.Struct, frozen=True):
    """A transaction that touched the marketplace.

    `mint` is None where it does not say which token; then one of `among` may be it, the rest are accounts.
    """

    signature: str
    at: datetime
    mint: Mint | None = None
    among: tuple[Mint, ...] = ()
