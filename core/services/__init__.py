"""Use cases: one method, one transaction; never the network inside it."""

from dataclasses import dataclass

from core.services.deals import DealService
from core.services.follows import FollowService
from core.services.guilds import GuildService
from core.services.hints import HintService
from core.services.inspections import InspectionService
from core.services.operations import OperationService
from core.services.overrides import OverrideService
from core.services.pings import PingService
from core.services.posts import PostService
from core.services.quarantine import QuarantineService
from core.services.replays import ReplayService
from core.services.revaluations import RevaluationService
from core.services.scorecard import ScorecardService
from core.services.sources import SourceService
from core.services.traces import TraceService


@dataclass(frozen=True, slots=True)
class Services:
    """What cogs and routes are handed."""

    deals: DealService
    guilds: GuildService
    hints: HintService
    operations: OperationService
    posts: PostService
    sources: SourceService
    follows: FollowService
    revaluations: RevaluationService
    scorecard: ScorecardService
    replays: ReplayService
    inspections: InspectionService
    traces: TraceService
    overrides: OverrideService
    quarantine: QuarantineService
    pings: PingService
