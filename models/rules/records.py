"""The frozen record of an item: every element of its guide, and all a case filed under it will ever need (R15)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

Entry = Mapping[str, Any]
KEPT = (
    "code", "name", "everyday", "who", "theme", "words", "kind", "subjects", "handling", "window", "legal_basis",
    "extension", "quota", "promise_instead_of_proof", "promise_covers", "promise_statement", "promise_barred",
    "verify_limit", "fee", "conditions", "questions", "special_procedures", "result", "tiers", "visits", "appointment",
    "home_visit", "tolerance", "confidence",
)  # fmt: skip


def item_record(
    item: Entry, department: Entry, materials: Mapping[str, Entry], rules: Entry, shared: Collection[str]
) -> dict[str, Any]:
    """One item with its materials' registry facts, its department and the county's general rules written in."""
    return {
        **{key: item[key] for key in KEPT},
        "department": {key: department[key] for key in ("code", "name", "short")},
        "limits": {"statutory": item["statutory_limit"], "promised": item["promised_limit"]},
        "materials": [need(entry, materials[entry["code"]], shared) for entry in item["materials"]],
        "form": [{**field, "options": list(field["options"])} for field in item["form"]],
        "remedy": rules.get("remedy"),
        "complaint_line": rules.get("complaint_line"),
        "correction_notice": rules.get("correction_notice"),
        "delivery": rules.get("delivery"),
    }


def need(entry: Entry, material: Entry, shared: Collection[str]) -> dict[str, Any]:
    """A material as this item asks for it. `free`: the county finds it itself, the applicant brings nothing."""
    own = entry["code"] in shared and entry["free"] is not False
    return {
        "code": entry["code"],
        "name": material["name"],
        "need": entry["need"],
        "original": entry["original"],
        "copy": entry["copy"],
        "photo": material["photo"],
        "source": material["source"],
        "standard": material["standard"],
        "if": entry["if"],
        "when": entry["when"],
        "hint": entry["hint"],
        "form": material["form"],
        "personal": material["personal"],
        "free": bool(entry["free"]) or own,
    }


def bundle_record(bundle: Entry, items: Mapping[str, Entry], materials: Mapping[str, Entry]) -> dict[str, Any]:
    """A bundle with its members' names and the list's registry facts. `stages` as a list: JSON keeps no order."""
    return {
        **bundle,
        "stages": [{"title": title, "items": codes} for title, codes in bundle["stages"].items()],
        "members": [
            {**member, "name": items[member["item"]]["name"], "department": items[member["item"]]["department"]}
            for member in bundle["members"]
        ],
        "materials": [
            {**entry, **{k: materials[entry["code"]][k] for k in ("name", "photo", "source", "standard", "form")}}
            for entry in bundle["materials"]
        ],
    }


def digest(record: Mapping[str, Any]) -> str:
    """The same for the same content, whatever the order of the keys."""
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
