"""Every address of the desk, one Route a path, with the roles that may enter."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from api.desk import case, find, lists, live, output, papers, photos, sign_in, tasks
from api.desk.door import Endpoint, opened, room
from api.desk.render import HERE

COUNTER = ("clerk", "supervisor")
DEPARTMENT = ("handler", "approver")
ANY = (*COUNTER, *DEPARTMENT)


def _methods(path: str, *, get: Endpoint | None = None, post: Endpoint | None = None) -> Route:
    """One path with its own method table."""
    table: dict[str, Callable[[Request], Awaitable[Response]]] = {}
    if get:
        table |= {"GET": get, "HEAD": get}
    if post:
        table["POST"] = post
    if not get:
        table |= {"GET": room(lists.back), "HEAD": room(lists.back)}

    async def endpoint(request: Request) -> Response:
        return await table[request.method](request)

    return Route(path, endpoint, methods=[method for method in table if method != "HEAD"])


def routes() -> list[BaseRoute]:
    """The routes under /desk."""
    paths: list[Any] = [
        _methods("/desk", get=room(lists.home)),
        _methods("/desk/sign-in", get=opened(sign_in.show), post=opened(sign_in.enter)),
        _methods("/desk/sign-out", post=room(sign_in.leave)),
        _methods("/desk/lock", get=opened(sign_in.show_lock), post=room(sign_in.lock)),
        _methods("/desk/lock/wake", post=opened(sign_in.unlock)),
        _methods("/desk/queue", get=room(lists.queue, *COUNTER)),
        _methods("/desk/inbox", get=room(lists.inbox, *DEPARTMENT)),
        _methods("/desk/beside", get=room(lists.beside, *ANY)),
        _methods("/desk/output", get=room(output.show, *COUNTER), post=room(output.show, *COUNTER)),
        _methods("/desk/find", get=room(find.show, *ANY), post=room(find.show, *ANY)),
        _methods("/desk/events", get=room(live.events, *ANY)),
        _methods("/desk/cases/{case:id}", get=room(case.show, *ANY)),
        _methods("/desk/cases/{case:id}/reveal", post=room(case.show_plain, *ANY)),
        _methods("/desk/cases/{case:id}/materials/{code:code}.pdf", get=room(photos.material, *ANY)),
        _methods("/desk/cases/{case:id}/materials/{code:code}", post=room(case.tick, "clerk")),
        _methods("/desk/cases/{case:id}/papers/{kind}", get=room(papers.show, *ANY)),
        _methods("/desk/cases/{case:id}/shelve", post=room(output.shelve, "clerk")),
        _methods("/desk/cases/{case:id}/deliver", post=room(output.deliver, "clerk")),
        _methods("/desk/cases/{case:id}/{verb}", post=room(case.act, "clerk")),
        _methods("/desk/tasks/{task:id}/{verb}", post=room(tasks.act, *DEPARTMENT)),
        _methods("/desk/photos/{upload:id}/{variant}", get=room(photos.show, *ANY)),
        Mount("/desk/static", StaticFiles(directory=HERE / "static")),
        _methods("/desk/{rest:path}", get=room(lists.nowhere)),
    ]
    return list(paths)
