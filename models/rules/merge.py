"""Several items on one form (S12, R16): the union of materials, questions and fields, each asked once."""

from collections.abc import Sequence
from typing import Any

Record = dict[str, Any]


def merged(records: Sequence[Record]) -> Record:
    """One record for the intake rules. One item gives its own record back.

    A material needed by two items stands once: main wins over secondary, the larger number of pieces counts, and a
    condition falls away when one item needs it always. Tolerance holds only if every item allows it.
    """
    if len(records) == 1:
        return records[0]
    first = records[0]
    return {
        **first,
        "materials": _materials(records),
        "questions": _by_key(records, "questions"),
        "form": _by_key(records, "form"),
        "tolerance": first["tolerance"] if all(r["tolerance"].get("allowed") for r in records) else {"allowed": False},
    }


def _by_key(records: Sequence[Record], part: str) -> list[Record]:
    found: dict[str, Record] = {}
    for record in records:
        for entry in record[part]:
            held = found.setdefault(entry["key"], dict(entry))
            if entry.get("required"):
                held["required"] = True
    return list(found.values())


def _materials(records: Sequence[Record]) -> list[Record]:
    found: dict[str, Record] = {}
    for record in records:
        for entry in record["materials"]:
            held = found.get(entry["code"])
            found[entry["code"]] = dict(entry) if held is None else _joined(held, entry)
    return list(found.values())


def _joined(held: Record, entry: Record) -> Record:
    joined = {**held, "original": max(held["original"], entry["original"]), "copy": max(held["copy"], entry["copy"])}
    if "main" in (held["need"], entry["need"]):
        joined["need"] = "main"
    if held.get("if") != entry.get("if"):
        joined.pop("if", None)
        joined["when"] = None
    joined["free"] = bool(held.get("free")) and bool(entry.get("free"))
    return joined
