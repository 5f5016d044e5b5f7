"""Which materials an application needs, and what is still missing before it can be handed in (R13, R16, R40).

Works on an item's frozen record alone (the shape written by `county/` and the loader); no query.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from models.base import Refusal
from models.rules.forms import validate_form

AGENT = "agent"  # the question every item with an agent asks: 您是替别人办吗
MOST_ANSWERS = 40

MaterialNeed = dict[str, Any]
Gap = dict[str, Any]


def checklist(
    record: Mapping[str, Any], answers: Mapping[str, Any], *, held: Collection[str] = (), kind: str = "self"
) -> list[MaterialNeed]:
    """The exact materials for these answers, in the item's order.

    MaterialNeed: {code, name, need: main|secondary, original, copy, photo, source: licence|self|department, standard,
    when, hint, form: filled in the app, free: 不用带}. `held`: codes the system has for this applicant besides what the
    item says it can fetch. `kind`: self | organisation | mandate; only a person acting for himself brings no ID card.
    """
    said = clean_answers(record, answers)
    alone = kind == "self" and not said.get(AGENT, False)
    return [_need(entry, alone, held) for entry in record["materials"] if _applies(entry, said)]


def _applies(entry: Mapping[str, Any], answers: Mapping[str, bool]) -> bool:
    key = entry.get("if")
    if not key:
        return True
    return not answers.get(key[4:], False) if key.startswith("not ") else answers.get(key, False)


def _need(entry: Mapping[str, Any], alone: bool, held: Collection[str]) -> MaterialNeed:
    own = bool(entry.get("free")) and (alone or not entry.get("personal", False))
    return {
        "code": entry["code"],
        "name": entry["name"],
        "need": entry["need"],
        "original": entry["original"],
        "copy": entry["copy"],
        "photo": entry["photo"],
        "source": entry["source"],
        "standard": entry["standard"],
        "when": entry.get("when"),
        "hint": entry.get("hint"),
        "form": entry["form"],
        "free": own or entry["code"] in held,
    }


def guide(record: Mapping[str, Any]) -> list[MaterialNeed]:
    """Every material the item may ask for, conditions told in `when`: what the guide lists before any answer."""
    return [_need(entry, True, ()) for entry in record["materials"]]


def questions(record: Mapping[str, Any]) -> list[dict[str, str]]:
    """[{key, words, kind: "bool"}]: what has to be answered before the list is exact."""
    return [{"key": entry["key"], "words": entry["words"], "kind": "bool"} for entry in record["questions"]]


def clean_answers(record: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, bool]:
    """The answers, checked: known questions, yes or no. An unanswered question counts as no."""
    known = {entry["key"] for entry in record["questions"]}
    errors = []
    for key, value in list(answers.items())[: MOST_ANSWERS + 1]:
        if key not in known:
            errors.append(_problem("answers", key, "unknown_question", "没有这个问题，请刷新后再答"))
        elif not isinstance(value, bool):
            errors.append(_problem("answers", key, "not_yes_or_no", "请答“是”或“不是”"))
    if errors or len(answers) > MOST_ANSWERS:
        raise Refusal("bad_answers", 422, "有的问题没有答对，请检查", errors[:MOST_ANSWERS])
    return {key: bool(value) for key, value in answers.items()}


def missing(
    record: Mapping[str, Any],
    answers: Mapping[str, Any],
    values: Mapping[str, Any],
    pages: Mapping[str, Sequence[Any]],
    *,
    held: Collection[str] = (),
    kind: str = "self",
    tolerated: Collection[str] = (),
) -> list[Gap]:
    """What still stands between this draft and handing it in; empty when it is complete.

    `values`: the form as filled in; `pages`: material code -> its pages (anything that has a length).
    Gap: {pointer, code, detail, material: code|None, name, need, tolerable}. `tolerable`: a secondary material the item
    lets come later (容缺受理, R40); once promised, pass its code in `tolerated` and it is no gap. What cannot be
    photographed (bound reports, drawings) is handed over on paper and is no gap here: see `on_paper`.
    """
    gaps: list[Gap] = [
        {**error, "material": None, "name": None, "need": "main", "tolerable": False}
        for error in validate_form(record["form"], values)
    ]
    later = bool(record["tolerance"].get("allowed"))
    for need in checklist(record, answers, held=held, kind=kind):
        code = need["code"]
        if need["free"] or need["form"] or not need["photo"] or pages.get(code) or code in tolerated:
            continue
        tolerable = later and need["need"] == "secondary"
        gaps.append({
            **_problem("materials", code, "material_missing", f"还差：{need['name']}"),
            "material": code,
            "name": need["name"],
            "need": need["need"],
            "tolerable": tolerable,
        })  # fmt: skip
    return gaps


def on_paper(record: Mapping[str, Any], answers: Mapping[str, Any]) -> list[MaterialNeed]:
    """Materials a photograph cannot replace: brought to the counter on paper after the form is handed in."""
    return [need for need in checklist(record, answers) if not need["photo"] and not need["form"] and not need["free"]]


def _problem(where: str, key: str, code: str, words: str) -> dict[str, str]:
    pointer = key[:60].replace("~", "~0").replace("/", "~1").encode("utf-8", "replace").decode()
    return {"pointer": f"/{where}/{pointer}", "code": code, "detail": words}
