"""Every address of the desk, one Route a path, with the roles that may enter."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from api.desk import (
    appointments,
    board,
    breaches,
    calls,
    case,
    figures,
    find,
    hall_figures,
    inspections,
    letters,
    lists,
    live,
    machines,
    openings,
    output,
    papers,
    photos,
    projects,
    sign_in,
    tasks,
    window,
)
from api.desk.door import Endpoint, opened, room
from api.desk.render import HERE

COUNTER = ("clerk", "supervisor")
DEPARTMENT = ("handler", "section_head", "approver")
CASES = (*COUNTER, "county_head")  # who may do a verb of a whole case; which of them, the state sheet says
PROJECTS = (*CASES, *DEPARTMENT)
BOARD = ("supervisor", "county_head")
ANY = (*CASES, *DEPARTMENT, "delegate")


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


def _hall_day() -> list[Route]:
    """Calling numbers, the day's appointments, the hours of a hall."""
    return [
        _methods("/desk/calls", get=room(calls.show, *COUNTER)),
        _methods("/desk/calls/part", get=room(calls.part, *COUNTER, awake=False)),
        _methods("/desk/calls/next", post=room(calls.next_, "clerk")),
        _methods("/desk/calls/take", post=room(calls.take, "clerk")),
        _methods(
            "/desk/calls/machines", get=room(machines.show, "supervisor"), post=room(machines.issue, "supervisor")
        ),
        _methods("/desk/calls/machines/{device:id}/revoke", post=room(machines.revoke, "supervisor")),
        _methods("/desk/calls/figures", get=room(hall_figures.show, *COUNTER)),
        _methods("/desk/calls/{ticket:id}/{verb}", post=room(calls.act, "clerk")),
        _methods("/desk/appointments", get=room(appointments.show, *COUNTER), post=room(appointments.find, *COUNTER)),
        _methods("/desk/appointments/print", get=room(appointments.paper, *COUNTER)),
        _methods("/desk/appointments/book", post=room(appointments.book, "clerk")),
        _methods("/desk/appointments/{appointment:id}/{verb}", post=room(appointments.act, *COUNTER)),
        _methods("/desk/openings", get=room(openings.show, "supervisor"), post=room(openings.arrange, "supervisor")),
        _methods("/desk/openings/{exception:id}/end", post=room(openings.end, "supervisor")),
    ]


def routes() -> list[BaseRoute]:
    """The routes under /desk."""
    paths: list[Any] = [
        _methods("/desk", get=room(lists.home)),
        _methods("/desk/sign-in", get=opened(sign_in.show), post=opened(sign_in.enter)),
        _methods("/desk/sign-out", post=room(sign_in.leave)),
        _methods("/desk/lock", get=opened(sign_in.show_lock), post=room(sign_in.lock)),
        _methods("/desk/lock/wake", post=opened(sign_in.unlock)),
        _methods("/desk/board", get=room(board.show, *BOARD)),
        _methods("/desk/board/month", get=room(figures.month, *BOARD)),
        _methods("/desk/board/urge", post=room(board.urge, "supervisor")),
        _methods("/desk/queue", get=room(lists.queue, *COUNTER)),
        *_hall_day(),
        _methods("/desk/inbox", get=room(lists.inbox, *DEPARTMENT)),
        _methods("/desk/window", get=room(window.show, "delegate")),
        _methods("/desk/letters", get=room(letters.show, *DEPARTMENT)),
        _methods("/desk/letters/{letter:id}/answer", post=room(letters.answer, *DEPARTMENT)),
        _methods("/desk/inspections", get=room(inspections.show, *DEPARTMENT, "supervisor")),
        _methods("/desk/inspections/{inspection:id}/judge", post=room(inspections.judge, *DEPARTMENT)),
        _methods("/desk/breaches", get=room(breaches.show, "supervisor")),
        _methods("/desk/breaches/{breach:id}/repair", post=room(breaches.repair, "supervisor")),
        _methods("/desk/projects", get=room(projects.show, *PROJECTS), post=room(projects.find, *PROJECTS)),
        _methods("/desk/projects/{code}", get=room(projects.one, *PROJECTS)),
        _methods("/desk/projects/{code}/map.svg", get=room(projects.drawing, *PROJECTS)),
        _methods("/desk/projects/{code}/green", post=room(projects.green, "supervisor")),
        _methods("/desk/projects/{code}/visit", post=room(projects.visit, "clerk", "handler", "supervisor")),
        _methods("/desk/projects/{code}/guidance/{guidance:id}", post=room(projects.answer, *PROJECTS)),
        _methods("/desk/beside", get=room(lists.beside, *ANY)),
        _methods("/desk/output", get=room(output.show, *COUNTER), post=room(output.show, *COUNTER)),
        _methods("/desk/find", get=room(find.show, *ANY), post=room(find.show, *ANY)),
        _methods("/desk/events", get=room(live.events, *ANY)),
        _methods("/desk/cases/{case:id}", get=room(case.show, *ANY)),
        _methods("/desk/cases/{case:id}/reveal", post=room(case.show_plain, *ANY)),
        _methods("/desk/cases/{case:id}/materials/{code:code}.pdf", get=room(photos.material, *ANY)),
        _methods("/desk/cases/{case:id}/materials/{code:code}", post=room(case.tick, "clerk")),
        _methods("/desk/cases/{case:id}/papers", get=room(papers.index, *ANY)),
        _methods("/desk/cases/{case:id}/papers/{kind}", get=room(papers.show, *ANY)),
        _methods("/desk/cases/{case:id}/shelve", post=room(output.shelve, "clerk")),
        _methods("/desk/cases/{case:id}/deliver", post=room(output.deliver, "clerk")),
        _methods("/desk/cases/{case:id}/consult", post=room(case.act, "clerk", "handler")),
        _methods("/desk/cases/{case:id}/{verb}", post=room(case.act, *CASES)),
        _methods("/desk/tasks/{task:id}/{verb}", post=room(tasks.act, *DEPARTMENT, "delegate", "supervisor")),
        _methods("/desk/photos/{upload:id}/{variant}", get=room(photos.show, *ANY)),
        Mount("/desk/static", StaticFiles(directory=HERE / "static")),
        _methods("/desk/{rest:path}", get=room(lists.nowhere)),
    ]
    return list(paths)
