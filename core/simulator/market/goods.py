"""What wallets hold beside slabs: raw cards and sealed products. A few are on sale; nobody buys them."""

import math
from random import Random
from typing import Final

from core.simulator.market import identifiers
from core.simulator.market.book import slot_of
from core.simulator.market.catalogue import CardSet, Game, draw
from core.simulator.market.labels import Form, Label
from core.simulator.market.raw import raw_usd_micros
from core.simulator.market.scenery import Scenery, full_set_name
from core.simulator.market.settings import WorldSettings
from core.simulator.market.slabs import CORE_SHARE, cc_id, insured_usd
from core.simulator.market.things import Card, Currency, Good, Listing, Mood, Standard, Venue
from core.simulator.market.values import BPS, DAY_MS

CARDS_A_RAW: Final = 8
CARDS_A_SEALED: Final = 20
LEAST: Final = 4
ON_SALE_EVERY: Final = 8
ASK_BPS: Final = (8_000, 16_000)
OPEN_DAYS: Final = 60
CENT: Final = 10_000
FIRST_SERIAL: Final = 400_000
NOT_GRADED: Final = "Not graded"
PRODUCTS_USD: Final = {"Booster Pack": 9, "Booster Bundle": 38, "Starter Deck": 45, "Booster Box": 160}


class Goods:
    """Every raw card and sealed product of a world. Made anew from the seed; owners never change."""

    def __init__(self, settings: WorldSettings, scenery: Scenery, born_ms: int) -> None:
        self._rng = Random(f"goods {settings.seed}")
        self._insured_noise = settings.insured_noise
        self._scenery = scenery
        self._born_ms = born_ms
        raw = [self._raw() for _ in range(LEAST + settings.cards // CARDS_A_RAW)]
        sealed = [self._sealed() for _ in range(LEAST + settings.cards // CARDS_A_SEALED)]
        made = [*raw, *sealed]
        self.all: list[Good] = [
            self._good(number, label, worth) for number, (label, worth) in enumerate(made)
        ]
        on_sale = [*range(0, len(raw), ON_SALE_EVERY), *range(len(raw), len(made), ON_SALE_EVERY)]
        self._listings = {
            self.all[place].mint: self._listing(self.all[place], made[place][1]) for place in on_sale
        }
        self._by_name = {good.mint: good for good in self.all} | {good.cc_id: good for good in self.all}

    def good(self, mint_or_cc_id: str) -> Good | None:
        """The one with this mint or Collector Crypt id, None when there is none."""
        return self._by_name.get(mint_or_cc_id)

    def listing(self, mint: str) -> Listing | None:
        """Its order on Collector Crypt, None when it is not on sale."""
        return self._listings.get(mint)

    def _raw(self) -> tuple[Label, int]:
        """An ungraded copy of a card, and what it is worth."""
        card: Card = self._rng.choice(self._scenery.cards)
        words = [str(card.year), f"#{card.number}", card.name, card.stamp, self._scenery.set_name(card)]
        label = Label(
            form=Form.RAW,
            title=" ".join(word for word in words if word),
            category=self._scenery.category(card),
            year=card.year,
            set_name=self._scenery.set_name(card),
            language=card.language,
            name=card.name,
            number=card.number,
            variety=self._scenery.variety(card),
            stamp=card.stamp,
            company=NOT_GRADED,
        )
        return label, raw_usd_micros(card, self._born_ms)

    def _sealed(self) -> tuple[Label, int]:
        """A product as it left the factory, and what it is worth."""
        rng = self._rng
        game: Game = draw(rng, self._scenery.catalogue.games)
        card_set: CardSet = rng.choice(game.sets)
        product = rng.choice(list(PRODUCTS_USD))
        set_name = full_set_name(game, card_set.name)
        label = Label(
            form=Form.SEALED,
            title=f"{card_set.year} {set_name} {product}",
            category=game.category,
            year=card_set.year,
            set_name=set_name,
            language=card_set.language,
            name=product,
        )
        spread = math.exp(rng.gauss(0, 0.2))
        return label, int(PRODUCTS_USD[product] * card_set.brand_value * spread * 1_000_000)

    def _good(self, number: int, label: Label, worth_usd_micros: int) -> Good:
        rng = self._rng
        minted_ms = self._born_ms - rng.randint(OPEN_DAYS, 400) * DAY_MS
        return Good(
            mint=identifiers.address(rng),
            standard=Standard.CORE if rng.random() < CORE_SHARE else Standard.PNFT,
            cc_id=cc_id(minted_ms, FIRST_SERIAL + number),
            insured_usd=insured_usd(rng, self._insured_noise, worth_usd_micros / 1_000_000),
            vault_id=identifiers.hexadecimal(rng, 8).upper(),
            gemrate_id=identifiers.hexadecimal(rng, 40),
            first_owner=rng.choice(self._scenery.people).wallet,
            minted_ms=minted_ms,
            label=label,
        )

    def _listing(self, good: Good, worth_usd_micros: int) -> Listing:
        rng = self._rng
        opened_ms = self._born_ms - rng.randrange(DAY_MS, OPEN_DAYS * DAY_MS)
        return Listing(
            id=identifiers.uuid4(rng),
            mint=good.mint,
            seller=good.first_owner,
            venue=Venue.CC,
            currency=Currency.USDC,
            price_atoms=max(1, worth_usd_micros * rng.randint(*ASK_BPS) // BPS // CENT) * CENT,
            created_ms=opened_ms,
            updated_ms=opened_ms,
            receipt=identifiers.receipt(rng),
            address=identifiers.address(rng),
            slot=slot_of(opened_ms),
            mood=Mood.ORDINARY,
        )
