"""Loading the county's files: read, check, and put into the tables in one unit, or not at all (R15, R26).

`load` reports row by row. Loading the same folder twice changes nothing; a changed item gets a new version and the old
one is withdrawn, so that cases filed under it keep what they were promised. A calendar that changed moves the clocks
that run (recount.py); a loading cut short before that is done makes up for it at the next.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.actions import recount
from models.actions.load_opening import exceptions, opening_data
from models.actions.load_rows import Outcome, catalogue, places
from models.base import Refusal, rows, unit
from models.catalogue import CountyLoad
from models.reads import calendar as reads_calendar
from models.rules.county_shapes import County
from models.rules.yamlfile import Problem

FORMAT = "1"  # raise when the loader itself changes what it writes
LOCK = 4402290001  # one loading at a time
MOST_TOLD = 50
RECOUNT = "recount"  # in a loading's counts: what the clocks came to


@dataclass(frozen=True, slots=True)
class LoadRow:
    """One row as it was found: kind and outcome in English, `words` for the person at the terminal."""

    kind: str
    code: str
    name: str
    outcome: Outcome
    file: str

    @property
    def words(self) -> str:
        said = {"added": "新增", "changed": "更新", "unchanged": "没变", "withdrawn": "停用"}[self.outcome]
        return f"{said}  {self.code}  {self.name}"


@dataclass(slots=True)
class LoadReport:
    """What came of a loading. `counts`: kind -> outcome -> rows. `skipped`: the folder was the one in force.

    `recounted`: what the running clocks came to, when the calendar had changed.
    """

    digest: str
    skipped: bool = False
    counts: dict[str, dict[Outcome, int]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    recounted: recount.Recounted | None = None

    @property
    def words(self) -> str:
        clocks = f"。{self.recounted.words}" if self.recounted else ""
        return f"{self._rows}{clocks}"

    @property
    def _rows(self) -> str:
        if self.skipped:
            return "县里的数据没有变化"
        total: Counter[str] = Counter()
        for found in self.counts.values():
            total.update(found)
        parts = (("added", "新增"), ("changed", "更新"), ("unchanged", "没变"), ("withdrawn", "停用"))
        return "，".join(f"{words}{total[key]}" for key, words in parts)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a folder was refused: every problem with its file and line."""

    problems: list[Problem]

    def refusal(self) -> Refusal:
        told = self.problems[:MOST_TOLD]
        more = f"（只列出前{MOST_TOLD}处）" if len(self.problems) > MOST_TOLD else ""
        words = f"有{len(self.problems)}处不对，一行也没有载入{more}：\n" + "\n".join(p.words for p in told)
        errors = [{"pointer": f"{p.file}:{p.line}", "code": p.code, "detail": p.words} for p in told]
        return Refusal("county_refused", 422, words, errors)


async def load(
    folder: Path,
    report: Callable[[LoadRow], None] = lambda _: None,
    if_changed: bool = False,
    progress: recount.Progress = lambda _: None,
) -> LoadReport:
    """Load the folder. `report` is called for every row; with `if_changed` an unchanged folder is left at once.

    A changed calendar has every running clock counted anew; `progress` is told of it in words.

    Raises Refusal `county_refused` with file, line, what is wrong and the cure of everything found; nothing is loaded.
    """
    texts, broken = await asyncio.to_thread(read_folder, folder)
    digest = folder_digest(texts)
    if if_changed and not broken and await _in_force() == digest:
        return LoadReport(digest, skipped=True, recounted=await _recount(progress))
    county = await asyncio.to_thread(County, texts)
    problems = [*broken, *county.problems]
    if problems:
        raise Refused(problems).refusal()
    told = await unit(lambda: _write(county, digest))
    reads_calendar.forget()
    for row in told:
        report(row)
    return LoadReport(
        digest, counts=_counted(told), warnings=_warnings(county), recounted=await _recount(progress)
    )  # fmt: skip


async def _recount(progress: recount.Progress) -> recount.Recounted | None:
    """Count the clocks anew if a loading has changed the calendar since that was last done."""
    owed = [row for row in await CountyLoad.all().order_by("created_at") if _owes(row.counts)]
    if not owed:
        return None
    done = await recount.everything(progress)
    for row in owed:
        row.counts = {**row.counts, RECOUNT: {"clocks": done.clocks, "cases": done.cases, "moved": done.moved}}
        await row.save(update_fields=["counts"])
    return done


def _owes(counts: dict[str, dict[str, int]]) -> bool:
    found = {**counts.get("calendar_day", {}), **counts.get("calendar_year", {})}
    return RECOUNT not in counts and bool(found.keys() - {"unchanged"})


async def _write(county: County, digest: str) -> list[LoadRow]:
    await rows("SELECT pg_advisory_xact_lock($1)", LOCK)
    told: list[LoadRow] = []

    def tell(kind: str, code: str, name: str, outcome: Outcome, file: str) -> None:
        told.append(LoadRow(kind, code, name, outcome, file))

    await catalogue(county, tell)
    await places(county, tell)
    await exceptions(county)
    facts = county.data("county.yaml")
    settings = county.data("settings.yaml")
    await CountyLoad.create(
        digest=digest,
        settings={
            **settings["settings"],
            "delegations": [_plain(entry) for entry in settings["delegations"]],
            "opening": opening_data(county),
        },
        county={**facts["county"], "rules": facts["rules"], "themes": facts["themes"]},
        counts=_counted(told),
    )
    return told


async def accounts(folder: Path) -> list[dict[str, Any]]:
    """The demo staff of `accounts.yaml`: [{login, name, roles, department, hall, window}]; no passwords.

    Checked with the whole folder, because departments and halls must exist.
    """
    texts, broken = await asyncio.to_thread(read_folder, folder)
    county = await asyncio.to_thread(County, texts)
    if broken or county.problems:
        raise Refused([*broken, *county.problems]).refusal()
    return [dict(entry) for entry in county.data("accounts.yaml")["accounts"]]


def read_folder(folder: Path) -> tuple[dict[str, str], list[Problem]]:
    """Every .yaml file of the folder by its name inside it, and what could not be read."""
    if not folder.is_dir():
        return {}, [Problem(str(folder), 0, "没有这个文件夹", "写对县数据所在的文件夹，像 county", "no_folder")]
    texts: dict[str, str] = {}
    broken: list[Problem] = []
    for path in sorted(folder.rglob("*.y*ml")):
        name = path.relative_to(folder).as_posix()
        try:
            texts[name] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            broken.append(Problem(name, 0, "读不了这个文件", "存成UTF-8文本，并允许读取", "unreadable"))
    return texts, broken


def folder_digest(texts: dict[str, str]) -> str:
    """The fingerprint of the folder's content and of the loader's format."""
    whole = hashlib.sha256(FORMAT.encode())
    for name, text in sorted(texts.items()):
        whole.update(f"\0{name}\0{len(text)}\0{text}".encode())
    return whole.hexdigest()


async def _in_force() -> str:
    newest = await CountyLoad.all().order_by("-created_at").first()
    return newest.digest if newest else ""


def _counted(told: list[LoadRow]) -> dict[str, dict[Outcome, int]]:
    counts: dict[str, dict[Outcome, int]] = {}
    for row in told:
        outcomes = counts.setdefault(row.kind, {})
        outcomes[row.outcome] = outcomes.get(row.outcome, 0) + 1
    return counts


def _warnings(county: County) -> list[str]:
    years = [s.data["year"] for s in county.each("calendars/") if s.data["notice"] is None]
    said = [f"{year}年放假安排还没有公布，按周末推算" for year in years]
    delegations = county.data("settings.yaml")["delegations"]
    said += [f"{d['item']} 的委托没有公告号，不生效" for d in delegations if not d["notice"]]
    return said


def _plain(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in entry.items()}
