"""Use cases: one method, one transaction; never the network inside it."""

from dataclasses import dataclass

from core.services.deals import DealService
from core.services.guilds import GuildService
from core.services.hints import HintService
from core.services.operations import OperationService
from core.services.posts import PostService
from core.services.sources import SourceService


@dataclass(frozen=True, slots=True)
class Services:
    """What cogs and routes are handed."""

    deals: DealService
    guilds: GuildService
    hints: HintService
    operations: OperationService
    posts: PostService
    sources: SourceService
