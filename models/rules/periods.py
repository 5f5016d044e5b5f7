"""The periods of the law and what the clock does about each: the second half of the state sheet (R29-R38)."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Alarm:
    """What the clock does about a running period: `before` working days ahead of its end, negative for after it.

    `at` is the hour of that day; without it the verb comes at 08:30, or with `before` 0 when the last day is over.
    """

    verb: str
    before: int = 0
    at: str = ""


@dataclass(frozen=True)
class Period:
    """A period of the law: which steps of the sheet it performs on a case, and on a task of one (`task`)."""

    words: str
    alarms: tuple[Alarm, ...] = field(default=())
    task: tuple[Alarm, ...] = field(default=())


# A licence ends: its holder is reminded so many natural days before (art. 50).
RENEWAL_REMINDERS = (90, 60, 30)

PERIODS: dict[str, Period] = {
    "acceptance": Period(
        "受理期限", (Alarm("remind_acceptance", 2), Alarm("remind_acceptance", 1), Alarm("deem_accept"))
    ),
    "correction": Period("补正期限", (Alarm("remind_correction", 3), Alarm("lapse"))),
    "promise": Period(
        "承诺期限",
        (Alarm("overdue_promise"),),
        (
            Alarm("remind_handler", 1), Alarm("escalate_section", 0, "17:00"),
            Alarm("escalate_head", -1, "08:30"), Alarm("escalate_centre", -1, "10:30"),
        ),
    ),
    "statutory": Period("法定期限", (Alarm("overdue_statutory"),), (Alarm("overdue_statutory"),)),
    "tolerance": Period("容缺补齐期限", (Alarm("remind_tolerance", 3), Alarm("break_promise"))),
    "delivery": Period("送达期限", (Alarm("remind_delivery", 3), Alarm("remind_delivery"))),
}  # fmt: skip
