"""The past that the simulator exports speaks of the same cards as what our source reads at its stand-in."""

from datetime import UTC, datetime
from random import Random

from core.clock import SystemClock
from core.domain.catalog import Grade
from core.domain.history import KindLine, read_line
from core.simulator.app import SimulatorConfig, open_simulator
from core.simulator.market.history import export_history
from core.sources.collectorcrypt import CollectorCrypt
from core.sources.http import SourceHttp

MARKET = SimulatorConfig(port=0, data=None, pace=0, cards=200, listings=100, has_limits=False)


async def test_a_kind_of_the_past_is_the_kind_that_a_listing_shows() -> None:
    async with open_simulator(MARKET) as simulator, SourceHttp(SystemClock(), random=Random(7)) as http:
        now = datetime.now(UTC)
        lines = [read_line(text, now) for text in export_history(simulator.market, now).splitlines()]
        source = CollectorCrypt(http, base_url=f"{simulator.url}/vendors/collectorcrypt")
        slabs = [report.slab async for page in source.listings(pages_max=2) for report in page.reports]
    exported = {
        (line.card.key(), line.grader, Grade(line.grade_tenths, line.grade_label))
        for line in lines
        if isinstance(line, KindLine)
    }
    shown = {(slab.card, slab.grader, slab.grade) for slab in slabs if slab is not None}
    assert len(shown) > 20
    assert shown <= exported
