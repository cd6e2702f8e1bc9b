"""Makes the cards of a world and the kinds they are graded in."""

import math
from random import Random
from typing import Final

from core.simulator.market import identifiers
from core.simulator.market.catalogue import Catalogue, Game, draw
from core.simulator.market.things import Card, Kind

STAMPED_SHARE: Final = 0.07
KINDS_A_CARD: Final = ((1, 40), (2, 40), (3, 20))
WORTH_USD: Final = (14, 40_000)
NUMBER_WIDTH: Final = 3
MODERN_YEAR: Final = 2016


def make_cards(rng: Random, catalogue: Catalogue, count: int) -> list[Card]:
    """So many different cards; a stamped twin follows its plain card directly."""
    cards: list[Card] = []
    seen: set[tuple[str, str, str]] = set()
    while len(cards) < count:
        game = draw(rng, catalogue.games)
        card = _card(rng, catalogue, game, len(cards))
        identity = (card.set_name, card.number, card.parallel)
        if identity in seen:
            continue
        seen.add(identity)
        cards.append(card)
        if rng.random() < STAMPED_SHARE and len(cards) < count:
            cards.append(_twin(rng, game, card))
    return cards


def _card(rng: Random, catalogue: Catalogue, game: Game, card_id: int) -> Card:
    card_set = rng.choice(game.sets)
    parallel = draw(rng, [made for made in game.parallels if made.since <= card_set.year <= made.until])
    number = str(rng.randint(1, card_set.size))
    worth = math.exp(rng.gauss(math.log(42), 0.85)) * card_set.brand_value * parallel.value
    return Card(
        id=card_id,
        twin_of=None,
        game=catalogue.games.index(game),
        set_name=card_set.name,
        year=card_set.year,
        language=card_set.language,
        number=number.zfill(NUMBER_WIDTH) if card_set.year >= MODERN_YEAR else number,
        name=rng.choice(game.names[: card_set.names_known or None]) + rng.choice(card_set.suffixes),
        parallel=parallel.name,
        stamp="",
        alt_asset_id=identifiers.uuid4(rng),
        worth_usd_micros=int(min(max(worth, WORTH_USD[0]), WORTH_USD[1]) * 1_000_000),
    )


def _twin(rng: Random, game: Game, card: Card) -> Card:
    return Card(
        id=card.id + 1,
        twin_of=card.id,
        game=card.game,
        set_name=card.set_name,
        year=card.year,
        language=card.language,
        number=card.number,
        name=card.name,
        parallel=card.parallel,
        stamp=rng.choice(game.stamps),
        alt_asset_id=identifiers.uuid4(rng),
        worth_usd_micros=int(card.worth_usd_micros * rng.uniform(2.2, 3.8)),
    )


def make_kinds(rng: Random, catalogue: Catalogue, cards: list[Card]) -> list[Kind]:
    """One to three kinds a card; a stamped twin is graded in the same kinds as its plain card."""
    kinds: list[Kind] = []
    grades: dict[int, list[tuple[int, int]]] = {}
    for card in cards:
        chosen = grades[card.twin_of] if card.twin_of is not None else _grades(rng, catalogue)
        grades[card.id] = chosen
        for grade in chosen:
            kinds.append(_kind(rng, catalogue, card, len(kinds), grade))
    return kinds


def _grades(rng: Random, catalogue: Catalogue) -> list[tuple[int, int]]:
    counts, weights = zip(*KINDS_A_CARD, strict=True)
    wanted: int = rng.choices(counts, weights)[0]
    chosen: list[tuple[int, int]] = []
    while len(chosen) < wanted:
        grader = draw(rng, catalogue.graders)
        grade = grader.grades.index(draw(rng, grader.grades))
        pair = (catalogue.graders.index(grader), grade)
        if pair not in chosen:
            chosen.append(pair)
    return chosen


def _kind(rng: Random, catalogue: Catalogue, card: Card, kind_id: int, grade: tuple[int, int]) -> Kind:
    grader = catalogue.graders[grade[0]]
    form = grader.grades[grade[1]]
    base = card.worth_usd_micros * grader.value * form.value * math.exp(rng.gauss(0, 0.18))
    return Kind(
        id=kind_id,
        card_id=card.id,
        grader=grade[0],
        grade=grade[1],
        population=int(math.exp(rng.gauss(5.4, 1.7))) + 1,
        base_usd_micros=max(int(base), 6_000_000),
        swing=rng.uniform(0.02, 0.11),
        period_days=rng.uniform(18, 140),
        phase=rng.uniform(0, math.tau),
        sales_a_quarter=math.exp(rng.gauss(1.9, 0.8)),
    )
