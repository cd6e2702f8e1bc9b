"""Why: the way of one listing through the line, by our own rows alone; no vendor is asked."""

from collections.abc import Iterable

from core.domain.deals import DEFAULT_POLICY, DealPolicy, policy_hash
from core.domain.guilds import Guild
from core.domain.questions import Question, read_question
from core.domain.traces import ListingTrace, Trace, with_silence
from core.errors import NotFound
from core.services.questions import look_up
from db import guilds, pauses, traces
from db.engine import Database, Tx


class TraceService:
    """What became of a listing, and why."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def why(self, what: str, *, guild_id: int | None = None) -> Trace:
        """The trace of a token, certificate or link, by the policy of a server (the default one without).

        Only that server's own posts are in it. Raises InvalidInput for what is not understood, NotFound
        for what was never on sale where we look.
        """
        question = read_question(what)
        async with self.db.read() as tx:
            guild = None if guild_id is None else await guilds.get(tx, guild_id)
            policy = DEFAULT_POLICY if guild is None else guild.policy
            known = await look_up(tx, question)
            if known.token is None:
                raise NotFound(_unseen(question))
            digest = policy_hash(policy)
            found = await traces.of_token(tx, known.token.id, digest, guild_id=guild_id)
            if guild is not None:
                found = await _with_silence(tx, found, guild)
        facts = None if known.slab is None else known.slab.facts
        return Trace(known.token.mint, facts, policy, found, guild is not None)


async def _with_silence(tx: Tx, found: Iterable[ListingTrace], guild: Guild) -> tuple[ListingTrace, ...]:
    """Why the server was not shown what it calls a deal."""
    paused = set(await pauses.of_guild(tx, guild.id))
    if guild.paused_because is not None:
        paused |= guild.settings.channels
    return tuple(with_silence(listing, guild.settings, paused) for listing in found)


async def policy_of(tx: Tx, guild_id: int | None) -> DealPolicy:
    """What a server's deals are judged by."""
    guild = None if guild_id is None else await guilds.get(tx, guild_id)
    return DEFAULT_POLICY if guild is None else guild.policy


def _unseen(question: Question) -> str:
    if question.mint is not None:
        return "I have never seen this token. Ask for a fresh look with `/deals inspect`."
    if question.certificate is not None:
        return "I have never seen this certificate on sale. `/deals inspect` says what it may be worth."
    return "I have never seen a slab of this asset of ALT's."
