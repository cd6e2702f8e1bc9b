"""Whether two catalogues' words mean the same card: names, printings, numbers, sets, without their dress."""

import re
import unicodedata

_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece"  # Thai, Lao
    "\u1000-\u103f\u1050-\u108f\u1780-\u17d3"  # Burmese, Khmer
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"  # Japanese
    "\u3105-\u312f\u31a0-\u31bf\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"  # Chinese
)
"""The letters of scripts that put no spaces between words."""
_WORD = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_TRADE_MARKS = dict.fromkeys(map(ord, "™℠"))
_VOICED = "\u3099\u309a"
"""Not accents: they make another letter, of ハ a バ or a パ."""
_SET_CODE = re.compile(r"\b[A-Z]{2,4}[0-9]{0,2}-(?=[A-Z0-9])")
_GAMES = frozenset(
    {"pokemon", "magic", "the", "gathering", "yugioh", "yu", "gi", "oh", "one", "piece", "lorcana", "disney"}
)


def folded(text: str) -> str:
    """The text without case and accents: "Pokémon" and "pokemon" are alike."""
    if text.isascii():
        return text.casefold()
    parts = unicodedata.normalize("NFKD", text.translate(_TRADE_MARKS))
    bare = "".join(c for c in parts if c in _VOICED or not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare).casefold()


def words_in(text: str) -> list[str]:
    """The words in their order, without case, accents and punctuation; "ピカチュウex" is two."""
    return _WORD.findall(folded(text))


def words_of(text: str) -> frozenset[str]:
    """The words whatever their order: "Pokémon EX" and "pokemon-ex" are alike."""
    return frozenset(words_in(text))


def is_unspaced(letter: str) -> bool:
    """Whether it is of a script that puts no spaces between words, where a word's end is nobody's to see."""
    return _IS_UNSPACED.match(letter) is not None


def set_words(text: str) -> frozenset[str]:
    """The words of a set's name, without the game's and without a code before it ("OP01-Romance Dawn")."""
    return words_of(_SET_CODE.sub(" ", text)) - _GAMES


def number_of(text: str) -> str:
    """A collector's number as it is compared: "#004/102" is "4", "OP01-003" is itself."""
    number = text.strip().lstrip("#").partition("/")[0].strip().casefold()
    return number.lstrip("0") or number if number.isdecimal() else number
