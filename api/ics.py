"""An appointment as a file for the phone's calendar (RFC 5545): one event, one reminder, no personal data."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event
from starlette.responses import Response

from api.schemas.appointment import AppointmentOut
from models.base import Refusal

ZONE = ZoneInfo("Asia/Shanghai")
REMIND_BEFORE = timedelta(hours=2)
GONE = ("cancelled", "displaced")
MEDIA_TYPE = "text/calendar; charset=utf-8"


def answer(found: AppointmentOut) -> Response:
    """The file, to be saved. Refuses with `not_booked_yet` (409) what never had a code."""
    if not found.code:
        raise Refusal("not_booked_yet", 409, "还没有订好，订好了再加到日历")
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{found.code}.ics"'}
    return Response(calendar(found), headers=headers, media_type=MEDIA_TYPE)


def calendar(found: AppointmentOut) -> bytes:
    """The calendar object. The same appointment keeps its UID and counts SEQUENCE up, so that a newer file replaces
    the event an older one made; a cancelled one, or one the hall had to give up, takes it away."""
    whole = Calendar()
    whole.add("prodid", "-//Yimen//Appointment//ZH")
    whole.add("version", "2.0")
    whole.add_component(_event(found))
    whole.add_missing_timezones()
    return bytes(whole.to_ical())


def _event(found: AppointmentOut) -> Event:
    place = f"{found.hall.name}（{found.hall.address}）" if found.hall.address else found.hall.name
    event = Event()
    event.add("uid", f"{found.id}@yimen")
    event.add("sequence", found.version)
    # without a METHOD this says when the appointment last changed, so the same version gives the same bytes
    event.add("dtstamp", max((line.at for line in found.timeline), default=found.starts_at).astimezone(ZoneInfo("UTC")))
    event.add("dtstart", found.starts_at.astimezone(ZONE))
    event.add("dtend", found.ends_at.astimezone(ZONE))
    event.add("summary", f"到{found.hall.name}办“{found.item.name}”")
    event.add("location", place)
    event.add("description", _words(found))
    event.add("status", "CANCELLED" if found.state in GONE else "CONFIRMED")
    if found.state not in GONE:
        event.add_component(_alarm(found))
    return event


def _words(found: AppointmentOut) -> str:
    lines = [f"预约号 {found.code}，{found.window_group.name}"]
    if found.bring:
        lines.append("要带：" + "、".join(found.bring))
    if found.hall.phone:
        lines.append(f"来不了请提前取消，或打电话 {found.hall.phone}")
    return "\n".join(lines)


def _alarm(found: AppointmentOut) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -REMIND_BEFORE)
    alarm.add("description", f"{found.time_words} 到{found.hall.name}，预约号 {found.code}")
    return alarm
