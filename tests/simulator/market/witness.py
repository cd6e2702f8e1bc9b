"""What an install would be told of the slabs of a world: the vendors' rows, read by our own parsers."""

from collections.abc import Collection
from functools import cache, cached_property

import msgspec
from aiohttp.test_utils import make_mocked_request

from core.domain.averages import average_evidence, sales_evidence
from core.domain.catalog import SlabFacts, grade_of, grader_of
from core.domain.listings import SourceName
from core.domain.money import USD_MICROS
from core.domain.valuation import Evidence, Sale, insured_evidence
from core.simulator.faults import Faults
from core.simulator.market.scenery import Scenery
from core.simulator.market.settings import InsuredNoise, WorldSettings
from core.simulator.market.things import Deed, Token, ms_of, time_of
from core.simulator.market.world import World
from core.simulator.vendors.alt_rows import Rows
from core.simulator.vendors.desk import Desk
from core.simulator.vendors.pricecharting import FIRST_ID, PriceCharting
from core.sources import alt, pricecharting
from core.sources.http import Fetched
from tests.simulator.market.conftest import BORN

CARDS = 900


class Told(msgspec.Struct, frozen=True):
    """All that can be told of one token, but for its insured value."""

    fair_usd_micros: int
    by_alt: Evidence | None
    by_pricecharting: Evidence | None
    alt_sales: tuple[Sale, ...]
    our_sales: tuple[Sale, ...]

    def evidence(self, configured: Collection[SourceName]) -> list[Evidence]:
        """What is known where these vendors are configured."""
        by_alt = self.by_alt if SourceName.ALT in configured else None
        alt_sales = self.alt_sales if SourceName.ALT in configured else ()
        found = (
            by_alt,
            self.by_pricecharting if SourceName.PRICECHARTING in configured else None,
            sales_evidence(self.our_sales, BORN),
            average_evidence(
                (*self.our_sales, *alt_sales),
                by_alt.population if by_alt is not None else None,
                BORN,
                vendor=SourceName.ALT.value if alt_sales else None,
            ),
        )
        return [item for item in found if item is not None]


class Witness:
    """An install that saw every sale at the market places, at the moment when the world begins."""

    def __init__(self, seed: int) -> None:
        self.settings = WorldSettings(seed=seed, cards=CARDS)
        self.world = World(self.settings, BORN, pace=0)
        self._request = make_mocked_request("GET", "/")
        self._alt = Rows(self.world, self._request, ms_of(BORN))
        self._charting = PriceCharting(Desk(self.world, Faults(), lambda: BORN), has_limits=False)
        self._ask_alt, self._ask_pricecharting = cache(self._alts), cache(self._pricechartings)

    def told(self) -> list[Told]:
        """One of every token there is."""
        return [self._told(token) for token in self.world.scenery.tokens]

    def insured(self, noise: InsuredNoise) -> list[Evidence]:
        """Their insured values, had the vault told them with this noise."""
        scenery = Scenery(msgspec.structs.replace(self.settings, insured_noise=noise), ms_of(BORN))
        assert [token.mint for token in scenery.tokens] == [token.mint for token in self.world.scenery.tokens]
        hints = (insured_evidence(token.insured_usd * USD_MICROS) for token in scenery.tokens)
        return [hint for hint in hints if hint is not None]

    def _told(self, token: Token) -> Told:
        kind_id, alt_kind_id = token.slab.kind_id, token.slab.alt_kind_id
        by_alt, alt_sales = (None, ()) if alt_kind_id is None else self._ask_alt(kind_id, alt_kind_id)
        return Told(
            fair_usd_micros=self.world.fair_usd_micros(kind_id, BORN),
            by_alt=by_alt,
            by_pricecharting=self._ask_pricecharting(kind_id),
            alt_sales=alt_sales,
            our_sales=tuple(self._our_sales.get(kind_id, ())),
        )

    @cached_property
    def _our_sales(self) -> dict[int, list[Sale]]:
        """By kind."""
        found: dict[int, list[Sale]] = {}
        for deed in self.world.book.activities:
            if deed.deed is Deed.SALE and deed.at_ms <= ms_of(BORN):
                paid = self.world.rates.dollars(deed.price_atoms, deed.currency, deed.at_ms)
                sales = found.setdefault(self.world.token(deed.mint).slab.kind_id, [])
                sales.append(Sale(time_of(deed.at_ms), paid))
        return found

    def _alts(self, kind_id: int, alt_kind_id: int) -> tuple[Evidence | None, tuple[Sale, ...]]:
        """ALT's value and its sales, of the card that it takes the certificate for."""
        slab, card = self._slab(kind_id), self.world.scenery.card(self.world.scenery.kinds[alt_kind_id])
        kind = self._alt.kind(card, slab.grader.value, alt.grade_number(slab))
        rows = [] if kind is None else self._alt.transactions(kind, shows_skipped=False)
        asset = self._alt.asset(card, kind) | {"marketTransactions": rows}
        answer = Fetched(SourceName.ALT, msgspec.json.encode({"data": {"asset": asset}}), BORN)
        told = alt.parse_sales(answer, slab) or ()
        return alt.parse_value(answer, slab), tuple(Sale(sale.at, sale.amount.value) for sale in told)

    def _pricechartings(self, kind_id: int) -> Evidence | None:
        """PriceCharting's value, of the right card: it finds that, or none."""
        product = str(FIRST_ID + self.world.scenery.kinds[kind_id].card_id)
        answer = self._charting.product(self._request.clone(rel_url=f"/?t=token&id={product}"))
        assert isinstance(answer.body, bytes)
        told = Fetched(SourceName.PRICECHARTING, answer.body, BORN)
        return pricecharting.parse_value(told, self._slab(kind_id), product)

    def _slab(self, kind_id: int) -> SlabFacts:
        """A slab of this kind."""
        scenery = self.world.scenery
        kind = scenery.kinds[kind_id]
        form, grade = scenery.grader(kind), scenery.grade(kind)
        grader, read = grader_of(form.company), grade_of(grade.text)
        assert grader is not None
        assert read is not None
        return SlabFacts(grader, "1", read, scenery.card(kind).name, None)
