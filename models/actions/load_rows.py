"""The county's values as rows: what is new is added, what differs is updated, what is gone is put out of use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Literal, TypeVar

from tortoise.models import Model

from models.base import now
from models.catalogue import Bundle, Department, Item, Material
from models.hall import CalendarDay, CalendarYear, Hall, WindowGroup
from models.rules.county_shapes import County
from models.rules.records import bundle_record, digest, item_record
from models.rules.search import terms

Outcome = Literal["added", "changed", "unchanged", "withdrawn"]
Tell = Callable[[str, str, str, Outcome, str], None]
Values = dict[str, Any]
M = TypeVar("M", bound=Model)


async def catalogue(county: County, tell: Tell) -> None:
    """Departments, materials, items and bundles."""
    departments = {d["code"]: d for d in county.data("departments.yaml")["departments"]}
    wanted = [{**entry, "active": True} for entry in departments.values()]
    await _merge(Department, ["code"], wanted, lambda v: ("department", v["code"], v["name"], "departments.yaml"), tell)
    materials = county.data("materials.yaml")["materials"]
    wanted = [
        {"code": code, **{k: m[k] for k in ("name", "source", "photo", "standard", "form")}, "active": True}
        for code, m in materials.items()
    ]
    await _merge(Material, ["code"], wanted, lambda v: ("material", v["code"], v["name"], "materials.yaml"), tell)
    records = await _items(county, departments, materials, tell)
    bundles = []
    for entry in county.data("bundles.yaml")["bundles"]:
        record = bundle_record(entry, records, materials)
        kept = {key: entry[key] for key in ("code", "name", "everyday", "note", "theme")}
        bundles.append({**kept, "lead_id": entry["lead"], "record": record, "search": terms(record), "active": True})
    await _merge(Bundle, ["code"], bundles, lambda v: ("bundle", v["code"], v["name"], "bundles.yaml"), tell)


async def _items(
    county: County, departments: dict[str, Values], materials: dict[str, Values], tell: Tell
) -> dict[str, Values]:
    """Publish what is new or changed as the next version; withdraw what it replaces and what is gone."""
    rules, at = county.data("county.yaml")["rules"], now()
    shared = county.data("settings.yaml")["settings"]["shared_materials"]
    held = {item.code: item for item in await Item.filter(state="published")}
    newest: dict[str, int] = {}
    for code, version in await Item.all().values_list("code", "version"):
        newest[code] = max(version, newest.get(code, 0))
    records: dict[str, Values] = {}
    fresh: list[Item] = []
    replaced: list[Any] = []
    for source in county.each("items/"):
        for entry in source.data["items"]:
            department = departments[source.data["department"]]
            record = item_record(entry, department, materials, rules, shared)
            records[record["code"]] = record
            old, mark = held.pop(record["code"], None), digest(record)
            if old is not None and old.digest == mark:
                tell("item", record["code"], record["name"], "unchanged", source.file)
                continue
            if old is not None:
                replaced.append(old.id)
            fresh.append(_item(record, mark, newest.get(record["code"], 0) + 1, at))
            tell("item", record["code"], record["name"], "changed" if old else "added", source.file)
    for gone in held.values():
        replaced.append(gone.id)
        tell("item", gone.code, gone.name, "withdrawn", "items/")
    if replaced:
        await Item.filter(id__in=replaced).update(state="withdrawn", withdrawn_at=at)
    await Item.bulk_create(fresh)
    return records


def _item(record: Values, mark: str, version: int, at: Any) -> Item:
    return Item(
        code=record["code"],
        version=version,
        state="published",
        name=record["name"],
        everyday=record["everyday"],
        department_id=record["department"]["code"],
        kind=record["kind"],
        theme=record["theme"],
        subjects=record["subjects"],
        handling=record["handling"],
        record=record,
        search=terms(record),
        digest=mark,
        published_at=at,
    )


async def places(county: County, tell: Tell) -> None:
    """Halls, stations, windows and the calendar."""
    hours = {k: v for k, v in county.data("halls.yaml")["hours"].items() if isinstance(v, dict)}
    halls, groups = _halls(county, hours)
    await _merge(Hall, ["code"], halls, lambda v: ("hall", v["code"], v["name"], _hall_file(v)), tell)
    await _merge(
        WindowGroup, ["hall_id", "code"], groups,
        lambda v: ("window_group", f"{v['hall_id']}-{v['code']}", v["name"], "halls.yaml"), tell,
    )  # fmt: skip
    years, days = _calendar(county)
    await _merge(
        CalendarYear, ["year"], years,
        lambda v: ("calendar_year", str(v["year"]), v["notice"] or "没有公布", f"calendars/{v['year']}.yaml"), tell,
    )  # fmt: skip
    await _merge(
        CalendarDay, ["date"], days,
        lambda v: ("calendar_day", v["date"].isoformat(), v["name"], f"calendars/{v['date'].year}.yaml"), tell,
    )  # fmt: skip


def _hall_file(values: Values) -> str:
    return "stations.yaml" if values["tier"] == "village" else "halls.yaml"


def _halls(county: County, hours: dict[str, Values]) -> tuple[list[Values], list[Values]]:
    entries = county.data("halls.yaml")["halls"]
    top = next(entry["code"] for entry in entries if entry["tier"] == "county")
    halls, groups = [], []
    for entry in sorted(entries, key=lambda e: e["tier"] != "county"):
        named = ("address", entry["address"]), ("phone", entry["phone"]), ("hours", hours[entry["hours"]])
        halls.append({
            "code": entry["code"], "tier": entry["tier"], "name": entry["name"], "region": entry["region"],
            "parent_id": None if entry["code"] == top else top, "official": None,
            "address": entry["address"]["text"], "phone": entry["phone"]["number"], "hours": hours[entry["hours"]],
            "example": [name for name, value in named if value["example"]], "remark": entry["remark"], "active": True,
        })  # fmt: skip
        groups += [{"hall_id": entry["code"], **group} for group in entry["window_groups"]]
    towns = {entry["town"]: entry["code"] for entry in entries if entry["town"]}
    file = county.data("stations.yaml")
    for town, stations in file["stations"].items():
        for station in stations:
            halls.append({
                "code": station["code"], "tier": "village", "name": f"{station['name']}公共服务站",
                "region": station["region"], "parent_id": towns[town], "official": station["official"],
                "address": None, "phone": None, "hours": hours[file["defaults"]["hours"]],
                "example": ["hours"], "remark": None, "active": True,
            })  # fmt: skip
    return halls, groups


def _calendar(county: County) -> tuple[list[Values], list[Values]]:
    years, days = [], []
    for source in county.each("calendars/"):
        year = source.data
        notice = year["notice"]["number"] if year["notice"] else None
        years.append({"year": year["year"], "notice": notice, "published": bool(notice), "remark": year["remark"]})
        for off in year["days_off"]:
            span = range((off["to"] - off["from"]).days + 1)
            days += [{"date": off["from"] + timedelta(days=n), "kind": "off", "name": off["name"]} for n in span]
        days += [{"date": day["date"], "kind": "worked", "name": day["for"]} for day in year["days_worked"]]
    return years, days


async def _merge(
    model: type[M], keys: Sequence[str], wanted: Sequence[Values],
    said: Callable[[Values], tuple[str, str, str, str]], tell: Tell,
) -> None:  # fmt: skip
    """Make the table hold what is wanted. What is gone is set inactive where rows may point at it, else deleted."""
    held = {tuple(getattr(row, key) for key in keys): row for row in await model.all()}
    fresh: list[M] = []
    for values in wanted:
        row = held.pop(tuple(values[key] for key in keys), None)
        kind, code, name, file = said(values)
        if row is None:
            fresh.append(model(**values))
            tell(kind, code, name, "added", file)
            continue
        differs = {key: value for key, value in values.items() if getattr(row, key) != value}
        if differs:
            await model.filter(pk=row.pk).update(**differs)
        tell(kind, code, name, "changed" if differs else "unchanged", file)
    await model.bulk_create(fresh)
    for row in held.values():
        keeps = "active" in model._meta.fields_map
        if keeps and not getattr(row, "active"):  # noqa: B009
            continue
        kind, code, name, file = said({key: getattr(row, key) for key in model._meta.db_fields})
        tell(kind, code, name, "withdrawn", file)
        if keeps:
            await model.filter(pk=row.pk).update(active=False)
        else:
            await model.filter(pk=row.pk).delete()
