"""Blocked words of titles: whole words, however they are spelt; a star at an end is the rest of a word."""

from functools import lru_cache

from core.domain.wording import folded, is_unspaced, words_in

STAR = "*"
_WIDE_STAR = "\uff0a"
_OF_ENDS = f" {STAR}"
POLICIES_KEPT = 1_024
TITLES_KEPT = 16
"""A title is screened by all policies before the next one."""


def is_blocked(title: str, texts: tuple[str, ...]) -> bool:
    """Whether one of the texts stands in the title as a run of whole words.

    Case, accents and punctuation say nothing. In scripts without spaces a text is found inside words, too;
    a text without any letter or number is looked for as it is.
    """
    runs, signs = _all_sought(texts)
    words = _spaced(title) if runs else ""
    said = _plain(title) if signs else ""
    return any(run in words for run in runs) or any(sign in said for sign in signs)


def in_one_form(text: str) -> str:
    """As it is kept: small letters, single spaces, and at most one star at each end."""
    begins, said, ends = _parts(text.lower().replace(_WIDE_STAR, STAR))
    return f"{STAR * begins}{said}{STAR * ends}" if said else STAR * begins


def letters_of(text: str) -> str:
    """The text without the stars at its ends."""
    return _parts(text)[1]


def is_empty(text: str) -> bool:
    """Whether nothing could be looked for: a star alone, or accents without letters."""
    return not _sought(text)


@lru_cache(POLICIES_KEPT)
def _all_sought(texts: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Runs of words, and what has no word in it."""
    found = [sought for sought in map(_sought, texts) if sought]
    runs = tuple(sought for sought in found if words_in(sought))
    return runs, tuple(sought for sought in found if sought not in runs)


@lru_cache(TITLES_KEPT)
def _spaced(title: str) -> str:
    """Its words, with a space before and after each."""
    return f" {' '.join(words_in(title))} "


def _plain(text: str) -> str:
    return " ".join(folded(text).split())


def _sought(text: str) -> str:
    """What the spaced title contains where a word must begin or end; the text itself when it has no words."""
    begins, said, ends = _parts(folded(text))
    words = " ".join(words_in(said))
    if not words:
        return said
    before = "" if begins or is_unspaced(words[0]) else " "
    after = "" if ends or is_unspaced(words[-1]) else " "
    return f"{before}{words}{after}"


def _parts(text: str) -> tuple[bool, str, bool]:
    """Whether a star begins it, what it says, whether a star ends it."""
    text = " ".join(text.split())
    rest = text.lstrip(_OF_ENDS)
    said = rest.rstrip(_OF_ENDS)
    return STAR in text[: len(text) - len(rest)], said, STAR in rest[len(said) :]
