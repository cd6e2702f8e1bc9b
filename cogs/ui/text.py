"""Every text that came from outside passes through here before a person on Discord reads it."""

import unicodedata
from urllib.parse import urlsplit

ELLIPSIS = "…"
URL_LENGTH_MAX = 2_000
WORD_LENGTH_MAX = 100
_COMBINING_RUN_MAX = 2  # what real scripts need; more is a scrawl over the neighbouring lines
_MARKDOWN = frozenset("\\*_~`|<>[]")
_LINE_STARTERS = frozenset("#-+")  # headings and lists, which only a line's beginning makes


def plain(text: str, limit: int = 200) -> str:
    """One line that shows exactly its own letters: no markdown, mention, link or hidden character.

    `limit` counts what Discord counts (UTF-16 units, the added backslashes included); what does not
    fit ends in an ellipsis.
    """
    pieces: list[str] = []
    left = limit
    shown = clean(text, limit)
    for index, character in enumerate(shown):
        piece = _escaped(character, shown[index + 1 : index + 3], is_first=index == 0)
        left -= units(piece)
        pieces.append(piece)
        if left < 0:
            return _fitting(pieces, limit)
    return "".join(pieces)


def clean(text: str, limit: int = 200) -> str:
    """One line without control, formatting and bidirectional characters; markdown stays as it is.

    For places where Discord shows text as it is: footers, choices, code, and what is to be copied.
    """
    # A bounded piece first: what a vendor sends may be megabytes long.
    line = " ".join("".join(map(_visible, text[: limit * 4])).split())
    return _fitting(_without_scrawl(line), limit)


def code(text: str, limit: int = 100) -> str:
    """The text in a fixed-width font, with nothing in it that could end the code."""
    return f"`{clean(text, limit - 2).replace('`', chr(0x2BC)) or '–'}`"


def web_url(text: str) -> str | None:
    """The address when Discord would take it, else None: one bad picture would lose the whole message."""
    if (
        not text.isascii()
        or len(text) > URL_LENGTH_MAX
        or any(c.isspace() or c in '<>"\\^`{|}' for c in text)
    ):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in {"http", "https"} and parts.hostname else None


def shortened(word: str, keep: int = 4) -> str:
    """A wallet or token as people recognise it: its first and last letters."""
    word = clean(word, WORD_LENGTH_MAX)
    return word if len(word) <= 2 * keep + 1 else f"{word[:keep]}{ELLIPSIS}{word[-keep:]}"


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character)[0] == "C" else character


def _without_scrawl(line: str) -> list[str]:
    kept: list[str] = []
    run = 0
    for character in line:
        run = run + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if run <= _COMBINING_RUN_MAX:
            kept.append(character)
    return kept


def _escaped(character: str, following: str, *, is_first: bool) -> str:
    if character in _MARKDOWN or (is_first and character in _LINE_STARTERS):
        return f"\\{character}"
    if character == "@":
        return "@\u200b"  # Discord reads mentions before it reads backslashes
    if character == ":" and following == "//":
        return ":\\"  # "https:\//" is shown as it was, but is no link
    return character


def units(text: str) -> int:
    return sum(2 if ord(character) > 0xFFFF else 1 for character in text)


def _fitting(pieces: list[str], limit: int) -> str:
    """The pieces that fit, whole ones only, with an ellipsis when some do not."""
    if units("".join(pieces)) <= limit:
        return "".join(pieces)
    left = limit - units(ELLIPSIS)
    kept: list[str] = []
    for piece in pieces:
        left -= units(piece)
        if left < 0:
            break
        kept.append(piece)
    return "".join(kept).rstrip() + ELLIPSIS
