"""The policies in use, each decoded once: a policy's content never changes."""

from core.domain.deals import DEFAULT_POLICY, DealPolicy, policy_hash
from db import guilds
from db.engine import Tx


class PolicyBook:
    """The default policy and those of the servers, by hash."""

    def __init__(self) -> None:
        self._known = {policy_hash(DEFAULT_POLICY): DEFAULT_POLICY}
        self._default = frozenset(self._known)

    async def active(self, tx: Tx) -> dict[str, DealPolicy]:
        """What every listing is judged by now: one query unless somebody chose something new."""
        active, known = self._default | await guilds.active_hashes(tx), self._known
        if missing := active - known.keys():
            kept = {digest: known[digest] for digest in active - missing}
            self._known = known = kept | await guilds.policies(tx, missing)
        return {digest: known[digest] for digest in sorted(active)}
