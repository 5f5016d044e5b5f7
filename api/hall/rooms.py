"""Every address under /hall, one Route a path."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from api.hall import kiosk, screen
from api.hall.door import Endpoint, opened
from api.hall.render import HERE

HALL = "/hall/{hall:code}"


def _both(path: str, get: Endpoint, post: Endpoint) -> Route:
    """A page and the form on it at one address, so that asking again is never an error."""
    shown, sent = opened(get), opened(post)

    async def endpoint(request: Request) -> Response:
        return await (sent if request.method == "POST" else shown)(request)

    return Route(path, endpoint, methods=["GET", "POST"])


def routes() -> list[BaseRoute]:
    """The routes under /hall."""
    return [
        Mount("/hall/static", StaticFiles(directory=HERE / "static")),
        Route(f"{HALL}/screen", opened(screen.show)),
        Route(f"{HALL}/screen/state", screen.state),
        Route(f"{HALL}/screen/events", screen.events),
        Route(f"{HALL}/screen/code.svg", screen.picture),
        _both(f"{HALL}/kiosk", kiosk.start, kiosk.take),
        _both(f"{HALL}/kiosk/key", kiosk.show_key, kiosk.enter),
        _both(f"{HALL}/kiosk/booked", kiosk.show_booked, kiosk.booked),
        _both(f"{HALL}/kiosk/again", kiosk.show_again, kiosk.again),
        Route(f"{HALL}/kiosk/first", opened(kiosk.show_first)),
        Route(f"{HALL}/kiosk/tickets/{{ticket:id}}", opened(kiosk.number)),
        Route(f"{HALL}/tickets/{{ticket:id}}", opened(kiosk.follow)),
    ]
