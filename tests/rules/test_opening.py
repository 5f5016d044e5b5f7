"""The places of a day by hand and by thousands of drawn days; from old slots to new without taking anybody's place."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from models.base import SHANGHAI, new_id
from models.rules.opening import Grid, GridSlot, Plan, grid, group_for, minutes_for
from models.rules.regrid import Held, changes

DAY = date(2026, 12, 2)  # a Wednesday
HOURS = {"days": [1, 2, 3, 4, 5], "am": "08:30-12:00", "pm": "14:30-17:30"}
LONG_AGO = datetime(2026, 1, 1, tzinfo=SHANGHAI)


@dataclass
class Group:
    code: str
    kind: str
    departments: list[str] = field(default_factory=list)
    slot_minutes: int | None = 15
    per_slot: int | None = 4
    name: str = "窗口"


@dataclass
class Special:
    group_code: str = ""
    intervals: list[list[str]] = field(default_factory=list)
    per_slot: int | None = None


def plan(**more: Any) -> Plan:
    return Plan(**{"hours": {"": HOURS}, "share": 0.25, "travelling": [], **more})


def day(groups: list[Group], *specials: Special, on: date = DAY, **more: Any) -> Grid:
    rules = more.pop("plan", plan())
    return grid(on, groups, rules, specials, **{"worked": True, "made_up": False, **more})


def at(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(DAY, time(hour, minute), SHANGHAI)


def test_a_plain_day_of_a_general_window() -> None:
    slots = day([Group("A", "comprehensive")]).slots
    assert len(slots) == 14 + 12  # 3.5 h and 3 h of quarters
    assert (slots[0].starts_at, slots[13].ends_at) == (at(8, 30), at(12))
    assert (slots[14].starts_at, slots[-1].ends_at) == (at(14, 30), at(17, 30))
    assert {slot.capacity for slot in slots} == {3}  # a quarter of four is for those who walk in


def test_one_place_can_always_be_booked_and_other_windows_are_not() -> None:
    slots = day([Group("J", "specialist", per_slot=1), Group("P", "delivery"), Group("X", "coordination")]).slots
    assert {(slot.group_code, slot.capacity) for slot in slots} == {("J", 1)}


def test_days_off_and_weekend_days_worked_instead() -> None:
    group, saturday = [Group("A", "comprehensive")], date(2026, 12, 5)
    assert not day(group, worked=False).slots
    assert not day(group, on=saturday).slots
    assert len(day(group, on=saturday, made_up=True).slots) == 26


def test_exceptions_close_move_and_thin_out() -> None:
    group = [Group("A", "comprehensive"), Group("D", "specialist")]
    assert not day(group, Special()).slots
    assert {slot.group_code for slot in day(group, Special("D")).slots} == {"A"}
    moved = day(group, Special("", [["09:00", "10:00"]])).slots
    assert [slot.starts_at for slot in moved if slot.group_code == "A"] == [at(9), at(9, 15), at(9, 30), at(9, 45)]
    thin = day(group, Special("A", [], 2)).slots
    assert len(thin) == 52 and {slot.capacity for slot in thin if slot.group_code == "A"} == {2}
    both = day(group, Special(""), Special("D", [["09:00", "09:30"]])).slots  # its own goes before the hall's
    assert [(slot.group_code, slot.starts_at) for slot in both] == [("D", at(9)), ("D", at(9, 15))]


def test_hours_of_one_group_and_travelling_departments() -> None:
    hours = {"": HOURS, "H": {"days": [1, 2, 3, 4, 5, 6], "am": "09:00-10:00", "pm": None}}
    comes = {"department": "SJ", "weekdays": [3], "dates": [], "hours": ["09:00-10:00"], "minutes": 20, "per_slot": 2}
    rules = plan(hours=hours, travelling=[comes])
    slots = day([Group("H", "specialist", slot_minutes=30, per_slot=2)], plan=rules).slots
    assert [(s.kind, s.group_code, s.starts_at, s.capacity) for s in slots] == [
        ("hall", "H", at(9), 1), ("hall", "H", at(9, 30), 1),
        ("travelling", "SJ", at(9), 2), ("travelling", "SJ", at(9, 20), 2), ("travelling", "SJ", at(9, 40), 2),
    ]  # fmt: skip
    assert {s.kind for s in day([], plan=rules, on=DAY + timedelta(days=1)).slots} == set()


def test_where_an_item_is_booked() -> None:
    tax = {"department": {"code": "SW"}, "window": "specialist"}
    groups = [
        Group("A", "comprehensive", ["MZ"]), Group("B", "comprehensive"), Group("D", "specialist", ["ZR", "SW"]),
        Group("E", "specialist", ["SW"]),
    ]  # fmt: skip
    assert group_for(tax, groups).code == "E"  # type: ignore[union-attr]
    assert group_for(tax, groups[:3]).code == "D"  # type: ignore[union-attr]
    assert group_for({"department": {"code": "MZ"}}, groups).code == "A"  # type: ignore[union-attr]
    assert group_for({"department": {"code": "NY"}}, groups).code == "B"  # type: ignore[union-attr]
    assert group_for({"department": {"code": "NY"}}, groups[:1]) is None
    assert minutes_for("SJ02", groups[0], {"durations": {"SJ02": 40}}) == 40
    assert minutes_for("SJ01", groups[0], {}) == 15


# ------------------------------------------------------------------ from old to new


def held(slot: GridSlot, used: int = 0, *, closed: bool = False, ends_at: datetime | None = None) -> Held:
    return Held(
        new_id(), slot.kind, slot.group_code, slot.starts_at, ends_at or slot.ends_at, slot.capacity, used, closed
    )


def test_nothing_to_do_twice() -> None:
    wanted = day([Group("A", "comprehensive")])
    assert changes(wanted, [held(slot) for slot in wanted.slots], LONG_AGO) == []
    assert len(changes(wanted, [], LONG_AGO)) == 26
    assert changes(wanted, [], at(18)) == []  # the day is over


def test_fewer_places_never_take_one_that_is_booked() -> None:
    old = day([Group("A", "comprehensive", per_slot=8)])
    new = day([Group("A", "comprehensive", per_slot=2)])
    rows = [held(slot, used=5 if place == 0 else 0) for place, slot in enumerate(old.slots)]
    found = changes(new, rows, LONG_AGO)
    assert {each.slot.capacity for each in found if each.id == rows[0].id} == {5}
    assert {each.slot.capacity for each in found if each.id != rows[0].id} == {1}
    assert not any(each.grew or each.shut for each in found)


def test_more_places_are_for_who_waits() -> None:
    old, new = (day([Group("A", "comprehensive", per_slot=n)]) for n in (2, 4))
    found = changes(new, [held(slot, used=1) for slot in old.slots], LONG_AGO)
    assert found and all(each.grew and each.slot.capacity == 3 for each in found)


def test_another_length_keeps_who_is_booked_and_takes_them_off_the_new_places() -> None:
    old = day([Group("A", "comprehensive", slot_minutes=30)])
    new = day([Group("A", "comprehensive", slot_minutes=20)])
    rows = [held(slot, used=2 if slot.starts_at == at(9) else 0) for slot in old.slots]
    found = {each.slot.starts_at: each for each in changes(new, rows, LONG_AGO)}
    kept = next(row for row in rows if row.used)
    assert found[at(9)].id == kept.id and found[at(9)].closed and found[at(9)].shut
    assert found[at(9)].slot.ends_at == at(9, 30)
    assert found[at(8, 50)].slot.capacity == 1 and found[at(9, 10)].slot.capacity == 1  # two of three are busy
    assert found[at(9, 30)].slot.capacity == 3
    assert changes(new, _after(rows, list(found.values())), LONG_AGO) == []


def _after(rows: list[Held], found: list[Any]) -> list[Held]:
    """The day as it stands once the changes are written."""
    by_id = {row.id: row for row in rows}
    for each in found:
        slot, old = each.slot, by_id.get(each.id)
        fresh = Held(
            each.id or new_id(), slot.kind, slot.group_code, slot.starts_at, slot.ends_at, slot.capacity,
            old.used if old else 0, each.closed,
        )  # fmt: skip
        by_id[fresh.id] = fresh
    return list(by_id.values())


kinds = st.sampled_from(["comprehensive", "specialist"])
lines = st.lists(
    st.builds(Group, st.sampled_from("ABCD"), kinds, st.just([]), st.integers(5, 60), st.integers(1, 9)),
    max_size=4, unique_by=lambda group: group.code,
)  # fmt: skip
hours = st.sampled_from([[], [["08:30", "11:00"]], [["09:00", "10:10"], ["15:00", "17:00"]]])
specials = st.lists(
    st.builds(Special, st.sampled_from(["", "A", "B"]), hours, st.none() | st.integers(0, 5)), max_size=2
)


@given(lines, specials)
def test_slots_of_a_line_never_overlap_and_lie_within_its_hours(groups: list[Group], odd: list[Special]) -> None:
    found = day(groups, *odd)
    for group in groups:
        own = [slot for slot in found.slots if slot.group_code == group.code]
        assert all(one.ends_at <= other.starts_at for one, other in zip(own, own[1:], strict=False))
        assert all(found.within(("hall", group.code), slot.starts_at, slot.ends_at) for slot in own)
        assert all(slot.ends_at - slot.starts_at == timedelta(minutes=group.slot_minutes or 0) for slot in own)


@given(lines, specials, lines, specials, st.randoms(use_true_random=False))
def test_any_change_of_rules_keeps_every_place_and_comes_to_rest(
    groups: list[Group], odd: list[Special], later: list[Group], even: list[Special], draw: Any
) -> None:
    rows = [held(slot, used=draw.randint(0, slot.capacity)) for slot in day(groups, *odd).slots]
    wanted = day(later, *even)
    after = _after(rows, changes(wanted, rows, LONG_AGO))
    used: dict[UUID, int] = {row.id: row.used for row in rows}
    assert all(row.used == used.get(row.id, 0) and row.used <= row.capacity for row in after)
    kept = {row.id: row for row in rows if row.used}
    assert all(
        (row.starts_at, row.ends_at) == (kept[row.id].starts_at, kept[row.id].ends_at) for row in after if row.used
    )
    again = changes(wanted, after, LONG_AGO)
    assert again == [], again
