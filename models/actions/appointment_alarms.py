"""The hours at which the clock acts on an appointment: reminders, the end of a hold or offer, a missed time."""

from datetime import UTC, datetime, time, timedelta

from models.actions.clocks import disarm
from models.appointment import Appointment
from models.base import SHANGHAI, local, now
from models.case import Alarm
from models.rules.booking import Rules

EVENING = time(18, 0)  # the day before, when people are home
SOON = timedelta(hours=2)


async def arm(row: Appointment, rules: Rules) -> None:
    """Set the alarms of the state an appointment has come to. A reminder whose hour is past is left out."""
    planned: dict[str, datetime] = {}
    if row.state == "held":
        planned["expire_hold"] = row.held_until
    elif row.state == "offered":
        planned["lapse_offer"] = row.held_until
    elif row.state == "waiting":
        planned["lapse_wait"] = row.starts_at
    elif row.state == "booked":
        eve = local(row.starts_at).date() - timedelta(days=1)
        planned["remind_day"] = datetime.combine(eve, EVENING, SHANGHAI).astimezone(UTC)
        planned["remind_hours"] = row.starts_at - SOON
        planned = {verb: at for verb, at in planned.items() if at > now()}
        planned["miss"] = row.ends_at + timedelta(minutes=rules.late_minutes)
    await Alarm.bulk_create(
        [Alarm(machine="appointment", subject_id=row.id, verb=verb, due_at=at) for verb, at in planned.items()]
    )


async def rearm(row: Appointment, rules: Rules) -> None:
    """The alarms of the new state instead of those before. Only under the person's lock, as the alarms take it too."""
    await disarm(row.id)
    await arm(row, rules)
