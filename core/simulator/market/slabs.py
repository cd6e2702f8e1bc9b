"""Makes the people of a world, and the graded copies they own."""

import math
from datetime import timedelta
from random import Random
from typing import Final

from core.simulator.market import identifiers
from core.simulator.market.catalogue import Catalogue, draw
from core.simulator.market.settings import InsuredNoise, WorldSettings
from core.simulator.market.things import Card, Kind, Person, Slab, Standard, Token, time_of
from core.simulator.market.values import DAY_MS, fair_usd_micros

COPIES: Final = ((1, 58), (2, 28), (3, 14))
CORE_SHARE: Final = 0.65
CONFUSED_SHARE: Final = 0.5
MISLABELLED_SHARE: Final = 0.06
MISLABELLED_GAIN: Final = 1.5
HIDDEN_EVERY: Final = 250
NAMED_SHARE: Final = 0.4
INSURED_SPREAD: Final = {InsuredNoise.INFORMATIVE: 0.09, InsuredNoise.NOISY: 0.45, InsuredNoise.USELESS: 0.0}


def make_people(rng: Random, catalogue: Catalogue, count: int, born_ms: int) -> list[Person]:
    """Wallets with habits; some have told Collector Crypt a name."""
    people = []
    for _ in range(count):
        nickname = f"{rng.choice(catalogue.nicknames)}{rng.randint(1, 999)}"
        people.append(
            Person(
                wallet=identifiers.address(rng),
                user_id=identifiers.user(rng),
                name=nickname if rng.random() < NAMED_SHARE else None,
                habit=catalogue.habits.index(draw(rng, catalogue.habits)),
                joined_ms=born_ms - rng.randint(30, 500) * DAY_MS,
            )
        )
    return people


class TokenMaker:
    """Makes tokens one after another; certificates and ids never repeat."""

    def __init__(
        self, rng: Random, catalogue: Catalogue, settings: WorldSettings, people: list[Person], born_ms: int
    ) -> None:
        self._rng = rng
        self._catalogue = catalogue
        self._insured_noise = settings.insured_noise
        self._people = people
        self._born_ms = born_ms
        self._certificates: set[tuple[int, str]] = set()
        self._made = 0
        self._serial = 100_000 + rng.randint(0, 50_000)

    def make(self, cards: list[Card], kinds: list[Kind]) -> list[Token]:
        """One to three copies of every kind."""
        rng = self._rng
        by_card: dict[int, list[Kind]] = {}
        for kind in kinds:
            by_card.setdefault(kind.card_id, []).append(kind)
        twins = {card.twin_of: by_card[card.id] for card in cards if card.twin_of is not None}
        counts, weights = zip(*COPIES, strict=True)
        tokens = []
        for kind in kinds:
            siblings = by_card[kind.card_id]
            confusable = twins[kind.card_id][siblings.index(kind)] if kind.card_id in twins else None
            for _ in range(rng.choices(counts, weights)[0]):
                tokens.append(self._token(kind, siblings, confusable))
        return tokens

    def _token(self, kind: Kind, siblings: list[Kind], confusable: Kind | None) -> Token:
        rng = self._rng
        is_confused = confusable is not None and rng.random() < CONFUSED_SHARE
        alt_kind = confusable if is_confused and confusable is not None else kind
        is_known = rng.random() < 0.93
        minted_ms = self._born_ms - rng.randint(125, 400) * DAY_MS
        self._serial += rng.randint(1, 9)
        self._made += 1
        return Token(
            mint=identifiers.address(rng),
            standard=Standard.CORE if rng.random() < CORE_SHARE else Standard.PNFT,
            cc_id=cc_id(minted_ms, self._serial),
            slab=Slab(kind.id, self._certificate(kind), alt_kind.id if is_known else None),
            me_kind_id=self._me_kind(kind, siblings).id,
            insured_usd=insured_usd(
                rng, self._insured_noise, fair_usd_micros(kind, self._born_ms) / 1_000_000
            ),
            vault_id=identifiers.hexadecimal(rng, 8).upper(),
            gemrate_id=identifiers.hexadecimal(rng, 40),
            first_owner=rng.choice(self._people).wallet,
            minted_ms=minted_ms,
            hides_mint=self._made % HIDDEN_EVERY == 0,
        )

    def _certificate(self, kind: Kind) -> str:
        length = self._catalogue.graders[kind.grader].certificate_digits
        while True:
            number = identifiers.digits(self._rng, length)
            if (kind.grader, number) not in self._certificates:
                self._certificates.add((kind.grader, number))
                return number

    def _me_kind(self, kind: Kind, siblings: list[Kind]) -> Kind:
        """Usually the kind itself; now and then a better one of the same card."""
        better = [
            other for other in siblings if other.base_usd_micros > MISLABELLED_GAIN * kind.base_usd_micros
        ]
        return self._rng.choice(better) if better and self._rng.random() < MISLABELLED_SHARE else kind


def insured_usd(rng: Random, noise: InsuredNoise, worth_usd: float) -> int:
    """What something worth so much is insured for."""
    if noise is InsuredNoise.USELESS:
        return max(5, int(math.exp(rng.gauss(math.log(70), 1.2))))
    return max(5, round(worth_usd * math.exp(rng.gauss(0, INSURED_SPREAD[noise]))))


def cc_id(minted_ms: int, serial: int) -> str:
    """Collector Crypt's id: day and hour, then a serial number."""
    minted = time_of(minted_ms) + timedelta(minutes=serial % 1440)
    return f"{minted:%Y%m%d}{minted.hour}C{serial}"
