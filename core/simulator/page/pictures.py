"""Draws a graded card in its plastic case ("slab") as SVG: invented art, decided by the card's id alone."""

import hashlib
import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

WIDTH: Final = 300
HEIGHT: Final = 490
NAME_LENGTH_MAX: Final = 90
TAG_LENGTH_MAX: Final = 12
GRADE_LENGTH_MAX: Final = 40
NAME_LINE_LENGTH: Final = 25
NAME_LINES_MAX: Final = 3
FONT: Final = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"
LABEL_COLORS: Final = {"PSA": "#a93a34", "BGS": "#8a7434", "CGC": "#2b5f93", "SGC": "#33383d"}
LABEL_COLOR_OTHER: Final = "#4a5b57"
ART_TOP, ART_HEIGHT, ART_LEFT, ART_WIDTH = 176, 170, 54, 192


@dataclass(frozen=True, slots=True)
class Slab:
    """What is written on the case. Texts come from outside: any length, any characters."""

    card_id: str
    name: str
    grade: str
    grader: str


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one card, as CSS colour texts."""

    sky: str
    ground: str
    figure: str
    frame: str


def draw_slab(slab: Slab) -> bytes:
    """The picture as an SVG document, 300 x 490."""
    seed = hashlib.sha256(slab.card_id.encode()).digest()
    palette = choose_palette(seed)
    root = Element(
        "svg",
        {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {HEIGHT}", "role": "img"},
        width=str(WIDTH),
        height=str(HEIGHT),
    )
    SubElement(root, "title").text = _printable(f"{slab.grader} {slab.grade} {slab.name}", NAME_LENGTH_MAX)
    _define_gradients(root, palette)
    _draw_case(root)
    _draw_label(root, slab)
    _draw_card(root, palette)
    art = SubElement(root, "g", {"clip-path": "url(#window)"})
    MOTIFS[seed[3] % len(MOTIFS)](art, seed, palette)
    _rect(root, (ART_LEFT, ART_TOP, ART_WIDTH, ART_HEIGHT), fill="none", stroke="#0005", rx="6")
    picture: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return picture


def choose_palette(seed: bytes) -> Palette:
    """Four colours that go together, from the first bytes of the seed."""
    hue = seed[0] * 360 // 256
    contrast = hue + (150, 180, 210, 40)[seed[1] % 4]
    return Palette(
        sky=f"hsl({hue} 58% 64%)",
        ground=f"hsl({(hue + 24) % 360} 52% 30%)",
        figure=f"hsl({contrast % 360} 74% 62%)",
        frame=f"hsl({(hue + seed[2] % 30) % 360} 42% 42%)",
    )


def _define_gradients(root: Element, palette: Palette) -> None:
    definitions = SubElement(root, "defs")
    sky = SubElement(definitions, "linearGradient", id="sky", x1="0", y1="0", x2="0.3", y2="1")
    SubElement(sky, "stop", {"offset": "0", "stop-color": palette.sky})
    SubElement(sky, "stop", {"offset": "1", "stop-color": palette.ground})
    case = SubElement(definitions, "linearGradient", id="case", x1="0", y1="0", x2="1", y2="1")
    for offset, color in (("0", "#f4f7f8"), ("0.45", "#cfd8da"), ("0.55", "#e9eff0"), ("1", "#b4bfc2")):
        SubElement(case, "stop", {"offset": offset, "stop-color": color})
    window = SubElement(definitions, "clipPath", id="window")
    _rect(window, (ART_LEFT, ART_TOP, ART_WIDTH, ART_HEIGHT), rx="6")


def _draw_case(root: Element) -> None:
    _rect(root, (4, 4, 292, 482), fill="url(#case)", stroke="#8c989b", rx="20")
    _rect(root, (14, 14, 272, 462), fill="none", stroke="#fffb", rx="14")
    _rect(root, (28, 116, 244, 350), fill="#dfe6e7", stroke="#a7b2b5", rx="14")


def _draw_label(root: Element, slab: Slab) -> None:
    grader = _printable(slab.grader, TAG_LENGTH_MAX)
    color = LABEL_COLORS.get(grader.upper(), LABEL_COLOR_OTHER)
    _rect(root, (28, 26, 244, 80), fill="#fdfdfb", stroke=color, rx="8", **{"stroke-width": "4"})
    _rect(root, (200, 26, 72, 80), fill=color, rx="8")
    lines = textwrap.wrap(
        _printable(slab.name, NAME_LENGTH_MAX),
        NAME_LINE_LENGTH,
        max_lines=NAME_LINES_MAX,
        placeholder=" …",
    )
    for index, line in enumerate(lines):
        _text(root, (38, 50 + index * 17), line, size=11, color="#1d2421", fit_width=154)
    _text(root, (38, 97), f"No. {slab.card_id[:22]}", size=8, color="#5c6963", fit_width=154)
    _text(root, (236, 50), grader, size=15, color="#ffffff", anchor="middle")
    number = _printable(slab.grade, GRADE_LENGTH_MAX).split(" ")[-1][:TAG_LENGTH_MAX]
    _text(root, (236, 92), number, size=34, color="#ffffff", anchor="middle", fit_width=64)


def _draw_card(root: Element, palette: Palette) -> None:
    _rect(root, (42, 130, 216, 322), fill=palette.frame, stroke="#0004", rx="12")
    _rect(root, (50, 138, 200, 306), fill="#fbf7ea", rx="8")
    _rect(root, (58, 148, 120, 14), fill=palette.frame, rx="7")
    _circle(root, (234, 155), 8, palette.figure)
    _rect(root, (ART_LEFT, ART_TOP, ART_WIDTH, ART_HEIGHT), fill="url(#sky)", rx="6")
    for row, width in enumerate((172, 150, 164, 96)):
        _rect(root, (62, 362 + row * 19, width, 7), fill="#0002", rx="3.5")


def _draw_peaks(art: Element, seed: bytes, palette: Palette) -> None:
    """A sun over three ranges of hills."""
    _circle(art, (ART_LEFT + 40 + seed[4] % 110, ART_TOP + 50), 22 + seed[5] % 14, palette.figure)
    for layer in range(3):
        base = ART_TOP + 80 + layer * 28
        steps = [(ART_LEFT + step * 32, base + seed[6 + layer * 7 + step] % 44) for step in range(7)]
        outline = [(ART_LEFT, ART_TOP + ART_HEIGHT), *steps, (ART_LEFT + ART_WIDTH, ART_TOP + ART_HEIGHT)]
        _polygon(art, outline, palette.ground, opacity=0.45 + layer * 0.25)


def _draw_bloom(art: Element, seed: bytes, palette: Palette) -> None:
    """Petals around a bright heart."""
    center = (ART_LEFT + ART_WIDTH / 2, ART_TOP + ART_HEIGHT / 2)
    petals = 5 + seed[4] % 7
    for petal in range(petals):
        turn = f"rotate({petal * 360 / petals:.1f} {center[0]} {center[1]})"
        ellipse = {"cx": str(center[0]), "cy": str(center[1] - 42), "rx": str(12 + seed[5] % 10), "ry": "40"}
        SubElement(art, "ellipse", {**ellipse, "fill": palette.figure, "opacity": "0.75", "transform": turn})
    _circle(art, center, 20, palette.ground)
    _circle(art, center, 9, "#fff8dc")


def _draw_orbits(art: Element, seed: bytes, palette: Palette) -> None:
    """A planet, its rings and its moons."""
    center = (ART_LEFT + ART_WIDTH / 2, ART_TOP + ART_HEIGHT / 2)
    for ring in range(4):
        radius = 38 + ring * 20
        _circle(art, center, radius, "none", stroke="#ffffff66")
        angle = seed[4 + ring] / 256 * math.tau
        moon = (center[0] + radius * math.cos(angle), center[1] + radius * math.sin(angle))
        _circle(art, moon, 4 + seed[8 + ring] % 7, palette.figure)
    _circle(art, center, 28, palette.ground)
    _circle(art, (center[0] - 8, center[1] - 8), 10, "#ffffff44")


def _draw_crystal(art: Element, seed: bytes, palette: Palette) -> None:
    """Shards that meet in one point."""
    heart = (ART_LEFT + 60 + seed[4] % 70, ART_TOP + 50 + seed[5] % 60)
    corners = 9
    rim = [
        (
            heart[0] + math.cos(corner / corners * math.tau) * (46 + seed[6 + corner] % 60),
            heart[1] + math.sin(corner / corners * math.tau) * (46 + seed[6 + corner] % 60),
        )
        for corner in range(corners)
    ]
    for corner in range(corners):
        color = palette.figure if corner % 2 else palette.ground
        shard = [heart, rim[corner], rim[(corner + 1) % corners]]
        _polygon(art, shard, color, opacity=0.5 + seed[16 + corner] % 5 / 10)


MOTIFS: Final = (_draw_peaks, _draw_bloom, _draw_orbits, _draw_crystal)


def _printable(text: str, length_max: int) -> str:
    """One line without control or direction-changing characters: XML forbids some, nobody needs the rest."""
    kept = "".join(character if character.isprintable() else " " for character in text[: length_max * 2])
    return " ".join(kept.split())[:length_max]


def _rect(parent: Element, box: tuple[float, float, float, float], **attributes: str) -> None:
    x, y, width, height = (str(side) for side in box)
    SubElement(parent, "rect", {"x": x, "y": y, "width": width, "height": height, **attributes})


def _circle(
    parent: Element, center: tuple[float, float], radius: float, fill: str, *, stroke: str = "none"
) -> None:
    place = {"cx": f"{center[0]:.1f}", "cy": f"{center[1]:.1f}", "r": str(radius)}
    SubElement(parent, "circle", {**place, "fill": fill, "stroke": stroke})


def _polygon(parent: Element, corners: Sequence[tuple[float, float]], fill: str, *, opacity: float) -> None:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    SubElement(parent, "polygon", {"points": points, "fill": fill, "opacity": f"{min(opacity, 1):.2f}"})


def _text(
    parent: Element,
    place: tuple[float, float],
    text: str,
    *,
    size: int,
    color: str,
    anchor: str = "start",
    fit_width: int | None = None,
) -> None:
    """Write text; with `fit_width` a line that would be longer (0.58 em a character) is squeezed into it."""
    attributes = {
        "x": str(place[0]),
        "y": str(place[1]),
        "fill": color,
        "font-size": str(size),
        "font-family": FONT,
        "font-weight": "700",
        "text-anchor": anchor,
    }
    if fit_width is not None and len(text) * size * 0.58 > fit_width:
        attributes |= {"textLength": str(fit_width), "lengthAdjust": "spacingAndGlyphs"}
    SubElement(parent, "text", attributes).text = text
