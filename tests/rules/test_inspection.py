"""The draw of spot checks: fixed by seed and task, fair, and wrong once anything in it is touched."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from models.rules import inspection as rules
from models.rules.inspection import Decision

SEED = bytes(range(32))
TASK = UUID("0193a0a0-0000-7000-8000-000000000001")


def test_a_number_can_be_counted_by_hand() -> None:
    """HMAC-SHA256 of the 16 bytes of the id, first 8 bytes as a fraction of 2^64, times a million; with openssl:
    printf '0193a0a0000070008000000000000001' | xxd -r -p | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102..1f
    """
    assert rules.draw(SEED, TASK) == int("79249396543616c8", 16) * 1_000_000 // 2**64


@given(st.binary(min_size=32, max_size=32), st.uuids())
def test_a_number_lies_in_its_range_and_comes_again(seed: bytes, task: UUID) -> None:
    number = rules.draw(seed, task)
    assert 0 <= number < rules.WHOLE
    assert number == rules.draw(seed, task)
    assert not rules.drawn(number, 0)
    assert rules.drawn(number, rules.WHOLE)


def test_a_tenth_is_a_tenth() -> None:
    found = [rules.draw(SEED, UUID(int=n)) for n in range(20_000)]
    share = sum(rules.drawn(number, rules.millionths(0.1)) for number in found) / len(found)
    assert 0.093 < share < 0.107
    other = [rules.draw(bytes(32), UUID(int=n)) for n in range(200)]
    assert other != found[:200]


def test_rates_are_millionths_and_said_as_percent() -> None:
    assert (rules.millionths(0.1), rules.millionths(0.025), rules.millionths(1.0)) == (100_000, 25_000, 1_000_000)
    assert [rules.percent(rate) for rate in (100_000, 25_000, 1_000_000)] == ["10%", "2.5%", "100%"]


def _month(rate: int) -> tuple[list[Decision], dict[UUID, tuple[int, int]]]:
    """Two hundred honest decisions and the inspections that follow from them."""
    tasks = [UUID(int=n + 1) for n in range(200)]
    decisions = [Decision(task, rate, rules.draw(SEED, task)) for task in tasks]
    spots = {d.task_id: (rate, d.number or 0) for d in decisions if rules.drawn(d.number or 0, rate)}
    return decisions, spots


def test_an_honest_month_is_found_in_order() -> None:
    decisions, spots = _month(100_000)
    assert 5 < len(spots) < 40
    assert rules.again(SEED, decisions, spots) == []


def test_a_suppressed_inspection_is_found() -> None:
    decisions, spots = _month(100_000)
    gone = next(iter(spots))
    del spots[gone]
    assert [(w.kind, w.task_id) for w in rules.again(SEED, decisions, spots)] == [("suppressed", gone)]


def test_an_invented_inspection_is_found() -> None:
    decisions, spots = _month(100_000)
    spared = next(d for d in decisions if d.task_id not in spots)
    spots[spared.task_id] = (100_000, 5)
    stranger = UUID(int=9_999)
    spots[stranger] = (100_000, 5)
    assert [(w.kind, w.task_id) for w in rules.again(SEED, decisions, spots)] == [
        ("invented", spared.task_id), ("invented", stranger),
    ]  # fmt: skip


def test_another_number_rate_or_no_record_is_found() -> None:
    decisions, spots = _month(100_000)
    first, second, third = decisions[0], decisions[1], next(d for d in decisions if d.task_id in spots)
    touched = [
        Decision(first.task_id, 100_000, (first.number or 0) ^ 1) if d is first
        else Decision(second.task_id, None, None) if d is second else d
        for d in decisions
    ]  # fmt: skip
    spots[third.task_id] = (100_001, third.number or 0)
    kinds = {w.kind for w in rules.again(SEED, touched, spots)}
    assert kinds >= {"other_number", "unrecorded", "other_draw"}
