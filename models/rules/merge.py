"""Several items on one form (S12, R16): the union of materials, questions and fields, each asked once."""

from collections.abc import Mapping, Sequence
from typing import Any

Record = dict[str, Any]


def joined(records: Sequence[Record], codes: Sequence[str], bundle: Mapping[str, Any] | None) -> Record:
    """The record of a case: that of its items, or a bundle's with one form for all (S30).

    What an earlier item of the same case brings forth is not asked for (`produced_by`): it comes by itself. So does
    what other cases of the same project have brought forth or will (`elsewhere`: codes of their items).
    """
    found = merged(records)
    if not bundle:
        return found
    other = bundle.get("alternatives", {})
    coming = {*codes, *bundle.get("elsewhere", ())}
    there = {*coming, *(usual for usual, instead in other.items() if instead in coming)}
    made = {need["code"] for need in bundle["materials"] if need.get("produced_by") in there}
    form = forms(bundle)
    asked = [need for need in found["materials"] if need["code"] not in made and not (form and need["form"])]
    return {**found, "materials": [*form, *asked]}


def forms(bundle: Mapping[str, Any]) -> list[Record]:
    """The one form of a bundle as a material of its list; empty when it has none."""
    plain = {"if": None, "when": None, "hint": None, "personal": False, "free": False}
    return [{**plain, **{key: need[key] for key in BUNDLE_FORM}} for need in bundle["materials"] if need["form"]][:1]


BUNDLE_FORM = ("code", "name", "need", "original", "copy", "photo", "source", "standard", "form")


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
