"""The citizen's web app at `/`, and an honest page where it could not be built."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

ABSENT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>一门</title><body><main><h1>手机页面还没有建好</h1>
<p>这台机器上没有 Node 20 以上，所以市民的页面没有建出来。工作台和接口照常能用。</p>
<p><a href="/desk">去工作台</a></p></main></body></html>"""
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "frame-ancestors 'self'; base-uri 'self'; form-action 'self'"
)


def _folder(request: Request) -> Path | None:
    folder: Path | None = request.state["settings"].web_dist
    return folder if folder and (folder / "index.html").is_file() else None


async def index(request: Request) -> Response:
    folder = _folder(request)
    if folder is None:
        return HTMLResponse(ABSENT, headers={"Cache-Control": "no-store"})
    return FileResponse(folder / "index.html", headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"})


class _Built:
    """Files of the built app; their names carry a hash, so they may be kept for ever."""

    def __init__(self, part: str) -> None:
        self.part = part

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        folder = _folder(Request(scope))
        if folder is None or not (folder / self.part).is_dir():
            await Response(status_code=404)(scope, receive, send)
            return
        await StaticFiles(directory=folder / self.part)(scope, receive, send)


def routes() -> list[BaseRoute]:
    return [
        Route("/", index),
        Route("/favicon.ico", _file("favicon.ico")),
        Mount("/assets", _Built("assets")),
        Mount("/static", _Built("static")),
    ]


def _file(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        folder = _folder(request)
        if folder is None or not (folder / name).is_file():
            return Response(status_code=204)
        return FileResponse(folder / name)

    return endpoint
