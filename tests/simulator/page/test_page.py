"""What the page's own routes send: types, caching, a policy that runs no foreign script, pictures."""

from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from core.simulator.page.page import STATIC_FOLDER, add_routes
from core.simulator.page.pictures import MOTIFS, Slab, draw_slab

SVG = "{http://www.w3.org/2000/svg}"
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
Client = TestClient[web.Request, web.Application]


@pytest_asyncio.fixture
async def client() -> AsyncIterator[Client]:
    app = web.Application()
    add_routes(app)
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_the_page_runs_only_its_own_scripts(client: Client) -> None:
    response = await client.get("/")
    body = await response.text()
    policy = response.headers["Content-Security-Policy"]
    assert (response.status, response.content_type) == (200, "text/html")
    assert "script-src 'self'" in policy
    assert "default-src 'none'" in policy
    assert "style=" not in body
    assert body.count("<script") == body.count('<script type="module" src="/static/')


@pytest.mark.parametrize("path", sorted(STATIC_FOLDER.iterdir()), ids=lambda path: path.name)
async def test_every_file_is_sent_with_its_type_and_checked_for_changes(client: Client, path: Path) -> None:
    response = await client.get(f"/static/{path.name}")
    assert response.status == 200
    assert response.content_type == TYPES[path.suffix]
    assert response.headers["Cache-Control"] == "no-cache"
    again = await client.get(f"/static/{path.name}", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status == 304


@pytest.mark.parametrize(
    "path", ["/static/page.py", "/static/..%2Fpage.py", "/static/none.js", "/pictures/a.png"]
)
async def test_nothing_else_is_sent(client: Client, path: str) -> None:
    assert (await client.get(path)).status == 404


async def test_a_picture_keeps_outside_text_as_text(client: Client) -> None:
    hostile = '</text><script>x</script>\x00\u202e" &'
    query = {"name": hostile, "grade": hostile, "grader": hostile}
    response = await client.get("/pictures/2026080635C221059.svg", params=query)
    root = ElementTree.fromstring(await response.read())
    assert response.content_type == "image/svg+xml"
    assert root.find(f".//{SVG}script") is None
    assert "</text><script>x</script>" in (root.findtext(f"{SVG}title") or "")
    assert "\u202e" not in "".join(root.itertext())


def test_a_card_always_looks_the_same_and_cards_look_different() -> None:
    pictures = [draw_slab(Slab(f"card-{number}", "Ember Drake", "10", "PSA")) for number in range(20)]
    assert pictures[0] == draw_slab(Slab("card-0", "Ember Drake", "10", "PSA"))
    assert len(set(pictures)) == 20


@pytest.mark.parametrize(
    ("grade", "shown"), [("GEM-MT 10", "10"), ("Gold Label 10", "10"), ("9.5", "9.5"), ("", None)]
)
def test_the_label_shows_the_number_of_the_grade_whatever_words_go_before_it(
    grade: str, shown: str | None
) -> None:
    root = ElementTree.fromstring(draw_slab(Slab("card-1", "Ember Drake", grade, "SGC")))
    assert list(root.iter(f"{SVG}text"))[-1].text == shown


def test_every_motif_makes_a_whole_document() -> None:
    drawn = {
        draw_slab(Slab(f"{number}", "N" * 500, "Perfect 10", "TAG")) for number in range(4 * len(MOTIFS))
    }
    assert all(ElementTree.fromstring(picture).tag == f"{SVG}svg" for picture in drawn)
