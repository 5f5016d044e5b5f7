"""The state sheet is whole: reachable, owned, timed, worded, and every notice has a sender."""

import re
from pathlib import Path

import pytest

from models.case import CASE_STATES, TASK_STATES
from models.people import ROLES
from models.rules import flow, notices
from models.rules.flow import CASE, FINAL, MACHINES, PERIODS, TASK
from workers import jobs, process

HOME = Path(__file__).parents[2]
KNOWN = {"owner", "department", "clock", "system", *ROLES}
STATES = {"case": set(CASE_STATES), "task": set(TASK_STATES)}
FIRST = {"case": "draft", "task": "assigned"}


@pytest.mark.parametrize("machine", MACHINES)
def test_every_state_is_reachable_and_has_a_way_out_or_is_final(machine: str) -> None:
    steps = MACHINES[machine].values()
    reached = {FIRST[machine]} | {step.end for step in steps if step.end}
    left = {state for step in steps if step.end for state in step.start if step.end != state}
    assert reached == STATES[machine]
    assert STATES[machine] - left == FINAL[machine]


@pytest.mark.parametrize("machine", MACHINES)
def test_verbs_name_only_known_states_and_roles(machine: str) -> None:
    for name, step in MACHINES[machine].items():
        assert step.start <= STATES[machine], name
        assert step.end is None or step.end in STATES[machine], name
        assert step.who and step.who <= KNOWN, name
        assert step.words and step.event, name


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
    assert all(step.owner for step in entering)
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


def test_every_verb_is_performed_somewhere() -> None:
    """A verb nobody calls is a button that does nothing."""
    source = "".join(path.read_text() for path in (HOME / "models" / "actions").glob("*.py"))
    alarms = {alarm.verb for period in PERIODS.values() for alarm in period.alarms}
    for name in [*CASE, *TASK]:
        assert f'"{name}"' in source or name in alarms, name


def test_every_topic_of_the_outbox_has_a_sender() -> None:
    source = "".join(path.read_text() for path in (HOME / "models" / "actions").glob("*.py"))
    topics = set(re.findall(r'outbox\.put\(\s*"(\w+)"', source))
    carried = set(re.findall(r'"(\w+)": senders\.', (HOME / "workers" / "process.py").read_text()))
    assert topics and topics == carried


def test_every_job_is_registered_once() -> None:
    names = [job.run.__name__ for job in jobs.JOBS]
    assert len(names) == len(set(names))
    queued = set(re.findall(r'enqueue_job\("(\w+)"', "".join(p.read_text() for p in HOME.glob("[aw]*/**/*.py"))))
    assert queued == set(names)
    assert process.serve.__doc__


def test_states_have_words() -> None:
    assert set(flow.STATE_WORDS) == STATES["case"] and set(flow.TASK_WORDS) == STATES["task"]
