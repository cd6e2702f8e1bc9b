"""The demo page: its files, and the card pictures that the program draws itself."""

from pathlib import Path
from typing import Final

from aiohttp import web

from core.simulator.page.pictures import Slab, draw_slab

STATIC_FOLDER: Final = Path(__file__).parent / "static"
CONTENT_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
# The page may be opened as localhost while picture addresses say 127.0.0.1, which 'self' alone would refuse.
LOOPBACK_ORIGINS: Final = "http://127.0.0.1:* http://localhost:*"
PAGE_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        f"img-src 'self' {LOOPBACK_ORIGINS}",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
PICTURE_POLICY: Final = "default-src 'none'"
PICTURE_MAX_AGE_S: Final = 86_400


def add_routes(app: web.Application) -> None:
    """Serve the page at `/`, its files under `/static/` and card pictures under `/pictures/`."""
    app.router.add_get("/", show_page)
    app.router.add_get(r"/static/{name:[a-z]+}.{kind:html|css|js|svg}", send_static)
    app.router.add_get(r"/pictures/{card_id:[A-Za-z0-9_-]{1,64}}.svg", send_picture)


async def show_page(_request: web.Request) -> web.FileResponse:
    """The page itself."""
    return _file_response(STATIC_FOLDER / "index.html")


async def send_static(request: web.Request) -> web.FileResponse:
    """One file of the page; the folder is flat and the route matches plain names only. 404 when absent."""
    return _file_response(STATIC_FOLDER / "{name}.{kind}".format(**request.match_info))


async def send_picture(request: web.Request) -> web.Response:
    """The picture of one graded card; the same address always gives the same picture."""
    slab = Slab(
        card_id=request.match_info["card_id"],
        name=request.query.get("name", ""),
        grade=request.query.get("grade", ""),
        grader=request.query.get("grader", ""),
    )
    headers = {
        "Cache-Control": f"public, max-age={PICTURE_MAX_AGE_S}",
        "Content-Security-Policy": PICTURE_POLICY,
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=draw_slab(slab), content_type="image/svg+xml", headers=headers)


def _file_response(path: Path) -> web.FileResponse:
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": PAGE_POLICY,
        "Content-Type": CONTENT_TYPES[path.suffix],
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return web.FileResponse(path, headers=headers)
