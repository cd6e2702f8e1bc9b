"""Reading Markdown: code, sections, tables, examples, links; and what in it leads nowhere."""

import re
from collections.abc import Iterable
from pathlib import Path

BLOCK = re.compile(r"^```[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
OURS = re.compile(r"bot\.py|(?:core|cogs|db|migrations|tests|docs|deploy|\.ci)/[\w./-]*")
SLASHED = re.compile(r"/[a-z][\w/]*(?: [a-z]+\b(?!:)){0,2}")


def one_line(text: str) -> str:
    return " ".join(text.split())


def code(text: str) -> list[str]:
    """What is set as code: spans, with their line breaks as spaces, and the lines of blocks."""
    spans = [one_line(span) for span in re.findall(r"`([^`]+)`", BLOCK.sub("", text))]
    return spans + [line for block in BLOCK.findall(text) for line in block.splitlines()]


def sections(text: str, level: int) -> list[tuple[str, str]]:
    """Each heading of a level with the text below it, up to the next heading of that level or above."""
    found = re.compile(rf"^#{{{level}}} (.+)\n((?:(?!#{{1,{level}}} ).*\n?)*)", re.MULTILINE).findall(text)
    return [(title.strip("`"), body.strip()) for title, body in found]


def section(text: str, title: str) -> str:
    """The text below the only heading of that title, whatever its level."""
    (body,) = [b for level in (2, 3) for found, b in sections(text, level) if found == title]
    return body


def rows(text: str) -> list[list[str]]:
    """The cells of all tables, without their first two lines."""
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    rules = [n for n, cells in enumerate(lines) if set("".join(cells)) <= set("-: ")]
    heads = {*rules, *(n - 1 for n in rules)}
    return [[cell.strip() for cell in cells] for n, cells in enumerate(lines) if n not in heads]


def first_codes(text: str) -> list[str]:
    """What stands as code in the first column of tables."""
    return [name for cells in rows(text) for name in re.findall(r"`([^`]+)`", cells[0])]


def example(text: str, name: str) -> str:
    """The block that is marked `json name`."""
    (found,) = re.findall(rf"^```json {name}\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)
    return str(found)


def anchors(text: str) -> set[str]:
    """The names by which links reach headings."""
    titles = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(text: str, folder: Path) -> list[str]:
    """Links and pictures of ours that lead nowhere."""
    faults = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        if "://" in path:
            continue
        file = folder / path
        if not file.exists() or (anchor and anchor not in anchors(_text_of(file) if path else text)):
            faults.append(target)
    return faults


def _text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def missing_paths(text: str, root: Path) -> list[str]:
    """Files and folders of the repository that are named and not there."""
    return [name for name in code(text) if OURS.fullmatch(name) and not (root / name).exists()]


def unknown_settings(text: str, known: Iterable[str]) -> list[str]:
    """Words in code that look like a setting and are none."""
    words = (word for span in code(text) for word in re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", span))
    return sorted(set(words) - set(known))


def make_targets(text: str) -> set[str]:
    return {match[1] for span in code(text) if (match := re.match(r"make ([a-z-]+)", span))}


def command_lines(text: str) -> list[str]:
    """What follows `python bot.py`; two spaces begin an explanation."""
    return [
        match[1].strip()
        for span in code(text)
        for match in re.finditer(r"python bot\.py((?: [^ …]+)+)", span)
    ]


def slashed(text: str) -> set[str]:
    """Slash commands and routes that are named."""
    return {match[0] for span in code(text) if (match := SLASHED.match(span))}


def undecided(text: str) -> list[str]:
    """Decisions that are not one paragraph each, or are there twice."""
    decisions = sections(text, 3)
    titles = [title for title, _ in decisions]
    wrong = [title for title, body in decisions if not body or re.search(r"\n\s*\n", body)]
    return wrong + sorted({title for title in titles if titles.count(title) > 1})


def unsaid(text: str, sentences: Iterable[str]) -> list[str]:
    """Those that the text does not hold, wherever its lines break."""
    said = one_line(text)
    return [sentence for sentence in sentences if sentence not in said]
