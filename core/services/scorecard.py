"""The scorecard: how good the calls were, for whoever asks."""

from core.clock import Clock
from core.domain.scorecard import MISSES_MAX, Period, Scorecard, begins, every_tier
from core.services.askers import Askers
from db import guilds, scorecard
from db.engine import Database

TOO_OFTEN = (
    "Those were {most} scorecards within a minute, and each goes through everything I ever posted. Try again "
    "in {left}."
)


class ScorecardService:
    """Keeps score of the program itself."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db = db
        self.clock = clock
        self._askers = Askers(clock, TOO_OFTEN)

    async def score(self, guild_id: int | None, period: Period = Period.ALL, *, by: int) -> Scorecard:
        """Of what a server was shown; of everything this install posted outside of one that it serves.

        Raises LimitReached for who asks all the time.
        """
        self._askers.take(by)
        since = begins(period, self.clock.now())
        async with self.db.read() as tx:
            guild = None if guild_id is None else await guilds.get(tx, guild_id)
            scope = None if guild is None else guild.id
            found = await scorecard.scores(tx, scope, since)
            worst = await scorecard.worst(tx, scope, since, limit=MISSES_MAX)
        return Scorecard(scope, period, since, every_tier(found), tuple(worst))
