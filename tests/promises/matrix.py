"""Who gets which answer at which address: the permission matrix (P9), one row a route and method.

A row is the address with things of 李秀英's case in it, what is sent, and the status each principal gets. Principals:
nobody, owner and citizen (李秀英 and another), at the desk clerk (county hall), town (a town's clerk), handler and
approver (市场监管局, whose task it is), other (another department), lead (supervisor), delegate (decides at the
window), head (of the county government), auditor; and the department systems own and foreign. 404 is what a stranger
gets who may use the room but not see this thing.
"""

from dataclasses import dataclass, field
from typing import Any

CITIZENS = ("nobody", "owner", "citizen")
STAFF = ("clerk", "town", "handler", "approver", "other", "lead", "delegate", "head", "auditor")
SYSTEMS = ("own", "foreign")
PRINCIPALS = (*CITIZENS, *STAFF, *SYSTEMS)


@dataclass(frozen=True)
class Row:
    """`route` as the application knows it; `path` what is called; `expected` principal -> status."""

    route: str
    path: str
    expected: dict[str, int]
    body: Any = None
    form: dict[str, str] = field(default_factory=dict)


def _all(status: int, **more: int) -> dict[str, int]:
    return {**dict.fromkeys(PRINCIPALS, status), **more}


def open_(route: str, path: str = "", status: int = 200, body: Any = None) -> Row:
    """The same for everybody."""
    return Row(route, path or route.split(" ")[1], _all(status), body)


def citizen(route: str, path: str, owner: int, other: int, body: Any = None) -> Row:
    """For a bearer token; staff and systems are nobody here."""
    return Row(route, path, _all(401, owner=owner, citizen=other), body)


def system(route: str, path: str, own: int, foreign: int, body: Any = None) -> Row:
    """For a department's signature."""
    return Row(route, path, _all(401, own=own, foreign=foreign), body)


def room(route: str, path: str, others: int, form: dict[str, str] | None = None, /, **staff: int) -> Row:
    """A page or form of the desk: who is not signed in is sent to the door (GET) or refused (POST)."""
    outside = 303 if route.startswith("GET") else 401
    inside = {**dict.fromkeys(STAFF, others), **staff}
    return Row(route, path, {**_all(outside), **inside}, form=form or {})


API, DEPARTMENT = "/api/v1", "/department/v1"
UNTIL = "2027-01-01"

CITIZEN_ROWS = [
    citizen("GET /api/v1/me", f"{API}/me", 200, 200),
    citizen("GET /api/v1/me/export", f"{API}/me/export", 200, 200),
    citizen("DELETE /api/v1/me", f"{API}/me", 409, 200),
    citizen("GET /api/v1/me/identity-code", f"{API}/me/identity-code", 200, 200),
    citizen("GET /api/v1/me/organisations", f"{API}/me/organisations", 200, 200),
    citizen("POST /api/v1/me/organisations", f"{API}/me/organisations", 201, 201,
            {"uscc": "91350100M000100Y43", "name": "翁源县示例小吃店", "role": "legal"}),
    citizen("GET /api/v1/me/mandates", f"{API}/me/mandates", 200, 200),
    citizen("POST /api/v1/me/mandates", f"{API}/me/mandates", 404, 404,
            {"identity_code": "no such code", "scope": "代办", "until": UNTIL}),
    citizen("POST /api/v1/me/mandates/{id:id}/revoke", f"{API}/me/mandates/{{mandate}}/revoke", 200, 404),
    citizen("GET /api/v1/notifications", f"{API}/notifications", 200, 200),
    citizen("POST /api/v1/notifications/read", f"{API}/notifications/read", 200, 200, {"ids": None}),
    citizen("POST /api/v1/consents", f"{API}/consents", 200, 200, {"results": {"progress": "accept"}}),
    citizen("POST /api/v1/auth/real-name", f"{API}/auth/real-name", 422, 422, {}),
    citizen("POST /api/v1/cases", f"{API}/cases", 201, 201, {"item_codes": ["SJ03"], "hall": "0001"}),
    citizen("GET /api/v1/cases", f"{API}/cases", 200, 200),
    citizen("GET /api/v1/cases/{id:id}", f"{API}/cases/{{submitted}}", 200, 404),
    citizen("PUT /api/v1/cases/{id:id}/form", f"{API}/cases/{{draft}}/form", 200, 404, {"values": {}}),
    citizen("PUT /api/v1/cases/{id:id}/materials/{code:code}", f"{API}/cases/{{draft}}/materials/{{code}}", 200, 404,
            {"pages": []}),
    citizen("POST /api/v1/cases/{id:id}/promise", f"{API}/cases/{{draft}}/promise", 409, 404,
            {"kind": "tolerance", "item": "SJ03"}),
    citizen("POST /api/v1/cases/{id:id}/supply", f"{API}/cases/{{accepted}}/supply", 409, 404, {}),
    citizen("POST /api/v1/cases/{id:id}/submit", f"{API}/cases/{{draft}}/submit", 200, 404, {}),
    citizen("POST /api/v1/cases/{id:id}/correct", f"{API}/cases/{{correcting}}/correct", 422, 404, {}),
    citizen("POST /api/v1/cases/{id:id}/withdraw", f"{API}/cases/{{submitted}}/withdraw", 200, 404, {}),
    citizen("POST /api/v1/cases/{id:id}/acknowledge", f"{API}/cases/{{concluded}}/acknowledge", 200, 404, {}),
    citizen("POST /api/v1/cases/{id:id}/promise", f"{API}/cases/{{lacking}}/promise", 200, 404,
            {"kind": "tolerance", "item": "SJ03"}),
    citizen("POST /api/v1/cases/{id:id}/supply", f"{API}/cases/{{tolerated}}/supply", 422, 404, {}),
    citizen("GET /api/v1/me/licences", f"{API}/me/licences", 200, 200),
    citizen("GET /api/v1/projects", f"{API}/projects", 200, 200),
    citizen("POST /api/v1/projects", f"{API}/projects", 201, 201,
            {"code": "2610-440229-04-01-777770", "name": "示例厂房", "kind": "filing"}),
    citizen("POST /api/v1/projects/{code}/guidance", f"{API}/projects/{{project}}/guidance", 200, 404,
            {"question": "先办哪一件？"}),
    Row("GET /api/v1/projects/{code}", f"{API}/projects/{{project}}", _all(404, owner=200)),
    Row("GET /api/v1/projects/{code}", f"{API}/projects/{{project}}?key={{project_key}}", _all(200)),
    Row("GET /api/v1/projects/{code}/map.svg", f"{API}/projects/{{project}}/map.svg", _all(404, owner=200)),
    Row("GET /api/v1/projects/{code}/checklist", f"{API}/projects/{{project}}/checklist", _all(404, owner=200)),
    citizen("GET /api/v1/cases/{id:id}/papers/{kind}.pdf", f"{API}/cases/{{accepted}}/papers/acceptance.pdf", 200, 404),
    citizen("GET /api/v1/cases/{id:id}/materials/{code:code}.pdf", f"{API}/cases/{{submitted}}/materials/{{code}}.pdf",
            200, 404),
    citizen("POST /api/v1/uploads", f"{API}/uploads", 400, 400),
    citizen("POST /api/v1/uploads/photo", f"{API}/uploads/photo", 415, 415),
    citizen("HEAD /api/v1/uploads/{id:id}", f"{API}/uploads/{{upload}}", 200, 404),
    citizen("GET /api/v1/uploads/{id:id}", f"{API}/uploads/{{upload}}", 200, 404),
    citizen("PATCH /api/v1/uploads/{id:id}", f"{API}/uploads/{{upload}}", 415, 415),
    citizen("POST /api/v1/uploads/{id:id}", f"{API}/uploads/{{upload}}", 405, 405),
    citizen("DELETE /api/v1/uploads/{id:id}", f"{API}/uploads/{{spare}}", 204, 404),
]  # fmt: skip

#: Times of 社会保障卡首次申领 at the county hall that the world of the matrix makes: one free, one full.
FREE, FULL = "00000000-0000-4000-8000-00000000f4ee", "00000000-0000-4000-8000-00000000f011"
WISH = {"slot_id": FREE, "item_code": "RS01"}
CITIZEN_ROWS += [
    citizen("POST /api/v1/appointments", f"{API}/appointments", 201, 201, WISH),
    citizen("GET /api/v1/appointments", f"{API}/appointments", 200, 200),
    citizen("GET /api/v1/appointments/{id:id}", f"{API}/appointments/{{booked}}", 200, 404),
    citizen("GET /api/v1/appointments/{id:id}/calendar.ics", f"{API}/appointments/{{booked}}/calendar.ics", 200, 404),
    citizen("POST /api/v1/appointments/{id:id}/confirm", f"{API}/appointments/{{held}}/confirm", 200, 404, {}),
    citizen("POST /api/v1/appointments/{id:id}/take-offer", f"{API}/appointments/{{held}}/take-offer", 409, 404, {}),
    citizen("POST /api/v1/appointments/{id:id}/cancel", f"{API}/appointments/{{booked}}/cancel", 200, 404, {}),
    citizen("POST /api/v1/appointments/{id:id}/reschedule", f"{API}/appointments/{{booked}}/reschedule", 200, 404,
            {"slot_id": FREE}),
    citizen("POST /api/v1/appointments/{id:id}/join-waitlist", f"{API}/appointments/{{booked}}/join-waitlist", 200,
            404, {"slot_id": FULL}),
    citizen("POST /api/v1/appointments/{id:id}/check-in", f"{API}/appointments/{{booked}}/check-in", 422, 404, {}),
    citizen("POST /api/v1/tickets", f"{API}/tickets", 422, 422, {"hall": "0001", "group": "A"}),  # not in the hall
    citizen("GET /api/v1/tickets", f"{API}/tickets", 200, 200),
    citizen("GET /api/v1/tickets/{id:id}", f"{API}/tickets/{{number_taken}}", 200, 404),
    citizen("POST /api/v1/tickets/{id:id}/leave", f"{API}/tickets/{{number_taken}}/leave", 200, 404, {}),
    citizen("POST /api/v1/tickets/{id:id}/requeue", f"{API}/tickets/{{number_taken}}/requeue", 409, 404, {}),
]  # fmt: skip

OPEN_ROWS = [
    open_("OPTIONS /api/v1/uploads", status=204),
    open_("POST /api/v1/auth/wechat", status=422, body={}),
    open_("POST /api/v1/auth/refresh", status=422, body={}),
    open_("POST /api/v1/auth/logout", status=422, body={}),
    open_("POST /api/v1/auth/sms", status=422, body={}),
    open_("POST /api/v1/auth/phone", status=422, body={}),
    open_("GET /api/v1/items", f"{API}/items?q=%E5%BC%80%E5%BA%97"),
    open_("GET /api/v1/items/{code}", f"{API}/items/SJ03"),
    open_("POST /api/v1/items/{code}/checklist", f"{API}/items/SJ03/checklist", body={}),
    open_("GET /api/v1/bundles"),
    open_("GET /api/v1/bundles/{code}", f"{API}/bundles/B01"),
    open_("GET /api/v1/themes"),
    open_("GET /api/v1/halls"),
    open_("GET /api/v1/halls/{code}", f"{API}/halls/0001"),
    open_("GET /api/v1/departments"),
    open_("GET /api/v1/slots", f"{API}/slots?hall=0001&item=RS01"),
    open_("GET /api/v1/halls/{code}/lines", f"{API}/halls/0001/lines"),
    open_("GET /api/v1/consents/templates"),
    open_("GET /api/v1/progress/{number}", f"{API}/progress/{{number}}?key={{key}}"),
    open_("GET /api/v1/files/{token}", "{link}"),  # the link itself names its viewer and lives 60 s
    open_("GET /openapi.json"),
    open_("GET /docs"),
    open_("GET /healthz"),
    open_("GET /readyz"),
    open_("GET /metrics"),  # for this machine alone: see test_figures_are_for_this_machine
    open_("GET /"),
    open_("GET /favicon.ico", status=204),
    open_("GET /desk/sign-in"),
    open_("GET /assets/*", "/assets/none.js", 404),
    open_("GET /static/*", "/static/none.js", 404),
    open_("GET /desk/static/*", "/desk/static/none.js", 404),
    open_("GET /hall/static/*", "/hall/static/none.js", 404),
    open_("GET /hall/{hall:code}/screen", "/hall/0001/screen"),
    open_("GET /hall/{hall:code}/screen/state", "/hall/0001/screen/state"),
    open_("GET /hall/{hall:code}/screen/events", "/hall/0001/screen/events"),
    open_("GET /hall/{hall:code}/screen/code.svg", "/hall/0001/screen/code.svg", 403),  # a machine of the hall alone
    open_("GET /hall/{hall:code}/kiosk", "/hall/0001/kiosk", 303),  # to the key: tests/hall has the machine with one
    open_("POST /hall/{hall:code}/kiosk", "/hall/0001/kiosk", 403),
    open_("GET /hall/{hall:code}/kiosk/key", "/hall/0001/kiosk/key"),
    open_("POST /hall/{hall:code}/kiosk/key", "/hall/0001/kiosk/key", 403),
    open_("GET /hall/{hall:code}/kiosk/first", "/hall/0001/kiosk/first", 303),
    open_("GET /hall/{hall:code}/kiosk/booked", "/hall/0001/kiosk/booked", 303),
    open_("POST /hall/{hall:code}/kiosk/booked", "/hall/0001/kiosk/booked", 403),
    open_("GET /hall/{hall:code}/kiosk/again", "/hall/0001/kiosk/again", 303),
    open_("POST /hall/{hall:code}/kiosk/again", "/hall/0001/kiosk/again", 403),
    open_("GET /hall/{hall:code}/kiosk/tickets/{ticket:id}", "/hall/0001/kiosk/tickets/{queued}", 303),
    open_("GET /hall/{hall:code}/tickets/{ticket:id}", "/hall/0001/tickets/{queued}"),  # the link names the number
    open_("POST /desk/sign-in", status=403),
    open_("POST /desk/lock/wake", status=403),
]

SYSTEM_ROWS = [
    system("GET /department/v1/tasks", f"{DEPARTMENT}/tasks", 200, 200),
    system("GET /department/v1/tasks/{id:id}", f"{DEPARTMENT}/tasks/{{task}}", 200, 404),
    system("POST /department/v1/tasks/{id:id}/acknowledge", f"{DEPARTMENT}/tasks/{{task}}/acknowledge", 200, 404, {}),
    system("POST /department/v1/tasks/{id:id}/advise", f"{DEPARTMENT}/tasks/{{examined}}/advise", 200, 404,
           {"outcome": "granted", "opinion": "符合条件"}),
    system("POST /department/v1/tasks/{id:id}/suspend", f"{DEPARTMENT}/tasks/{{examined}}/suspend", 422, 404,
           {"kind": "听证", "reason": "申请人要求听证"}),  # not in the list of this item
    system("POST /department/v1/tasks/{id:id}/resume", f"{DEPARTMENT}/tasks/{{examined}}/resume", 409, 404,
           {"result": "听证开过了"}),
    system("GET /department/v1/consultations", f"{DEPARTMENT}/consultations", 200, 200),
    system("GET /department/v1/consultations/{id:id}", f"{DEPARTMENT}/consultations/{{letter}}", 200, 404),
    system("POST /department/v1/consultations/{id:id}/answer", f"{DEPARTMENT}/consultations/{{letter}}/answer", 200,
           404, {"outcome": "agrees", "words": "同意"}),
    system("POST /department/v1/tasks/{id:id}/decide", f"{DEPARTMENT}/tasks/{{task}}/decide", 200, 404,
           {"outcome": "granted"}),
]  # fmt: skip

SYSTEM_ROWS += [
    system("POST /department/v1/tasks/{id:id}/suspend", f"{DEPARTMENT}/tasks/{{examined}}/suspend", 422, 404,
           {"kind": "没有这种", "planned_days": 3, "reason": "看一看"}),
    system("POST /department/v1/tasks/{id:id}/resume", f"{DEPARTMENT}/tasks/{{examined}}/resume", 409, 404,
           {"result": "结束了"}),
    system("POST /department/v1/consultations/{id:id}/answer", f"{DEPARTMENT}/consultations/{{letter}}/answer", 200,
           404, {"outcome": "agrees", "words": "没有意见"}),
]  # fmt: skip

COUNTER = {"clerk": 200, "town": 200, "lead": 200}
OFFICE = {"handler": 200, "approver": 200, "other": 200}
#: 403: not a room of this role. 404: the room, but not this thing.
WATCH = {"lead": 200, "head": 200}
EVERYBODY = {**COUNTER, **OFFICE, **WATCH, "delegate": 200}
FILED = {"clerk": 200, **WATCH, "delegate": 200, "town": 404, "handler": 404, "approver": 404, "other": 404}
SENT = {**FILED, "handler": 200, "approver": 200}
VERSION = {"version": "{version}"}

DESK_ROWS = [
    room("GET /desk", "/desk", 303, auditor=403),
    room("POST /desk/sign-out", "/desk/sign-out", 303),
    Row("GET /desk/lock", "/desk/lock", {**_all(303), **dict.fromkeys(STAFF, 200)}),
    room("POST /desk/lock", "/desk/lock", 303),
    room("GET /desk/queue", "/desk/queue", 403, **COUNTER),
    room("GET /desk/inbox", "/desk/inbox", 403, **OFFICE),
    room("GET /desk/beside", "/desk/beside", 403, **dict.fromkeys(EVERYBODY, 303)),
    room("GET /desk/output", "/desk/output", 403, **COUNTER),
    room("POST /desk/output", "/desk/output", 403, {"q": "李秀英"}, **COUNTER),
    room("GET /desk/find", "/desk/find", 403, **EVERYBODY),
    room("POST /desk/find", "/desk/find", 403, {"q": "李秀英"}, **EVERYBODY),
    room("GET /desk/events", "/desk/events", 403, **EVERYBODY),
    room("GET /desk/cases/{case:id}", "/desk/cases/{submitted}", 403, **FILED),
    room("GET /desk/cases/{case:id}", "/desk/cases/{accepted}", 403, **SENT),
    room("GET /desk/cases/{case:id}", "/desk/cases/{draft}", 403, **dict.fromkeys(FILED, 404)),
    room("POST /desk/cases/{case:id}/reveal", "/desk/cases/{accepted}/reveal", 403, {"what": "phone"}, **SENT),
    room("POST /desk/cases/{case:id}/materials/{code:code}", "/desk/cases/{submitted}/materials/{code}", 403,
         {"set": "all"}, clerk=303, town=404),
    room("GET /desk/cases/{case:id}/materials/{code:code}.pdf", "/desk/cases/{submitted}/materials/{code}.pdf", 403,
         **FILED),
    room("GET /desk/cases/{case:id}/papers/{kind}", "/desk/cases/{accepted}/papers/acceptance", 403, **SENT),
    room("POST /desk/cases/{case:id}/shelve", "/desk/cases/{concluded}/shelve", 403,
         {"version": "{concluded_version}", "result": "{result}", "place": "B-07"}, clerk=303, town=404),
    room("POST /desk/cases/{case:id}/deliver", "/desk/cases/{concluded}/deliver", 403,
         {"version": "{concluded_version}", "result": "{result}", "method": "window"}, clerk=303, town=404),
    room("POST /desk/cases/{case:id}/{verb}", "/desk/cases/{submitted}/receive", 403, VERSION, clerk=303, town=404,
         lead=409, head=409),
    room("POST /desk/cases/{case:id}/{verb}", "/desk/cases/{submitted}/refuse", 403,
         {**VERSION, "reason": "不属于本机关"}, clerk=303, town=404, lead=409, head=409),
    room("POST /desk/tasks/{task:id}/{verb}", "/desk/tasks/{task}/acknowledge", 403, {"version": "0"},
         handler=303, approver=403, other=404, delegate=404),
    room("POST /desk/tasks/{task:id}/{verb}", "/desk/tasks/{task}/decide", 403,
         {"version": "0", "outcome": "granted"}, handler=403, approver=303, other=404, delegate=404),
    room("GET /desk/photos/{upload:id}/{variant}", "/desk/photos/{upload}/archive", 403, **FILED),
    room("GET /desk/photos/{upload:id}/{variant}", "/desk/photos/{spare}/archive", 403, **dict.fromkeys(FILED, 404)),
]  # fmt: skip

#: A form's address asked for as a page leads back to where the form stands.
LAW_ROWS = [
    room("GET /desk/board", "/desk/board", 403, **WATCH),
    room("GET /desk/board/month", "/desk/board/month", 403, **WATCH),
    room("POST /desk/board/urge", "/desk/board/urge", 403,
         {"task": "{task}", "version": "0", "words": "请今天反馈", "due": "{due}"}, lead=303),
    room("GET /desk/window", "/desk/window", 403, delegate=200),
    room("GET /desk/letters", "/desk/letters", 403, **OFFICE),
    room("POST /desk/letters/{letter:id}/answer", "/desk/letters/{letter}/answer", 403,
         {"version": "0", "outcome": "agrees", "words": "没有意见"}, handler=303, approver=303, other=404),
    room("POST /desk/cases/{case:id}/consult", "/desk/cases/{submitted}/consult", 403,
         {**VERSION, "department": "HB", "question": "要不要环评"}, clerk=303, town=404, handler=404, other=404),
    room("GET /desk/inspections", "/desk/inspections", 403, **OFFICE, lead=200),
    room("POST /desk/inspections/{inspection:id}/judge", "/desk/inspections/{inspection}/judge", 403,
         {"version": "0", "outcome": "passed", "findings": "看过，属实"}, handler=303, approver=303, other=404),
    room("GET /desk/breaches", "/desk/breaches", 403, lead=200),
    room("POST /desk/breaches/{breach:id}/repair", "/desk/breaches/{breach}/repair", 403, {"words": "已经补交"},
         lead=303),
    room("GET /desk/projects", "/desk/projects", 403, **COUNTER, **OFFICE, head=200),
    room("POST /desk/projects", "/desk/projects", 403, {"code": "{project}"}, **dict.fromkeys((*COUNTER, "head"), 303),
         handler=404, approver=404, other=404),
    room("GET /desk/projects/{code}", "/desk/projects/{project}", 403, **COUNTER, head=200, handler=404, approver=404,
         other=404),
    room("GET /desk/projects/{code}/map.svg", "/desk/projects/{project}/map.svg", 403, **COUNTER, head=200,
         handler=404, approver=404, other=404),
    room("POST /desk/projects/{code}/green", "/desk/projects/{project}/green", 403, {"on": "yes", "reason": "重点项目"},
         lead=303),
    room("POST /desk/projects/{code}/visit", "/desk/projects/{project}/visit", 403,
         {"item": "FG01", "planned_on": "{day}", "words": "看选址"}, clerk=303, town=303, lead=303, handler=404,
         other=404),
    room("POST /desk/projects/{code}/guidance/{guidance:id}", "/desk/projects/{project}/guidance/{guidance}", 403,
         {"words": "先办选址"}, clerk=303, town=303, lead=303, head=303, handler=404, approver=404, other=404),
    room("GET /desk/cases/{case:id}/papers", "/desk/cases/{accepted}/papers", 403, **SENT),
    room("POST /desk/cases/{case:id}/{verb}", "/desk/cases/{submitted}/allow_second", 403,
         {**VERSION, "reason": "漏了一样"}, town=404, lead=409),
    room("POST /desk/tasks/{task:id}/{verb}", "/desk/tasks/{task}/decide_at_window", 403,
         {"version": "0", "outcome": "granted"}, other=404, delegate=404, handler=404, approver=404, lead=404),
    room("POST /desk/tasks/{task:id}/{verb}", "/desk/tasks/{task}/extend", 403,
         {"version": "0", "days": "3", "reason": "案情复杂"}, approver=303, other=404, delegate=404),
]  # fmt: skip
#: Appointments at the desk: what is not there is not found, whoever of the counter asks.
NO_SUCH = "00000000-0000-7000-8000-000000000000"
HALL_DAY_ROWS = [
    room("GET /desk/appointments", "/desk/appointments", 403, **COUNTER),
    room("POST /desk/appointments", "/desk/appointments", 403, {"q": "Y001"}, **COUNTER),
    room("GET /desk/appointments/print", "/desk/appointments/print", 403, **COUNTER),
    room("POST /desk/appointments/book", "/desk/appointments/book", 403, {"name": "李秀英", "item": "CL01"},
         clerk=422, town=422),
    room("POST /desk/appointments/{appointment:id}/{verb}", f"/desk/appointments/{NO_SUCH}/check_in", 403,
         {"version": "1", "reason": "来了"}, clerk=404, town=404, lead=404),
    room("GET /desk/openings", "/desk/openings", 403, lead=200),
    room("POST /desk/openings", "/desk/openings", 403,
         {"date": "{day}", "what": "closed", "reason": "停电检修"}, lead=200),
    room("POST /desk/openings/{exception:id}/end", f"/desk/openings/{NO_SUCH}/end", 403, lead=404),
]  # fmt: skip
DESK_ROWS += LAW_ROWS + HALL_DAY_ROWS
CALL_ROWS = [
    room("GET /desk/calls", "/desk/calls", 403, **COUNTER),
    room("GET /desk/calls/part", "/desk/calls/part", 403, **COUNTER),
    room("POST /desk/calls/next", "/desk/calls/next", 403, clerk=409, town=409),  # their seats name no window
    room("POST /desk/calls/take", "/desk/calls/take", 403, {"to": "Q"}, clerk=422, town=422),  # no such line
    room("POST /desk/calls/{ticket:id}/{verb}", "/desk/calls/{queued}/leave", 403, {"version": "1"}, clerk=303,
         town=404),
    room("GET /desk/calls/figures", "/desk/calls/figures", 403, **COUNTER),
    room("GET /desk/calls/machines", "/desk/calls/machines", 403, lead=200),
    room("POST /desk/calls/machines", "/desk/calls/machines", 403, {"hall": "0001", "label": "一楼"}, lead=200),
    room("POST /desk/calls/machines/{device:id}/revoke", "/desk/calls/machines/{device}/revoke", 403, lead=303),
]  # fmt: skip
DESK_ROWS += CALL_ROWS
_PAGES = {row.route for row in (*DESK_ROWS, *OPEN_ROWS)}
BACK_ROWS = [
    Row(route, row.path, _all(303))
    for row in (*DESK_ROWS, *OPEN_ROWS)
    if row.route.startswith("POST /desk") and (route := row.route.replace("POST", "GET")) not in _PAGES
]
NOWHERE = room("GET /desk/{rest:path}", "/desk/no/such/room", 404)

MATRIX = [NOWHERE, *BACK_ROWS, *CITIZEN_ROWS, *OPEN_ROWS, *SYSTEM_ROWS, *DESK_ROWS]
