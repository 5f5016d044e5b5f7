"""One million open cases in a scratch database: what a busy province would hold, loaded in about a minute.

Rows are made by the database itself, foreign keys and indexes set aside meanwhile, so that the load costs no more than
it must. Every number is spread as in a real office: few cases late, most of them with weeks to go, thirty departments.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from models.base import rows, script, today
from models.case import Case
from models.reads import calendar
from tests import people

TABLES = ("cases", "case_item", "task", "clock", "alarm", "urge")
LATE_DAYS, COMING_DAYS = 10, 40  # working days a case is late at most, and has left at most
NAMED = 40  # of every due day so many applicants get a sealed name: those a page can show

ACCEPTED = "0.90"
STATES = (("submitted", 0.93), ("received", 0.95), ("correcting", 0.97), ("concluded", 1.0))

PLAN = f"""
CREATE UNLOGGED TABLE plan AS
SELECT one.n, uuidv7() AS case_id, uuidv7() AS item_row, uuidv7() AS task_id, uuidv7() AS clock_id, uuidv7() AS law_id,
       CASE WHEN r < {ACCEPTED} THEN 'accepted' {"".join(f"WHEN r < {share} THEN '{s}' " for s, share in STATES[:-1])}
       ELSE '{STATES[-1][0]}' END AS state,
       i.id AS item_id, i.code, i.name, i.department_id, h.code AS hall, d.day AS due_on, l.day AS law_on,
       b.day AS began, next.day AS after_due, prior.day AS before_due
FROM (SELECT g.n, random() AS r, random() AS late, random() AS which, random() AS place, random() AS spread
      FROM generate_series(1, {{cases}}) AS g (n)) AS one
JOIN pick_item i ON i.n = floor(one.which * (SELECT count(*) FROM pick_item))
JOIN pick_hall h ON h.n = floor(one.place * (SELECT count(*) FROM pick_hall))
JOIN LATERAL (SELECT CASE WHEN late < 0.015 THEN -1 - floor(spread * {LATE_DAYS})
              ELSE floor(spread * {COMING_DAYS}) END::int AS k) AS off ON true
JOIN work_day d ON d.k = off.k
JOIN work_day l ON l.k = off.k + 10
JOIN work_day b ON b.k = off.k - 20
JOIN work_day next ON next.k = off.k + 1
JOIN work_day prior ON prior.k = off.k - 1
"""

CASES = """
INSERT INTO cases (id, created_at, number, state, version, title, account_id, applicant_kind, hall_id, channel, owner,
  answers, outcome, submitted_at, received_on, accepted_on, acceptance_sequence, bundle_code, bundle, lead_id, green,
  promised, tolerant, second_notice)
SELECT case_id, began, 'B' || lpad(n::text, 22, '0'), state, 2, name, '{account}', 'self', hall, 'app',
  CASE state WHEN 'accepted' THEN 'departments' WHEN 'correcting' THEN 'citizen' ELSE 'hall:' || hall END,
  '{{}}', '', began, began, CASE WHEN state = 'accepted' THEN began END, n, '', '{{}}', department_id, n % 2000 = 7,
  false, false, '' FROM plan ORDER BY n
"""
ITEMS = """
INSERT INTO case_item (id, created_at, case_id, item_id, code, name, everyday, department_id, position, after)
SELECT item_row, began, case_id, item_id, code, name, '', department_id, 1, '[]' FROM plan ORDER BY n
"""
TASKS = """
INSERT INTO task (id, created_at, case_id, case_item_id, department_id, number, state, version, delegation, outcome)
SELECT task_id, began, case_id, item_row, department_id, n || '-01',
  CASE WHEN n % 25 = 0 THEN 'suspended' WHEN n % 4 = 0 THEN 'assigned' WHEN n % 4 = 1 THEN 'advised'
  ELSE 'examining' END,
  1, '', '' FROM plan WHERE state = 'accepted' ORDER BY n
"""
CLOCKS = """
INSERT INTO clock (id, created_at, case_id, task_id, kind, limit_days, unit, started_on, due_on, due_at, suspensions,
  extension_days, within, department_id, hall_id)
SELECT {id}, began, case_id, {task}, {kind}, 20, '工作日', began, {due}, ({due} + 1)::timestamp
  AT TIME ZONE 'Asia/Shanghai', {paused}, 0, false, {department}, hall FROM plan WHERE {where} ORDER BY n
"""
ALARMS = """
INSERT INTO alarm (id, created_at, case_id, task_id, clock_id, machine, subject_id, verb, due_at, attempts, last_error)
SELECT uuidv7(), began, case_id, {task}, {clock}, '{machine}', {task}, '{verb}',
  ({day} + time '{hour}') AT TIME ZONE 'Asia/Shanghai', 0, '' FROM plan
WHERE state = 'accepted' AND ({day} + time '{hour}') AT TIME ZONE 'Asia/Shanghai' > now() - interval '1 minute'
ORDER BY n
"""
# The one act ahead of a case before acceptance, or of one whose result waits; what was missed comes within hours.
AHEAD = """
INSERT INTO alarm (id, created_at, case_id, machine, verb, due_at, attempts, last_error)
SELECT uuidv7(), began, case_id, 'case', CASE state WHEN 'correcting' THEN 'lapse' WHEN 'concluded'
  THEN 'remind_delivery' ELSE 'deem_accept' END, greatest((due_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai',
  now() + n % 600 * interval '1 minute'), 0, '' FROM plan WHERE state <> 'accepted' ORDER BY n
"""
URGES = """
INSERT INTO urge (id, created_at, case_id, task_id, level, by_id, by_name, answered_by, answer_due_at)
SELECT uuidv7(), now(), case_id, task_id, 'manual', uuidv7(), '周督', '', now() + interval '1 day'
FROM plan WHERE state = 'accepted' AND (due_on < '{today}' AND n % 4 = 0 OR n % 500 = 0)
"""
PAUSED = """
CASE WHEN n % 25 = 0 THEN jsonb_build_array(jsonb_build_object('first', began, 'last', due_on, 'reason', '专家评审',
  'open', true, 'by', task_id)) ELSE '[]' END
"""
FIRST_CLOCK = {"submitted": "acceptance", "received": "acceptance", "correcting": "correction", "concluded": "delivery"}


def _clocks() -> list[str]:
    """The clocks of an accepted case and of its task, and the one period that runs before and after that."""
    accepted = "state = 'accepted'"
    whole = {"task": "NULL::uuid", "department": "''", "paused": "'[]'::jsonb", "where": accepted}
    own = {"task": "task_id", "department": "department_id", "paused": PAUSED, "where": accepted}
    cases = " ".join(f"WHEN '{state}' THEN '{kind}'" for state, kind in FIRST_CLOCK.items())
    return [
        CLOCKS.format(id="clock_id", kind="'promise'", due="due_on", **own),
        CLOCKS.format(id="law_id", kind="'statutory'", due="law_on", **own),
        CLOCKS.format(id="uuidv7()", kind="'promise'", due="due_on", **whole),
        CLOCKS.format(id="uuidv7()", kind="'statutory'", due="law_on", **whole),
        CLOCKS.format(
            id="uuidv7()", kind=f"CASE state {cases} END", due="due_on", **{**whole, "where": "state <> 'accepted'"}
        ),
    ]


def _alarms() -> list[str]:
    """What is still to come of the ladder, and the two ends of the case and of its task."""
    task = {"machine": "task", "task": "task_id"}
    case = {"machine": "case", "task": "NULL::uuid"}
    planned = [
        ("remind_handler", "before_due", "08:30", "clock_id", task),
        ("escalate_section", "due_on", "17:00", "clock_id", task),
        ("escalate_head", "after_due", "08:30", "clock_id", task),
        ("escalate_centre", "after_due", "10:30", "clock_id", task),
        ("overdue_statutory", "law_on", "23:59", "law_id", task),
        ("overdue_promise", "due_on", "23:59", "NULL::uuid", case),
        ("overdue_statutory", "law_on", "23:59", "NULL::uuid", case),
    ]
    found = [ALARMS.format(verb=v, day=day, hour=at, clock=clock, **of) for v, day, at, clock, of in planned]
    return [*found, AHEAD]


async def fill(cases: int) -> None:
    """Load `cases` open cases with everything the board, the clock and the sweep look at."""
    await _choices()
    account = await people.citizen()
    held = await rows(
        "SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS made FROM pg_index "
        "WHERE indrelid::regclass::text = ANY($1) AND NOT indisprimary "
        "AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)",
        list(TABLES),
    )
    await script("; ".join(f"DROP INDEX {index['name']}" for index in held))
    await script(
        "SET statement_timeout = 0; SET session_replication_role = replica; SET maintenance_work_mem = '256MB'"
    )
    steps = [
        PLAN.format(cases=cases), CASES.format(account=account.id), ITEMS, TASKS, *_clocks(), *_alarms(),
        URGES.format(today=today()),
    ]  # fmt: skip
    for step in steps:
        await script(step)
    for index in held:
        await script(index["made"])
    await _names()
    for table in TABLES:  # what autovacuum does within the minute
        await script(f"VACUUM (ANALYZE) {table}")
    await script("SET session_replication_role = DEFAULT; SET statement_timeout = '5s'; DROP TABLE plan")


async def _choices() -> None:
    """Small tables to draw from: published items, active halls, working days counted from today."""
    await script(
        "CREATE UNLOGGED TABLE pick_item AS SELECT row_number() OVER (ORDER BY code) - 1 AS n, id, code, name, "
        "department_id FROM item WHERE state = 'published'; "
        "CREATE UNLOGGED TABLE pick_hall AS SELECT row_number() OVER (ORDER BY code) - 1 AS n, code FROM hall; "
        "CREATE UNLOGGED TABLE work_day (k int, day date)"
    )
    days = await _working_days(-LATE_DAYS - 22, COMING_DAYS + 12)
    values = ", ".join(f"({place}, '{day}')" for place, day in days)
    await script(f"INSERT INTO work_day VALUES {values}")


async def _working_days(first: int, last: int) -> Sequence[tuple[int, date]]:
    """(place, day): 0 is today or the next working day."""
    days = (await calendar.clock()).calendar
    here = days.on_or_after(today())
    back, found = here, [(0, here)]
    for place in range(1, last + 1):
        found.append((place, days.add_working(here, place)))
    for place in range(-1, first - 1, -1):
        back -= timedelta(days=1)
        while not days.is_working(back):
            back -= timedelta(days=1)
        found.append((place, back))
    return found


async def _names() -> None:
    """Seal a name into the cases a page can show: the first of every day."""
    shown = await rows(
        "SELECT case_id FROM (SELECT case_id, row_number() OVER (PARTITION BY due_on ORDER BY id) AS place FROM clock "
        "WHERE kind = 'promise' AND task_id IS NOT NULL) AS first WHERE place <= $1",
        NAMED,
    )
    values = ", ".join(
        f"('{row['case_id']}'::uuid, '{Case.APPLICANT.seal(row['case_id'], '李秀英')}')" for row in shown
    )
    await script(
        f"UPDATE cases SET applicant_name_sealed = sealed FROM (VALUES {values}) AS named (id, sealed) "
        "WHERE cases.id = named.id"
    )
