"""What does not change in a world: cards, kinds, tokens, people. Made anew from the seed at every start."""

from random import Random
from typing import Final

from core.simulator.market.cards import make_cards, make_kinds
from core.simulator.market.catalogue import Catalogue, Game, GradeForm, GraderForm, Habit, load_catalogue
from core.simulator.market.labels import Form, Label
from core.simulator.market.settings import WorldSettings
from core.simulator.market.slabs import TokenMaker, make_people
from core.simulator.market.things import Card, Kind, Person, Standard, Token

DEAL_SALES_A_QUARTER: Final = 5.0
DEAL_USD_MICROS: Final = (40_000_000, 2_500_000_000)


class Scenery:
    """Everything that stands still, and how to find it."""

    def __init__(self, settings: WorldSettings, born_ms: int) -> None:
        rng = Random(f"scenery {settings.seed}")
        self.born_ms = born_ms
        self.catalogue: Catalogue = load_catalogue()
        self.cards: list[Card] = make_cards(rng, self.catalogue, settings.cards)
        self.kinds: list[Kind] = make_kinds(rng, self.catalogue, self.cards)
        self.people: list[Person] = make_people(rng, self.catalogue, settings.people, born_ms)
        maker = TokenMaker(rng, self.catalogue, settings, self.people, born_ms)
        self.tokens: list[Token] = maker.make(self.cards, self.kinds)
        self._labels: dict[str, Label] = {}
        self._by_mint = {token.mint: token for token in self.tokens}
        self._by_cc_id = {token.cc_id: token for token in self.tokens}
        self._by_certificate = {token.slab.certificate: token for token in self.tokens}
        self._card_by_asset = {card.alt_asset_id: card for card in self.cards}
        self._kinds_of: dict[int, list[Kind]] = {}
        for kind in self.kinds:
            self._kinds_of.setdefault(kind.card_id, []).append(kind)
        self._token_of = {self.kind(token).card_id: token for token in reversed(self.tokens)}
        self._person_of = {person.wallet: person for person in self.people}
        self._place_of = {person.wallet: place for place, person in enumerate(self.people)}
        self.deal_tokens = [token for token in self.tokens if self.is_deal_material(token)]
        self.mislabelled = [token for token in self.tokens if token.me_kind_id != token.slab.kind_id]
        self.confused = [
            token for token in self.tokens if token.slab.alt_kind_id not in (token.slab.kind_id, None)
        ]

    def token(self, mint_or_cc_id: str) -> Token | None:
        """The token with this mint or Collector Crypt id, None when there is none."""
        return self._by_mint.get(mint_or_cc_id) or self._by_cc_id.get(mint_or_cc_id)

    def token_by_certificate(self, certificate: str) -> Token | None:
        """The token of this certificate number, None when there is none."""
        return self._by_certificate.get(certificate)

    def card_by_asset(self, alt_asset_id: str) -> Card | None:
        """The card behind one of ALT's ids, None when there is none."""
        return self._card_by_asset.get(alt_asset_id)

    def kinds_of(self, card: Card) -> list[Kind]:
        """Every kind a card is graded in."""
        return self._kinds_of[card.id]

    def token_of(self, card: Card) -> Token:
        """One token of a card, always the same."""
        return self._token_of[card.id]

    def person(self, wallet: str) -> Person | None:
        """Whoever holds this wallet, None for a stranger."""
        return self._person_of.get(wallet)

    def partner(self, wallet: str) -> str:
        """The other wallet of the same hand: those who trade with themselves have two."""
        place = self._place_of.get(wallet, 0) ^ 1
        return self.people[min(place, len(self.people) - 1)].wallet

    def kind(self, token: Token) -> Kind:
        """What the token's slab really is."""
        return self.kinds[token.slab.kind_id]

    def card(self, kind: Kind) -> Card:
        """The card of a kind."""
        return self.cards[kind.card_id]

    def grader(self, kind: Kind) -> GraderForm:
        """The company that graded this kind."""
        return self.catalogue.graders[kind.grader]

    def grade(self, kind: Kind) -> GradeForm:
        """The grade of a kind."""
        return self.grader(kind).grades[kind.grade]

    def category(self, card: Card) -> str:
        """The game of a card, as vendors call it."""
        return self.catalogue.games[card.game].category

    def habit(self, wallet: str) -> Habit:
        """How the owner of a wallet sells; strangers sell like the first habit."""
        person = self._person_of.get(wallet)
        return self.catalogue.habits[person.habit if person else 0]

    def set_name(self, card: Card) -> str:
        """The set with the game before it: "Pokemon Base Set"."""
        return full_set_name(self.catalogue.games[card.game], card.set_name)

    def title(self, token: Token) -> str:
        """The vendor's title: "1999 #4 Charizard PSA 9 Base Set". The parallel is not in it, a stamp is."""
        kind = self.kind(token)
        card = self.card(kind)
        words = [str(card.year), f"#{card.number}", card.name, card.stamp, self.grader(kind).company]
        words += [grade_text(self.grade(kind).tenths), self._title_set(card, token.standard)]
        return " ".join(word for word in words if word)

    def alt_name(self, card: Card) -> str:
        """ALT's name of a card: "1999 Pokemon Base Set Holo Charizard #4"."""
        words = [str(card.year), self.set_name(card), self.variety(card), card.name, f"#{card.number}"]
        return " ".join(word for word in words if word)

    def variety(self, card: Card) -> str:
        """The parallel and the stamp; "Base" is not worth a word."""
        parallel = "" if card.parallel == "Base" else card.parallel
        return f"{parallel} {card.stamp}".strip()

    def label(self, token: Token) -> Label:
        """The words for a token's slab, as it is."""
        known = self._labels.get(token.mint)
        if known is None:
            known = self._labels[token.mint] = self._label(token, self.kind(token))
        return known

    def believed_label(self, token: Token) -> Label:
        """The words for a token's slab where Magic Eden has them: the grade may be another."""
        is_right = token.me_kind_id == token.slab.kind_id
        return self.label(token) if is_right else self._label(token, self.kinds[token.me_kind_id])

    def _label(self, token: Token, kind: Kind) -> Label:
        card, grader, grade = self.card(kind), self.grader(kind), self.grade(kind)
        return Label(
            form=Form.CARD,
            title=self.title(token),
            category=self.category(card),
            year=card.year,
            set_name=self.set_name(card),
            language=card.language,
            name=card.name,
            number=card.number,
            variety=self.variety(card),
            stamp=card.stamp,
            company=grader.company,
            grader=grader.alt_code,
            grade=grade.text,
            grade_number=grade_text(grade.tenths),
            certificate=token.slab.certificate,
        )

    def _title_set(self, card: Card, standard: Standard) -> str:
        category = self.category(card)
        if category == "Pokemon":
            return card.set_name
        return f"{card.set_name} {category}" if standard is Standard.PNFT else self.set_name(card)

    def is_deal_material(self, token: Token) -> bool:
        """Known to ALT as what it is, often sold, of middling worth: a bargain anyone can check."""
        kind = self.kind(token)
        return (
            token.slab.alt_kind_id == kind.id == token.me_kind_id
            and not token.hides_mint
            and kind.sales_a_quarter >= DEAL_SALES_A_QUARTER
            and DEAL_USD_MICROS[0] <= kind.base_usd_micros <= DEAL_USD_MICROS[1]
        )


def full_set_name(game: Game, set_name: str) -> str:
    """A set with its game before it, unless the set has it in its name."""
    return set_name if game.prefix in set_name.split("-", maxsplit=1)[0] else f"{game.prefix} {set_name}"


def grade_text(tenths: int) -> str:
    """10, 9.5, 9."""
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)
