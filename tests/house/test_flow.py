"""The seven sheets are whole: reachable, owned, timed, worded, performed, and every notice has a sender."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import models.appointment
import models.case
import models.licence
import models.supervision
import models.ticket
from local import flow as shown
from local.flow_drawing import WIDTH, drawing
from models.case import CASE_STATES, TASK_STATES
from models.people import ROLES
from models.rules import flow, notices
from models.rules.flow import CASE, FINAL, MACHINES, TASK, WORDS
from models.rules.periods import PERIODS
from workers import jobs, process

HOME = Path(__file__).parents[2]
KNOWN = {"owner", "department", "clock", "system", "kiosk", *ROLES}


def stored(table: str) -> set[str]:
    """The states a table may hold, as its constraint names them."""
    modules = (models.supervision, models.licence, models.appointment, models.ticket)
    whole = " ".join(line for module in modules for line in module.CONSTRAINTS)
    found = re.search(rf"ADD CONSTRAINT {table}_state CHECK \(state IN \(([^)]*)\)\)", whole)
    assert found, table
    return set(re.findall(r"'(\w+)'", found[1]))


STATES = {
    "case": set(CASE_STATES), "task": set(TASK_STATES), "consultation": stored("consultation"),
    "inspection": stored("inspection"), "licence": stored("licence"), "appointment": stored("appointment"),
    "ticket": stored("ticket"),
}  # fmt: skip
#: Where a thing begins that no verb makes: a draft is begun by its owner without one.
FIRST = {"case": {"draft"}}
SOURCES = {path: path.read_text() for path in (HOME / "models" / "actions").glob("*.py")}


def test_there_are_seven_sheets() -> None:
    assert list(MACHINES) == list(STATES) == list(FINAL) == list(shown.SHEETS)
    assert list(MACHINES) == ["case", "task", "consultation", "inspection", "licence", "appointment", "ticket"]


@pytest.mark.parametrize("machine", MACHINES)
def test_every_state_is_reachable_and_has_a_way_out_or_is_final(machine: str) -> None:
    steps = MACHINES[machine].values()
    reached = FIRST.get(machine, set()) | {step.end for step in steps if step.end}
    assert reached == STATES[machine] == set(WORDS[machine])
    last = FINAL[machine]
    left = {state for step in steps if step.end for state in step.start if step.end != state}
    assert STATES[machine] - left <= last
    # what leads out of an end is a revocation of it, and leads to another end
    assert all(step.end in last for step in steps if step.end and step.start & last)


@pytest.mark.parametrize("machine", MACHINES)
def test_from_every_state_an_end_can_be_reached(machine: str) -> None:
    ends, grew = set(FINAL[machine]), True
    while grew:
        more = {state for step in MACHINES[machine].values() if step.end in ends for state in step.start} - ends
        ends, grew = ends | more, bool(more)
    assert ends == STATES[machine]


@pytest.mark.parametrize("machine", MACHINES)
def test_verbs_name_only_known_states_and_roles(machine: str) -> None:
    for name, step in MACHINES[machine].items():
        assert step.start <= STATES[machine], name
        assert step.end is None or step.end in STATES[machine], name
        assert step.start or step.end, name
        assert step.who and step.who <= KNOWN, name
        assert step.words and step.event, name
        assert step.audience in ("public", "staff"), name


@pytest.mark.parametrize("state", sorted(STATES["case"] - FINAL["case"] - {"draft"}))
def test_every_waiting_state_has_an_owner_and_a_clock_that_will_act(state: str) -> None:
    """A state is entered with a period running; the period's alarms perform verbs that are open in that state."""
    running = {
        kind
        for step in CASE.values()
        if step.end == state or (step.end is None and state in step.start)
        for kind in step.starts
    }
    entering = [step for step in CASE.values() if step.end == state]
    assert entering and all(step.owner for step in entering)
    kept = {kind for step in entering for kind in step.starts} | (
        {"acceptance"} if state == "received" else set()  # started when the case was submitted
    )
    assert running | kept
    for kind in running | kept:
        for alarm in PERIODS[kind].alarms:
            assert CASE[alarm.verb].who == {"clock"}
        assert any(state in CASE[alarm.verb].start for alarm in PERIODS[kind].alarms), (state, kind)


def test_a_final_case_has_no_owner_and_no_clock() -> None:
    for name, step in CASE.items():
        if step.end in FINAL["case"]:
            assert step.owner == "", name
            assert not step.starts, name


def test_every_period_that_starts_is_known_and_stops() -> None:
    started = {kind for step in CASE.values() for kind in step.starts}
    stopped = {kind for step in CASE.values() for kind in step.stops}
    assert started == set(PERIODS) == stopped


def test_every_notice_of_a_verb_is_written_and_has_a_channel_that_is_carried() -> None:
    told = {name for steps in MACHINES.values() for step in steps.values() for name in step.tell}
    assert told <= set(notices.NOTICES)
    for name in told:
        notice = notices.NOTICES[name]
        assert notice.channels, name
        if "wechat" in notice.channels:
            assert notice.template in notices.TEMPLATES, name
            assert re.fullmatch("[\u3400-\u9fff]{0,5}", notice.phrase), name
        if notice.audience == "department":
            assert name in notices.SYSTEM_EVENTS, name


def test_notices_of_a_case_hold_no_personal_fields() -> None:
    """What goes over a lock screen may name the case, never the person (promises 3.6)."""
    for template in notices.TEMPLATES.values():
        assert set(template.fields.values()) <= {"number", "title", "phrase", "at", "hint", "due", "where"}


@pytest.mark.parametrize("state", sorted(STATES["task"] - FINAL["task"] - {"waiting"}))
def test_every_task_that_lies_with_a_department_has_an_alarm(state: str) -> None:
    """Its promise and statutory clocks act in it; a suspended one is reminded of its planned end."""
    verbs = {alarm.verb for period in PERIODS.values() for alarm in period.task} | {"remind_suspension"}
    assert any(state in TASK[verb].start for verb in verbs), state
    assert all(TASK[verb].who == {"clock"} for verb in verbs)
    assert any(step.who & {"handler", "approver", "department"} for step in TASK.values() if state in step.start)


def test_a_waiting_task_is_moved_on_by_what_it_waits_for() -> None:
    """It has no clock of its own (R42): the case's runs, and the decision before it releases it or lets it fall."""
    out = {name for name, step in TASK.items() if "waiting" in step.start and step.end}
    assert {"release", "fall"} <= out and all(TASK[name].who == {"system"} for name in out)


@pytest.mark.parametrize("machine", ["consultation", "inspection", "licence"])
def test_every_open_row_of_the_small_sheets_is_watched(machine: str) -> None:
    for state in STATES[machine] - FINAL[machine]:
        steps = [(name, step) for name, step in MACHINES[machine].items() if state in step.start]
        timed = [name for name, step in steps if step.who == {"clock"}]
        answered = [name for name, step in steps if step.who - {"clock"} and step.end]
        assert answered, state
        assert timed or state == "silent", state  # a silent letter waits for its late answer; its day is past
        assert all(f'"{name}"' in "".join(SOURCES.values()) for name in timed), timed


def test_alarms_of_a_period_are_verbs_of_its_machine() -> None:
    for kind, period in PERIODS.items():
        assert all(CASE[alarm.verb].who == {"clock"} for alarm in period.alarms), kind
        assert all(TASK[alarm.verb].who == {"clock"} for alarm in period.task), kind


def test_every_verb_is_performed_somewhere() -> None:
    """A verb nobody calls is a button that does nothing."""
    source = "".join(SOURCES.values())
    alarms = {alarm.verb for period in PERIODS.values() for alarm in (*period.alarms, *period.task)}
    idle = [
        f"{machine}.{name}" for machine, steps in MACHINES.items() for name in steps
        if f'"{name}"' not in source and name not in alarms
    ]  # fmt: skip
    assert not idle


def test_every_topic_of_the_outbox_has_a_sender() -> None:
    source = "".join(SOURCES.values())
    topics = set(re.findall(r'outbox\.put\(\s*"(\w+)"', source))
    carried = set(re.findall(r'"(\w+)": senders\.', (HOME / "workers" / "process.py").read_text()))
    assert topics and topics == carried


def test_every_job_is_registered_once() -> None:
    names = [job.run.__name__ for job in jobs.JOBS]
    assert len(names) == len(set(names))
    queued = set(re.findall(r'enqueue_job\("(\w+)"', "".join(p.read_text() for p in HOME.glob("[aw]*/**/*.py"))))
    assert queued == set(names)
    assert process.serve.__doc__


def test_buttons_follow_the_sheet() -> None:
    for machine, steps in MACHINES.items():
        for state in STATES[machine]:
            for role in KNOWN:
                found = flow.verbs(machine, state, frozenset({role}))
                assert found == [n for n, step in steps.items() if state in step.start and role in step.who]


# ------------------------------------------------------------------ the sheet as people see it


def test_the_sheet_for_people_leaves_nothing_out() -> None:
    page = shown.markdown("state-sheet.svg")
    for machine, steps in MACHINES.items():
        assert [row.verb for row in shown.rows(machine)] == list(steps)
        for row in shown.rows(machine):
            assert f"| `{row.verb}` | {row.words} | {row.start} | {row.end} | {row.who} |" in page
            assert all(row.cells[:5]) and row.told and row.owner, row
    assert all(period.words in page for period in PERIODS.values())


def test_the_drawing_has_every_state_and_verb_and_no_words_on_top_of_each_other() -> None:
    picture = ElementTree.fromstring(drawing(shown.SHEETS))
    name = "{http://www.w3.org/2000/svg}text"
    boxes = []
    for text in picture.iter(name):
        size, words = float(text.attrib["font-size"]), text.text or ""
        width = sum(size if ord(sign) > 0x2E80 else size * 0.6 for sign in words)
        anchor = {"start": 0.0, "middle": 0.5, "end": 1.0}[text.attrib["text-anchor"]]
        left = float(text.attrib["x"]) - width * anchor
        assert left >= 0 and left + width <= WIDTH, words
        assert size >= 12, words
        boxes.append((left, left + width, float(text.attrib["y"]) - size, float(text.attrib["y"]), words))
    for n, one in enumerate(boxes):
        for other in boxes[n + 1 :]:
            apart = one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
            assert apart, (one[4], other[4])
    said = [box[4] for box in boxes]
    for machine, steps in MACHINES.items():
        assert all(words in said for words in WORDS[machine].values())
        assert all(said.count(step.words) >= 1 for step in steps.values())
