"""What may be promised instead of handed in, and the exact words that are signed (容缺受理 R40, 告知承诺 R41). Pure.

The words name no date: the day is counted from acceptance or from the decision, which nobody knows yet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.rules.limits import WORKING, Limit, unit_of

TOLERANCE, INFORMED = "tolerance", "informed"
WANTED = "promise"  # the question by which an item asks whether the applicant chooses 告知承诺
TOLERANCE_DAYS = Limit(10, WORKING)
VERIFY_DAYS = Limit(30, WORKING)
REPAIR = "修复以前不能再用容缺和告知承诺"

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Paper:
    """One material of a case: which items need it, and whether pages of it were laid."""

    code: str
    name: str
    need: Mapping[str, Any]
    items: Sequence[str]
    laid: bool

    @property
    def open(self) -> bool:
        """Still to be brought: not the form, nothing the county finds by itself, nothing laid."""
        return not (self.laid or self.need["free"] or self.need["form"])


@dataclass(frozen=True)
class Line:
    """One item of a case under the record it was filed with."""

    code: str
    name: str
    record: Record


@dataclass(frozen=True)
class Signed:
    """A promise that binds: for which item, instead of which materials."""

    kind: str
    item: str
    materials: Sequence[str]


Offer = dict[str, Any]


def offers(lines: Sequence[Line], papers: Sequence[Paper], answers: Record, signed: Iterable[Signed]) -> list[Offer]:
    """What may be promised now, item by item: {kind, item, item_name, materials, words, consequence, days}."""
    records = {line.code: line.record for line in lines}
    proven = {(one.item, code) for one in signed if one.kind == INFORMED for code in one.materials}
    found: list[Offer] = []
    for line in lines:
        late = [
            p for p in papers if line.code in p.items and (line.code, p.code) not in proven and _tolerable(p, records)
        ]
        if late:
            found.append(_tolerance(line, late))
        stood_for = [p for p in papers if line.code in p.items and p.open and _provable(p, records, answers)]
        if any(p.code in line.record["promise_covers"] for p in stood_for):
            found.append(_informed(line, stood_for))
    return found


def _tolerable(paper: Paper, records: Mapping[str, Record]) -> bool:
    """A secondary paper that is photographed, of items that all let it come later; no promise is itself promised."""
    users = [records[code] for code in paper.items if code in records]
    if not paper.open or not paper.need["photo"] or paper.need["need"] != "secondary":
        return False
    return all(r["tolerance"].get("allowed") and r.get("promise_statement") != paper.code for r in users)


def _provable(paper: Paper, records: Mapping[str, Record], answers: Record) -> bool:
    """Every item that needs the paper takes a statement for it, and the applicant chose to give one."""
    users = [records[code] for code in paper.items if code in records]
    return all(chosen(record, answers) and paper.code in stands_for(record) for record in users)


def stands_for(record: Record) -> list[str]:
    """The materials a 告知承诺 of this item replaces, its own form on paper included."""
    statement = record.get("promise_statement")
    return [*(record.get("promise_covers") or []), *([statement] if statement else [])]


def chosen(record: Record, answers: Record) -> bool:
    """Whether the item takes 告知承诺 and the applicant wants it: an item that asks is answered first."""
    if not record.get("promise_instead_of_proof") or not record.get("promise_covers"):
        return False
    asks = any(question["key"] == WANTED for question in record["questions"])
    return bool(answers.get(WANTED)) if asks else True


def _tolerance(line: Line, papers: Sequence[Paper]) -> Offer:
    limit, names = tolerance_limit(line.record), _names(papers)
    return {
        **_offer(TOLERANCE, line, papers),
        "words": f"我承诺在受理后{limit.words}内补交：{names}。到期没有补交，同意按退回处理，并记入承诺记录。",
        "consequence": f"到期没有补交，“{line.name}”退回，不再办理，并记入承诺记录；{REPAIR}。",
        "days": f"受理后{limit.words}内",
    }


def _informed(line: Line, papers: Sequence[Paper]) -> Offer:
    limit, names = verify_limit(line.record), _names([p for p in papers if p.code in line.record["promise_covers"]])
    return {
        **_offer(INFORMED, line, papers),
        "words": f"我知道要证明的是：{names}。我承诺情况属实、符合规定，愿意接受核查；不属实的，同意撤销决定，"
        "依法承担责任，并记入承诺记录。",
        "consequence": f"先办，办结后{limit.words}内核查。不属实的，撤销决定，依法承担责任，并记入承诺记录；{REPAIR}。",
        "days": f"办结后{limit.words}内核查",
    }


def _offer(kind: str, line: Line, papers: Sequence[Paper]) -> Offer:
    materials = [{"code": paper.code, "name": paper.name} for paper in papers]
    return {"kind": kind, "item": line.code, "item_name": line.name, "materials": materials}


def _names(papers: Sequence[Paper]) -> str:
    return "、".join(paper.name for paper in papers)


def tolerance_limit(record: Record) -> Limit:
    """How long after acceptance a promised paper may come."""
    return _limit(record["tolerance"], TOLERANCE_DAYS)


def verify_limit(record: Record) -> Limit:
    """How long after the decision a 告知承诺 is verified."""
    return _limit(record.get("verify_limit") or {}, VERIFY_DAYS)


def _limit(entry: Mapping[str, Any], usual: Limit) -> Limit:
    return usual if entry.get("days") is None else Limit(int(entry["days"]), unit_of(entry))


def covered(papers: Iterable[Paper], signed: Collection[Signed]) -> set[str]:
    """Materials that are no gap: each item that needs one has a promise for it."""
    held = {(one.item, code) for one in signed for code in one.materials}
    return {paper.code for paper in papers if paper.items and all((item, paper.code) in held for item in paper.items)}


def still_owed(one: Signed, papers: Iterable[Paper], lines: Sequence[Line], answers: Record, others: Collection[Signed]
               ) -> list[str]:  # fmt: skip
    """What a promise signed in a draft stands for when it is handed in; nothing: it binds nobody any more.

    A paper laid after all is not owed; nor is one the answers no longer ask for, or one a statement stands for.
    """
    asked = {paper.code: paper for paper in papers if one.item in paper.items}
    kept = [code for code in one.materials if code in asked and not asked[code].need["free"]]
    if one.kind == INFORMED:
        record = next(line.record for line in lines if line.code == one.item)
        proof = set(record.get("promise_covers") or []) & set(kept)
        return kept if proof and chosen(record, answers) else []
    proven = {code for other in others if other.kind == INFORMED and other.item == one.item for code in other.materials}
    return [code for code in kept if asked[code].open and code not in proven]
