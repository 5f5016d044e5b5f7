"""When a limit ends. Every expected date was counted by hand on the calendar of the State Council's notices."""

from datetime import UTC, date, datetime, time

import pytest

from models.base import SHANGHAI, Refusal
from models.rules.clock import Clock
from models.rules.limits import ClockRules, Limit, Pause, parse_limit, parse_pause

DUE = [
    # 2024: New Year, 春节 10-17 Feb with Sundays 4 and 18 Feb worked, leap day
    ("2023-12-29", "1wd", "2024-01-02"),
    ("2024-01-01", "1wd", "2024-01-02"),
    ("2024-02-02", "1wd", "2024-02-04"),
    ("2024-02-02", "5wd", "2024-02-08"),
    ("2024-02-09", "1wd", "2024-02-18"),
    ("2024-02-08", "2wd", "2024-02-18"),
    ("2024-02-05", "20wd", "2024-03-08"),
    ("2024-02-28", "1wd", "2024-02-29"),
    ("2024-02-29", "1wd", "2024-03-01"),
    # 清明 4-6 Apr, Sunday 7 worked; 劳动节 1-5 May, 28 Apr and 11 May worked; 端午 10 Jun
    ("2024-04-03", "5wd", "2024-04-11"),
    ("2024-04-26", "1wd", "2024-04-28"),
    ("2024-04-30", "1wd", "2024-05-06"),
    ("2024-04-30", "5wd", "2024-05-10"),
    ("2024-04-30", "6wd", "2024-05-11"),
    ("2024-06-07", "1wd", "2024-06-11"),
    # 中秋 15-17 Sep, Saturday 14 worked; 国庆 1-7 Oct, 29 Sep and 12 Oct worked
    ("2024-09-13", "1wd", "2024-09-14"),
    ("2024-09-14", "1wd", "2024-09-18"),
    ("2024-09-27", "1wd", "2024-09-29"),
    ("2024-09-30", "1wd", "2024-10-08"),
    ("2024-09-30", "5wd", "2024-10-12"),
    ("2024-12-31", "1wd", "2025-01-02"),
    # 2025: 春节 28 Jan - 4 Feb, 26 Jan and 8 Feb worked
    ("2025-01-24", "1wd", "2025-01-26"),
    ("2025-01-27", "1wd", "2025-02-05"),
    ("2025-01-27", "4wd", "2025-02-08"),
    ("2025-01-27", "5wd", "2025-02-10"),
    ("2025-04-03", "1wd", "2025-04-07"),
    ("2025-04-25", "1wd", "2025-04-27"),
    ("2025-04-30", "1wd", "2025-05-06"),
    ("2025-05-30", "1wd", "2025-06-03"),
    ("2025-09-26", "1wd", "2025-09-28"),
    ("2025-09-30", "1wd", "2025-10-09"),
    ("2025-09-30", "3wd", "2025-10-11"),
    ("2025-12-31", "1wd", "2026-01-04"),
    # 2026: 春节 15-23 Feb, Saturdays 14 and 28 Feb worked
    ("2025-12-31", "6wd", "2026-01-09"),
    ("2026-02-13", "1wd", "2026-02-14"),
    ("2026-02-14", "1wd", "2026-02-24"),
    ("2026-02-14", "5wd", "2026-02-28"),
    ("2026-02-27", "1wd", "2026-02-28"),
    ("2026-02-28", "1wd", "2026-03-02"),
    ("2026-04-03", "1wd", "2026-04-07"),
    ("2026-04-30", "1wd", "2026-05-06"),
    ("2026-04-30", "4wd", "2026-05-09"),
    ("2026-06-18", "1wd", "2026-06-22"),
    ("2026-09-18", "1wd", "2026-09-20"),
    ("2026-09-24", "1wd", "2026-09-28"),
    ("2026-09-30", "1wd", "2026-10-08"),
    ("2026-09-30", "3wd", "2026-10-10"),
    ("2026-11-18", "5wd", "2026-11-25"),
    ("2026-11-24", "10wd", "2026-12-08"),
    ("2026-01-05", "45wd", "2026-03-13"),
    ("2026-12-31", "1wd", "2027-01-01"),  # nobody has published that day as off
    # natural days: one that ends on a day off ends on the next working day (民法典 art. 203)
    ("2026-03-02", "30cd", "2026-04-01"),
    ("2026-03-05", "30cd", "2026-04-07"),
    ("2026-02-01", "15cd", "2026-02-24"),
    ("2026-04-20", "15cd", "2026-05-06"),
    ("2026-09-02", "30cd", "2026-10-08"),
    ("2026-09-08", "3cd", "2026-09-11"),
    ("2025-01-20", "15cd", "2025-02-05"),
    ("2024-01-10", "30cd", "2024-02-09"),
    ("2024-01-11", "30cd", "2024-02-18"),
    ("2026-01-31", "60cd", "2026-04-01"),
    ("2026-05-07", "2cd", "2026-05-09"),
    ("2024-02-28", "1cd", "2024-02-29"),
    # on the spot: the same day
    ("2026-11-18", "0wd", "2026-11-18"),
]


@pytest.mark.parametrize(("start", "limit", "due"), DUE)
def test_due(clock: Clock, start: str, limit: str, due: str) -> None:
    assert clock.due_on(date.fromisoformat(start), parse_limit(limit)) == date.fromisoformat(due)


PAUSED = [
    ("2026-02-13", "20wd", ["2026-03-02..2026-03-05"], None, "2026-03-25", 4),
    ("2026-09-28", "10wd", ["2026-09-30..2026-10-09"], None, "2026-10-21", 3),  # 国庆 inside is not given back twice
    ("2026-11-02", "10wd", ["2026-11-04..2026-11-06", "2026-11-06..2026-11-09"], None, "2026-11-20", 4),
    ("2026-11-02", "10wd", ["2026-11-06..2026-11-09", "2026-11-04..2026-11-06"], None, "2026-11-20", 4),
    ("2026-11-02", "10wd", ["2026-11-07..2026-11-08"], None, "2026-11-16", 0),  # a weekend would not have counted
    ("2026-11-02", "5wd", ["2026-11-20..2026-11-24"], None, "2026-11-09", 0),  # after the end: nothing to give back
    ("2026-11-02", "5wd", ["2026-11-09..2026-11-09"], None, "2026-11-10", 1),  # the last day itself
    ("2026-11-02", "5wd", ["2026-10-28..2026-11-03"], None, "2026-11-10", 1),  # begun before the start
    ("2026-02-10", "10wd", ["2026-02-14..2026-02-24"], None, "2026-03-04", 2),  # a worked Saturday counts as a day
    ("2026-03-02", "30cd", ["2026-03-10..2026-03-19"], None, "2026-04-13", 10),
    ("2026-02-13", "20wd", [], "10wd", "2026-04-02", 0),
    ("2026-02-13", "20wd", ["2026-03-02..2026-03-05"], "10wd", "2026-04-09", 4),
    ("2026-01-05", "45wd", [], "15wd", "2026-04-03", 0),
    ("2026-01-31", "60cd", [], "30cd", "2026-05-06", 0),
]


@pytest.mark.parametrize(("start", "limit", "pauses", "more", "due", "excluded"), PAUSED)
def test_pauses_and_extensions(
    clock: Clock, start: str, limit: str, pauses: list[str], more: str | None, due: str, excluded: int
) -> None:
    seen = clock.explain(
        date.fromisoformat(start), parse_limit(limit), at=date.fromisoformat(start),
        pauses=[parse_pause(text) for text in pauses], extension=parse_limit(more) if more else None,
    )  # fmt: skip
    assert (seen.due_on, seen.excluded) == (date.fromisoformat(due), excluded)


RECEIVED = [
    ("2026-02-13T16:30:00", "2026-02-13"),
    ("2026-02-13T17:30:00", "2026-02-13"),
    ("2026-02-13T17:30:01", "2026-02-14"),  # a worked Saturday
    ("2026-02-14T09:00:00", "2026-02-14"),
    ("2026-02-14T17:31:00", "2026-02-24"),
    ("2026-02-18T10:00:00", "2026-02-24"),
    ("2026-09-30T23:59:59", "2026-10-08"),
    ("2026-10-03T10:00:00", "2026-10-08"),
    ("2026-11-20T18:00:00", "2026-11-23"),
    ("2026-11-21T10:00:00", "2026-11-23"),
    ("2026-11-23T00:00:00", "2026-11-23"),
    ("2024-02-09T17:00:00", "2024-02-09"),
    ("2024-02-09T17:45:00", "2024-02-18"),
    ("2024-02-29T23:59:59", "2024-03-01"),
    ("2025-01-25T10:00:00", "2025-01-26"),
    ("2026-12-31T18:00:00", "2027-01-01"),
]


@pytest.mark.parametrize(("moment", "day"), RECEIVED)
def test_received(clock: Clock, moment: str, day: str) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
    assert clock.received_on(at) == date.fromisoformat(day)
    assert clock.received_on(at.astimezone(UTC)) == date.fromisoformat(day)


def test_the_closing_hour_is_a_setting(clock: Clock) -> None:
    late = Clock(clock.calendar, ClockRules(cutoff=time(18, 30)))
    assert late.received_on(datetime(2026, 11, 20, 18, 0, tzinfo=SHANGHAI)) == date(2026, 11, 20)


def test_a_moment_needs_a_zone(clock: Clock) -> None:
    with pytest.raises(ValueError, match="time zone"):
        clock.received_on(datetime(2026, 11, 20, 18, 0))  # noqa: DTZ001


def test_the_limit_runs_out_at_the_next_local_midnight(clock: Clock) -> None:
    assert clock.due_at(date(2026, 12, 8)) == datetime(2026, 12, 8, 16, 0, tzinfo=UTC)


def test_the_example_of_a_supervisor(clock: Clock) -> None:
    seen = clock.explain(
        datetime(2026, 2, 13, 16, 30, tzinfo=SHANGHAI), parse_limit("20wd"), at=date(2026, 3, 10),
        pauses=[parse_pause("2026-03-02..2026-03-05:专家评审")], extension=parse_limit("10wd"),
    )  # fmt: skip
    assert seen.as_dict() | {"explain": []} == {
        "received_on": "2026-02-13", "due_on": "2026-04-09", "day": 9, "of": 30, "remaining": 21, "excluded": 4,
        "light": "green", "words": "第9个工作日，共30个；经批准延长10个工作日；专家评审扣除4天；应于4月9日前办结",
        "unit": "工作日", "guessed": False, "explain": [],
    }  # fmt: skip
    assert seen.explain == [
        "2月13日（周五）收到",
        "收到当天不算，2月14日（周六）是第1个工作日",
        "周六周日不算",
        "春节放假不算：2月15日至23日",
        "清明节放假不算：4月4日至6日",
        "调休上班的周末要算：2月14日（周六）、2月28日（周六）",
        "专家评审，3月2日至5日不算，扣除4个工作日",
        "经批准延长10个工作日，共30个",
        "第30个工作日是4月9日（周四），最晚这一天办结",
    ]


LIGHTS = [  # 20 working days from 2026-11-02: day 20 is 2026-11-30; amber from 4 left (20 %)
    ("2026-11-02", "20wd", [], "2026-11-02", "green", 0, "正常", "剩20日"),
    ("2026-11-02", "20wd", [], "2026-11-23", "green", 15, "正常", "剩5日"),
    ("2026-11-02", "20wd", [], "2026-11-24", "amber", 16, "还剩4天", "剩4日"),
    ("2026-11-02", "20wd", [], "2026-11-28", "amber", 19, "还剩1天", "剩1日"),
    ("2026-11-02", "20wd", [], "2026-11-30", "amber", 20, "今天到期", "今天到期"),
    ("2026-11-02", "20wd", [], "2026-12-01", "red", 21, "已超期", "超1日"),
    ("2026-11-02", "20wd", [], "2026-12-06", "red", 24, "已超期", "超4日"),
    ("2026-11-02", "20wd", ["2026-11-09..2026-11-13:听证"], "2026-11-10", "grey", 4, "暂停计时", "暂停中"),
    ("2026-11-02", "20wd", ["2026-11-09..2026-11-13:听证"], "2026-11-16", "green", 5, "正常", "剩15日"),
    ("2026-11-02", "5wd", [], "2026-11-06", "amber", 4, "还剩1天", "剩1日"),  # at least one day
    ("2026-11-02", "5wd", [], "2026-11-05", "green", 3, "正常", "剩2日"),
    ("2026-11-06", "5wd", [], "2026-11-14", "red", 5, "已超期", "超1日"),  # past since Friday night, though Saturday
    ("2026-03-05", "30cd", [], "2026-04-05", "amber", 30, "4月7日到期", "剩0日"),  # moved on from a day off
    ("2026-03-05", "30cd", [], "2026-04-08", "red", 31, "已超期", "超1日"),
    ("2026-11-18", "0wd", [], "2026-11-18", "amber", 0, "今天到期", "今天到期"),
]


@pytest.mark.parametrize(("start", "limit", "pauses", "at", "light", "day", "word", "short"), LIGHTS)
def test_lights(
    clock: Clock, start: str, limit: str, pauses: list[str], at: str, light: str, day: int, word: str, short: str
) -> None:
    if start == "2026-11-06" and at == "2026-11-14":
        assert clock.due_on(date(2026, 11, 6), parse_limit(limit)) == date(2026, 11, 13)
    seen = clock.explain(
        date.fromisoformat(start), parse_limit(limit), at=date.fromisoformat(at),
        pauses=[parse_pause(text) for text in pauses],
    )  # fmt: skip
    assert (seen.light, seen.day, seen.word, seen.short) == (light, day, word, short)
    assert seen.day + seen.remaining == seen.of


def test_thresholds_are_settings(clock: Clock) -> None:
    nervous = Clock(clock.calendar, ClockRules(amber_share=0.5, amber_min=1))
    assert nervous.explain(date(2026, 11, 2), Limit(20), at=date(2026, 11, 16)).light == "amber"


WORDS = [
    ("2026-11-24", "10wd", [], "2026-11-24", "11月25日是第1个工作日，共10个；应于12月8日前办结"),
    ("2026-11-24", "10wd", [], "2026-12-03", "第7个工作日，共10个；应于12月8日前办结"),
    ("2026-11-24", "10wd", [], "2026-12-10", "已超过2个工作日，共10个；应于12月8日前办结"),
    ("2026-11-27", "5wd", [], "2026-12-05", "已过期，期限是5个工作日；应于12月4日前办结"),
    ("2026-11-18", "0wd", [], "2026-11-18", "11月18日收到，当天办；应于11月18日当天办结"),
    (
        "2026-11-02", "20wd", ["2026-11-09..2026-11-13:听证"], "2026-11-10",
        "第4个工作日，共20个；听证，现在暂停计时；听证扣除5天；应于12月7日前办结",
    ),
    (
        "2026-12-28", "5wd", [], "2026-12-29",
        "第1个工作日，共5个；应于2027年1月4日前办结；2027年放假安排还没有公布，按周末推算",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("start", "limit", "pauses", "at", "words"), WORDS)
def test_words(clock: Clock, start: str, limit: str, pauses: list[str], at: str, words: str) -> None:
    seen = clock.explain(
        date.fromisoformat(start), parse_limit(limit), at=date.fromisoformat(at),
        pauses=[parse_pause(text) for text in pauses],
    )  # fmt: skip
    assert seen.words == words


def test_the_app_leads_with_the_date(clock: Clock) -> None:
    seen = clock.explain(date(2026, 11, 24), Limit(10), at=date(2026, 11, 24), verb="答复")
    assert seen.latest == "最晚12月8日（周二）"


def test_the_ruler(clock: Clock) -> None:
    seen = clock.explain(
        date(2026, 9, 23), Limit(5), at=date(2026, 9, 29), pauses=[Pause(date(2026, 9, 30), date(2026, 9, 30), "检测")]
    )
    assert [(str(box["date"])[5:], box["n"], box["kind"], box["name"]) for box in seen.days] == [
        ("09-23", None, "start", ""),
        ("09-24", 1, "past", ""),
        ("09-25", None, "off", "中秋节"),
        ("09-26", None, "off", "中秋节"),
        ("09-27", None, "off", "中秋节"),
        ("09-28", 2, "past", ""),
        ("09-29", 3, "today", ""),
        ("09-30", None, "paused", ""),
        *[(f"10-0{n}", None, "off", "国庆节") for n in range(1, 8)],
        ("10-08", 4, "future", ""),
        ("10-09", 5, "due", ""),
    ]


def test_the_ruler_of_a_late_one_goes_on_to_today(clock: Clock) -> None:
    seen = clock.explain(date(2026, 11, 2), Limit(3), at=date(2026, 11, 9))
    kinds = [box["kind"] for box in seen.days]
    assert kinds == ["start", "past", "past", "due", "late", "off", "off", "late"]


def test_a_clock_forgotten_for_years_keeps_a_short_ruler(clock: Clock) -> None:
    assert len(clock.explain(date(2024, 1, 2), Limit(5), at=date(2026, 11, 9)).days) == 400


def test_an_open_pause_runs_on_until_somebody_ends_it(clock: Clock) -> None:
    running = [Pause(date(2026, 11, 4), date(2026, 11, 6), "鉴定", open=True)]
    planned = clock.due_on(date(2026, 11, 2), Limit(5), pauses=running, on=date(2026, 11, 4))
    overrun = clock.due_on(date(2026, 11, 2), Limit(5), pauses=running, on=date(2026, 11, 11))
    assert (planned, overrun) == (date(2026, 11, 12), date(2026, 11, 17))
    assert clock.explain(date(2026, 11, 2), Limit(5), at=date(2026, 11, 11), pauses=running).light == "grey"


def test_days_of_a_pause_after_the_end_are_no_days_late(clock: Clock) -> None:
    """Art. 45: the time of a hearing is not counted, for a late one either."""
    hearing = [Pause(date(2026, 11, 11), date(2026, 11, 13), "听证", open=True)]
    seen = clock.explain(date(2026, 11, 2), Limit(5), at=date(2026, 11, 17), pauses=hearing)
    assert (seen.light, seen.day, seen.words) == (
        "red", 6, "已超过1个工作日，共5个；听证，现在暂停计时；应于11月9日前办结",
    )  # fmt: skip
    assert [box["kind"] for box in seen.days][-9:] == ["due", "late", *["paused"] * 7]


def test_deemed_acceptance_dates_back_to_the_day_of_receipt(clock: Clock) -> None:
    """Art. 32: silent for 5 working days, accepted from the day the materials were received."""
    received = clock.received_on(datetime(2026, 9, 30, 23, 59, 59, tzinfo=SHANGHAI))
    assert received == date(2026, 10, 8)
    assert clock.due_on(received, Limit(5)) == date(2026, 10, 14)
    assert clock.due_on(received, Limit(20)) == date(2026, 11, 4)


@pytest.mark.parametrize("text", ["20", "wd", "-5wd", "20 wd", "20wd;", "999999wd", "２０wd", "", "1e3wd", "20xd"])
def test_a_limit_written_wrongly_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_limit(text)
    assert refused.value.code == "bad_limit"


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13-01", "20260301", "昨天", "2026-03-02...2026-03-05"])
def test_a_pause_written_wrongly_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_pause(text)
    assert refused.value.code == "bad_date"


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        parse_pause("2026-03-05..2026-03-02")
    assert refused.value.code == "pause_backwards"


def test_an_extension_has_the_unit_of_its_limit(clock: Clock) -> None:
    with pytest.raises(Refusal) as refused:
        clock.due_on(date(2026, 11, 2), parse_limit("30cd"), extension=parse_limit("10wd"))
    assert refused.value.code == "extension_unit"


def test_a_pause_without_end_is_refused_not_looped(clock: Clock) -> None:
    with pytest.raises(Refusal) as refused:
        clock.due_on(date(2026, 1, 5), Limit(5), pauses=[Pause(date(2026, 1, 5), date(2999, 1, 1))])
    assert refused.value.code == "date_out_of_range"
