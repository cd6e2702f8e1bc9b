"""Whether two catalogues' words mean the same card: names, printings, numbers, sets, without their dress."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_SET_CODE = re.compile(r"\b[A-Z]{2,4}[0-9]{0,2}-(?=[A-Z0-9])")
_GAMES = frozenset(
    {"pokemon", "magic", "the", "gathering", "yugioh", "yu", "gi", "oh", "one", "piece", "lorcana", "disney"}
)


def folded(text: str) -> str:
    """The text without case and accents: "Pokémon" and "pokemon" are alike."""
    small = text.casefold()
    if small.isascii():
        return small
    return "".join(c for c in unicodedata.normalize("NFKD", small) if not unicodedata.combining(c))


def words_of(text: str) -> frozenset[str]:
    """The words without case, accents and punctuation: "Pokémon EX" and "pokemon-ex" are alike."""
    return frozenset(_WORD.findall(folded(text)))


def set_words(text: str) -> frozenset[str]:
    """The words of a set's name, without the game's and without a code before it ("OP01-Romance Dawn")."""
    return words_of(_SET_CODE.sub(" ", text)) - _GAMES


def number_of(text: str) -> str:
    """A collector's number as it is compared: "#004/102" is "4", "OP01-003" is itself."""
    number = text.strip().lstrip("#").partition("/")[0].strip().casefold()
    return number.lstrip("0") or number if number.isdecimal() else number
