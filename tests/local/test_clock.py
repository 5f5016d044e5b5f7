"""`main.py clock explain`: an answer without a database, and a bad argument told in words with status 2."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local import clock

HOME = Path(__file__).parents[2]
ASKED = ["explain", "--received", "2026-02-13T16:30", "--limit", "20wd"]


def said(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    status = clock.perform(args)
    out, err = capsys.readouterr()
    return status, out, err


def test_it_answers_without_a_database(tmp_path: Path) -> None:
    """As a supervisor runs it, on a machine whose database is not there."""
    asked = [*ASKED, "--suspend", "2026-03-02..2026-03-05", "--extend", "10wd", "--at", "2026-03-10", "--json"]
    away = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "VAR": str(tmp_path), "DEMO": "1"}
    run = subprocess.run(
        [sys.executable, "main.py", "clock", *asked], cwd=HOME, capture_output=True, text=True, timeout=30,
        env={**os.environ, **away},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert {key: json.loads(run.stdout)[key] for key in ("received_on", "due_on", "day", "of", "remaining")} == {
        "received_on": "2026-02-13", "due_on": "2026-04-09", "day": 9, "of": 30, "remaining": 21,
    }  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_it_explains_itself_to_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = said(capsys, *ASKED, "--suspend", "2026-03-02..2026-03-05:专家评审", "--at", "2026-03-10T09:00")
    assert status == 0
    assert out.splitlines() == [
        "第9个工作日，共20个；专家评审扣除4天；应于3月25日前办结", "",
        "  2月13日（周五）收到", "  收到当天不算，2月14日（周六）是第1个工作日", "  周六周日不算",
        "  春节放假不算：2月15日至23日", "  调休上班的周末要算：2月14日（周六）、2月28日（周六）",
        "  专家评审，3月2日至5日不算，扣除4个工作日", "  第20个工作日是3月25日（周三），最晚这一天办结",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("args", "which", "should"),
    [
        ([], "要做什么", "explain"),
        (["tell"], "要做什么", "explain"),
        (["explain", "--limit", "20wd"], "--received", "2026-02-13T16:30"),
        (["explain", "--received", "2026-02-13"], "--limit", "20wd"),
        (["explain", "--received", "2026-02-13", "--limit", "-5wd"], "--limit", "20wd"),
        (["explain", "--received", "2026-02-13", "--limit", "20"], "--limit 现在是“20”", "20wd"),
        (["explain", "--received", "2026-02-13", "--limit", "20 days"], "--limit", "20wd"),
        (["explain", "--received", "2026-02-13", "--limit", "99999wd"], "--limit", "3660"),
        (["explain", "--received", "2026-02-30T10:00", "--limit", "20wd"], "--received", "2026-02-13T16:30"),
        (["explain", "--received", "2026-02-13T25:00", "--limit", "20wd"], "--received", "2026-02-13T16:30"),
        (["explain", "--received", "明天", "--limit", "20wd"], "--received", "2026-03-02"),
        ([*ASKED, "--suspend", "2026-03-05..2026-03-02"], "--suspend", "请调换"),
        ([*ASKED, "--suspend", "三月"], "--suspend", "2026-03-02"),
        ([*ASKED, "--suspend"], "--suspend", "2026-03-02..2026-03-05"),
        ([*ASKED, "--extend", "10cd"], "--extend", "工作日"),
        ([*ASKED, "--extend", "0wd"], "--extend", "至少延长 1 天"),
        ([*ASKED, "--at", "morgen"], "--at", "2026-03-02"),
        ([*ASKED, "--suspend", "2026-03-02..9999-12-31"], "日期太远", "年份"),
        (["explain", "--received", "9999-12-31T18:00", "--limit", "20wd"], "日期太远", "年份"),
        ([*ASKED, "--colour", "red"], "--colour", "不认识"),
        ([*ASKED, "--js"], "--js", "不认识"),
    ],
)
def test_a_bad_argument_is_named(capsys: pytest.CaptureFixture[str], args: list[str], which: str, should: str) -> None:
    status, out, err = said(capsys, *args)
    assert (status, out) == (2, "")
    first = err.splitlines()[0]
    assert which in first and should in first, err
    assert "--received" in err.split("\n\n", 1)[1]  # how it is asked stands below


def test_a_date_without_its_hour_was_in_office_hours(capsys: pytest.CaptureFixture[str]) -> None:
    on_day = json.loads(said(capsys, "explain", "--received", "2026-02-13", "--limit", "20wd", "--json")[1])
    assert (on_day["received_on"], on_day["due_on"]) == ("2026-02-13", "2026-03-19")
    off = said(capsys, "explain", "--received", "2026-02-17", "--limit", "1wd", "--at", "2026-02-24")[1]
    assert "2月17日（周二）是春节，不上班，算下一个工作日收到" in off and "2月25日（周三）是第1个工作日" in off


def test_an_unpublished_year_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "explain", "--received", "2026-12-28T10:00", "--limit", "5wd", "--at", "2026-12-29")[1]
    assert "2027年放假安排还没有公布，按周末推算" in out.splitlines()[0]


def test_help_is_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = said(capsys, "explain", "--help")
    assert status == 0 and "自然日" in out and "--suspend" in out


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A county of one's own: the calendars and settings of the model, to be changed."""
    shutil.copytree(HOME / "county" / "calendars", tmp_path / "calendars")
    shutil.copy(HOME / "county" / "settings.yaml", tmp_path)
    monkeypatch.setenv("COUNTY", str(tmp_path))
    return tmp_path


def test_the_closing_hour_is_the_countys(county: Path, capsys: pytest.CaptureFixture[str]) -> None:
    late = ["explain", "--received", "2026-11-18T18:00", "--limit", "5wd", "--json"]
    assert json.loads(said(capsys, *late)[1])["received_on"] == "2026-11-19"
    file = county / "settings.yaml"
    file.write_text(file.read_text("utf-8").replace("cutoff: '17:30'", "cutoff: '18:30'"), "utf-8")
    assert json.loads(said(capsys, *late)[1])["received_on"] == "2026-11-18"


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("calendars/2026.yaml", "year: [", "2026.yaml"),
        ("calendars/2026.yaml", "year: 2026", "2026.yaml 的写法不对"),
        ("settings.yaml", "settings: {}", "settings.yaml 的写法不对"),
        ("settings.yaml", "- 1", "settings.yaml"),
    ],
)
def test_a_broken_file_is_named(
    county: Path, capsys: pytest.CaptureFixture[str], file: str, text: str, words: str
) -> None:
    (county / file).write_text(text, "utf-8")
    status, out, err = said(capsys, *ASKED)
    assert (status, out) == (1, "") and words in err


def test_a_folder_without_calendars_and_a_bad_setting_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COUNTY", str(tmp_path))
    assert said(capsys, *ASKED)[0] == 1
    monkeypatch.setenv("PORT", "abc")
    status, _, err = said(capsys, *ASKED)
    assert status == 1 and "PORT" in err
