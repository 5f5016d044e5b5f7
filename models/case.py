"""A case, its tasks in departments, its clocks and alarms, its notice, its results, and every event."""

from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Row, now
from models.seal import Cell


class Case(Row):
    """One 办件. `version` moves with every verb; `state` is a word of rules/flow.py.

    `form` and `applicant_name` are sealed. `received_on` is the day that counts by R27, `owner` who must act now:
    `hall:<code>`, `staff:<id>`, `citizen`, `departments` or empty when the case has ended.
    `bundle_code`: filed as a 一件事, led by department `lead_id` (R42); `bundle` is its record of that day (a project's
    road too). `promised`: a promise was signed; `tolerant`: accepted with papers to come (R40).
    `second_notice`: empty, asked, allowed or used (R28). `renews_id`: the licence this case asks to renew (art. 50).
    """

    number: Any = fields.CharField(max_length=24, null=True, unique=True)
    query_key_sealed: Any = fields.TextField(null=True)
    state = fields.CharField(max_length=10, default="draft")
    version = fields.IntField(default=0)
    title = fields.CharField(max_length=120)
    account: Any = fields.ForeignKeyField("models.Account", related_name="cases")
    account_id: UUID
    applicant_kind = fields.CharField(max_length=12, default="self")
    applicant_id: Any = fields.UUIDField(null=True)
    applicant_name_sealed: Any = fields.TextField(null=True)
    hall_id = fields.CharField(max_length=4)
    channel = fields.CharField(max_length=8, default="app")
    owner = fields.CharField(max_length=44, default="citizen")
    answers: Any = fields.JSONField(default=dict)
    form_sealed: Any = fields.TextField(null=True)
    outcome = fields.CharField(max_length=8, default="")
    submitted_at: Any = fields.DatetimeField(null=True)
    received_on: Any = fields.DateField(null=True)
    accepted_on: Any = fields.DateField(null=True)
    acceptance_sequence: Any = fields.BigIntField(null=True)
    concluded_at: Any = fields.DatetimeField(null=True)
    seen_at: Any = fields.DatetimeField(null=True)
    bundle_code = fields.CharField(max_length=16, default="")
    bundle: Any = fields.JSONField(default=dict)
    lead_id = fields.CharField(max_length=8, default="")
    project: Any = fields.ForeignKeyField("models.Project", related_name="cases", null=True)
    project_id: UUID | None
    green = fields.BooleanField(default=False)
    promised = fields.BooleanField(default=False)
    tolerant = fields.BooleanField(default=False)
    second_notice = fields.CharField(max_length=8, default="")
    renews_id: Any = fields.UUIDField(null=True)

    items: fields.ReverseRelation["CaseItem"]

    QUERY_KEY = Cell("case", "query_key")
    APPLICANT = Cell("case", "applicant_name")
    FORM = Cell("case", "form")

    class Meta:
        table = "cases"


class CaseItem(Row):
    """An item filed in a case, frozen at the version of that day (R15).

    `after`: codes of the items that must be granted first, in this case or in its project (R42, R43).
    """

    case: Any = fields.ForeignKeyField("models.Case", related_name="items")
    case_id: UUID
    item: Any = fields.ForeignKeyField("models.Item", related_name="cases")
    item_id: UUID
    code = fields.CharField(max_length=12)
    name = fields.CharField(max_length=80)
    everyday = fields.CharField(max_length=80, default="")
    department_id = fields.CharField(max_length=8)
    position = fields.IntField()
    after: Any = fields.JSONField(default=list)

    class Meta:
        table = "case_item"
        unique_together = (("case_id", "code"),)


class Task(Row):
    """What one department does for one item of a case: the child case of a bundle, with its number and its clocks.

    `opinion` is sealed: it may speak of a person. `delegation`: the notice under which the window may decide it (R50).
    """

    case: Any = fields.ForeignKeyField("models.Case", related_name="tasks")
    case_id: UUID
    case_item: Any = fields.ForeignKeyField("models.CaseItem", related_name="tasks")
    case_item_id: UUID
    department_id = fields.CharField(max_length=8)
    number = fields.CharField(max_length=28, default="")
    state = fields.CharField(max_length=10, default="assigned")
    version = fields.IntField(default=0)
    delegation = fields.CharField(max_length=60, default="")
    handler: Any = fields.ForeignKeyField("models.Staff", related_name="handled", null=True)
    handler_id: UUID | None
    approver: Any = fields.ForeignKeyField("models.Staff", related_name="approved", null=True)
    approver_id: UUID | None
    outcome = fields.CharField(max_length=8, default="")
    opinion_sealed: Any = fields.TextField(null=True)
    reason_sealed: Any = fields.TextField(null=True)
    decided_at: Any = fields.DatetimeField(null=True)

    OPINION = Cell("task", "opinion")
    REASON = Cell("task", "reason")

    class Meta:
        table = "task"


class Event(Row):
    """One transition or fact, append-only (R21). `audience` says who may read it; `words` is what they read.

    `detail` is sealed where it may hold personal data (a reason, a defect).
    """

    case: Any = fields.ForeignKeyField("models.Case", related_name="events")
    case_id: UUID
    task: Any = fields.ForeignKeyField("models.Task", related_name="events", null=True)
    task_id: UUID | None
    verb = fields.CharField(max_length=24)
    actor = fields.CharField(max_length=60)
    actor_name = fields.CharField(max_length=60, default="")
    role = fields.CharField(max_length=20)
    place = fields.CharField(max_length=60, default="")
    before = fields.CharField(max_length=10, default="")
    after = fields.CharField(max_length=10, default="")
    at = fields.DatetimeField(default=now)
    words = fields.CharField(max_length=200)
    detail_sealed: Any = fields.TextField(null=True)
    audience = fields.CharField(max_length=10, default="staff")

    DETAIL = Cell("event", "detail")

    class Meta:
        table = "event"


class Clock(Row):
    """A period of the law on a case or a task: acceptance, correction, promise, statutory, tolerance, delivery.

    `limit_days` with `unit` 工作日 or 自然日, lengthened once by `extension_days`; `due_on` is a local date, `due_at`
    the midnight after it. `suspensions`: [{first, last, reason, open, by: task id}]. `within`: the item's own limit
    would have ended after its case, so it ends with it. `department_id` and `hall_id` of a task's clock serve the
    board, on which a clock with an open suspension is grey: it stands in no column.
    """

    case: Any = fields.ForeignKeyField("models.Case", related_name="clocks")
    case_id: UUID
    task: Any = fields.ForeignKeyField("models.Task", related_name="clocks", null=True)
    task_id: UUID | None
    kind = fields.CharField(max_length=12)
    limit_days = fields.IntField()
    unit = fields.CharField(max_length=3)
    started_on = fields.DateField()
    due_on = fields.DateField()
    due_at = fields.DatetimeField()
    suspensions: Any = fields.JSONField(default=list)
    extension_days = fields.IntField(default=0)
    within = fields.BooleanField(default=False)
    department_id = fields.CharField(max_length=8, default="")
    hall_id = fields.CharField(max_length=4, default="")
    stopped_at: Any = fields.DatetimeField(null=True)

    class Meta:
        table = "clock"


class Alarm(Row):
    """A verb of `machine` the clock will perform when `due_at` is past. Time is an actor.

    `subject_id`: the task, consultation, inspection, urge or licence it is about; the case itself when empty. What is
    not of a case (an appointment, a ticket) has no `case`.
    """

    case: Any = fields.ForeignKeyField("models.Case", related_name="alarms", null=True)
    case_id: UUID | None
    task: Any = fields.ForeignKeyField("models.Task", related_name="alarms", null=True)
    task_id: UUID | None
    clock: Any = fields.ForeignKeyField("models.Clock", related_name="alarms", null=True)
    clock_id: UUID | None
    machine = fields.CharField(max_length=12, default="case")
    subject_id: Any = fields.UUIDField(null=True)
    verb = fields.CharField(max_length=24)
    due_at = fields.DatetimeField()
    done_at: Any = fields.DatetimeField(null=True)
    attempts = fields.IntField(default=0)
    last_error = fields.CharField(max_length=200, default="")

    class Meta:
        table = "alarm"


class Notice(Row):
    """The one-time notice of a case (R28, R30): every defect of every department in one numbered document.

    `round` 2 is the exception a supervisor allowed, with a reason that shows in the figures.
    """

    case: Any = fields.ForeignKeyField("models.Case", related_name="notices")
    case_id: UUID
    number = fields.CharField(max_length=40, unique=True)
    issued_on = fields.DateField()
    due_on = fields.DateField()
    issued_by = fields.UUIDField()
    round = fields.IntField(default=1)
    allowed_by: Any = fields.UUIDField(null=True)
    reason_sealed: Any = fields.TextField(null=True)
    answered_at: Any = fields.DatetimeField(null=True)

    REASON = Cell("notice", "reason")

    class Meta:
        table = "notice"


class NoticeLine(Row):
    """One defect: what is wrong and what to make of it. `pages_then` remembers what it was said of."""

    notice: Any = fields.ForeignKeyField("models.Notice", related_name="lines")
    notice_id: UUID
    position = fields.IntField()
    material_code = fields.CharField(max_length=12)
    material = fields.CharField(max_length=80)
    department_id = fields.CharField(max_length=8, default="")
    defect_sealed = fields.TextField()
    fix_sealed = fields.TextField()
    pages_then: Any = fields.JSONField(default=list)
    answered_at: Any = fields.DatetimeField(null=True)

    DEFECT = Cell("notice_line", "defect")
    FIX = Cell("notice_line", "fix")

    class Meta:
        table = "notice_line"
        unique_together = (("notice_id", "position"),)


class Result(Row):
    """What a case gives: a licence, a certificate, a decision. `place` is where it lies in the hall.

    state: making -> ready -> delivered; void: its grant never came into force, or was revoked.
    """

    case: Any = fields.ForeignKeyField("models.Case", related_name="results")
    case_id: UUID
    task: Any = fields.ForeignKeyField("models.Task", related_name="results")
    task_id: UUID
    name = fields.CharField(max_length=80)
    outcome = fields.CharField(max_length=8)
    state = fields.CharField(max_length=10, default="making")
    place = fields.CharField(max_length=40, default="")
    shelved_at: Any = fields.DatetimeField(null=True)
    delivered_at: Any = fields.DatetimeField(null=True)
    method = fields.CharField(max_length=10, default="")

    class Meta:
        table = "result"


CASE_STATES = (
    "draft",
    "submitted",
    "received",
    "correcting",
    "accepted",
    "concluded",
    "delivered",
    "withdrawn",
    "refused",
    "returned",
)
TASK_STATES = ("waiting", "assigned", "examining", "suspended", "advised", "decided", "revoked", "cancelled")


def _words(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


CONSTRAINTS = [
    f"ALTER TABLE cases ADD CONSTRAINT case_state CHECK (state IN ({_words(CASE_STATES)}))",
    "ALTER TABLE cases ADD CONSTRAINT case_numbered CHECK (submitted_at IS NULL OR number IS NOT NULL)",
    "ALTER TABLE cases ADD CONSTRAINT case_owned CHECK "
    "(owner <> '' OR state IN ('delivered','withdrawn','refused','returned'))",
    "CREATE INDEX case_owner_open ON cases (owner, state) "
    "WHERE state NOT IN ('draft','delivered','withdrawn','refused','returned')",
    "CREATE INDEX case_account ON cases (account_id, created_at DESC)",
    "CREATE INDEX case_hall ON cases (hall_id, state)",
    "CREATE SEQUENCE IF NOT EXISTS acceptance_sequence",
    "CREATE TABLE IF NOT EXISTS case_sequence (region char(6), hall char(4), day date, last int NOT NULL, "
    "PRIMARY KEY (region, hall, day))",
    f"ALTER TABLE task ADD CONSTRAINT task_state CHECK (state IN ({_words(TASK_STATES)}))",
    "ALTER TABLE task ADD CONSTRAINT task_outcome "
    "CHECK ((state IN ('decided','revoked')) = (outcome IN ('granted','refused')))",
    "CREATE INDEX task_open ON task (department_id, state) "
    "WHERE state IN ('assigned','examining','suspended','advised')",
    "CREATE INDEX task_case ON task (case_id)",
    "CREATE INDEX event_case ON event (case_id, at)",
    "CREATE INDEX event_deemed ON event (at) WHERE verb = 'deem_accept'",
    "CREATE INDEX event_window ON event (at) WHERE verb = 'decide_at_window'",
    "CREATE INDEX clock_case ON clock (case_id)",
    "CREATE INDEX clock_running ON clock (due_at, id) WHERE stopped_at IS NULL",
    "CREATE UNIQUE INDEX clock_one_running ON clock (case_id, kind, COALESCE(task_id, case_id)) "
    "WHERE stopped_at IS NULL",
    "CREATE INDEX alarm_due ON alarm (due_at, id) WHERE done_at IS NULL",
    "CREATE INDEX alarm_case ON alarm (case_id) WHERE done_at IS NULL",
    "CREATE INDEX clock_board ON clock (due_on, id) INCLUDE (department_id, hall_id, case_id) "
    "WHERE stopped_at IS NULL AND kind = 'promise' AND task_id IS NOT NULL "
    """AND NOT suspensions @> '[{"open": true}]'""",
    "CREATE INDEX clock_tally ON clock (due_on, department_id, hall_id) "
    "WHERE stopped_at IS NULL AND kind = 'promise' AND task_id IS NOT NULL "
    """AND NOT suspensions @> '[{"open": true}]'""",
    "CREATE INDEX clock_hall ON clock (hall_id, department_id) "
    "WHERE stopped_at IS NULL AND kind = 'promise' AND task_id IS NOT NULL",
    "CREATE INDEX clock_acceptance ON clock (due_on) WHERE stopped_at IS NULL AND kind = 'acceptance'",
    "CREATE INDEX task_decided ON task (decided_at) WHERE decided_at IS NOT NULL",
    "CREATE INDEX case_open ON cases (id) WHERE state NOT IN ('draft','delivered','withdrawn','refused','returned')",
    "CREATE INDEX case_green ON cases (id) WHERE green AND state = 'accepted'",
    "CREATE INDEX case_second_asked ON cases (id) WHERE second_notice = 'asked'",
    "CREATE INDEX alarm_subject ON alarm (subject_id) WHERE done_at IS NULL",
    "CREATE UNIQUE INDEX notice_round ON notice (case_id, round)",
    "ALTER TABLE notice ADD CONSTRAINT notice_second CHECK (round = 1 OR (round = 2 AND allowed_by IS NOT NULL))",
    "ALTER TABLE cases ADD CONSTRAINT case_second_notice CHECK (second_notice IN ('','asked','allowed','used'))",
    "CREATE INDEX case_project ON cases (project_id) WHERE project_id IS NOT NULL",
    "CREATE UNIQUE INDEX notice_one_open ON notice (case_id) WHERE answered_at IS NULL",
    "CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION append_only()",
]
