"""Reads the county's files into plain, checked values, and says in Chinese what does not have the right shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from models.rules import county, county_booking, county_items
from models.rules.county_checks import check
from models.rules.yamlfile import Problem, Source, parse

SHAPES: dict[str, type[BaseModel]] = {
    "county.yaml": county.CountyFile,
    "departments.yaml": county.DepartmentsFile,
    "halls.yaml": county.HallsFile,
    "stations.yaml": county.StationsFile,
    "materials.yaml": county.MaterialsFile,
    "settings.yaml": county.SettingsFile,
    "booking.yaml": county_booking.BookingFile,
    "accounts.yaml": county.AccountsFile,
    "bundles.yaml": county_items.BundlesFile,
}
FOLDERS: dict[str, type[BaseModel]] = {"calendars/": county.CalendarFile, "items/": county_items.ItemsFile}

WRONG: dict[str, tuple[str, str]] = {
    "missing": ("少了“{name}”这一栏", "补上，写法见说明书"),
    "extra_forbidden": ("多了“{name}”这一栏，不认识", "检查拼写，或删掉"),
    "string_type": ("“{name}”要写文字", '全是数字的文字要加引号，像 "0001"'),
    "string_pattern_mismatch": ("“{name}”的写法不对：{input}", "照别的行的样子写"),
    "string_too_short": ("“{name}”是空的", "写上，或删掉这一栏"),
    "string_too_long": ("“{name}”太长", "写短一点"),
    "literal_error": ("“{name}”不能写“{input}”", "从这些里选：{expected}"),
    "int_type": ("“{name}”要写整数", "写数字，不加引号"),
    "bool_type": ("“{name}”要写 true 或 false", "不加引号"),
    "date_type": ("“{name}”要写日期", "像 2026-10-01，不加引号"),
    "list_type": ("“{name}”要写成一列", "每行前面加 - "),
    "dict_type": ("“{name}”下面要有小栏目", "照别的样子写"),
    "model_type": ("“{name}”下面要有小栏目", "照别的样子写"),
    "greater_than_equal": ("“{name}”太小：{input}", "最小是{ge}"),
    "less_than_equal": ("“{name}”太大：{input}", "最大是{le}"),
}


class County:
    """One county folder, read and checked. `problems` empty: everything in it may be loaded."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.files: dict[str, Source] = {}
        self.problems: list[Problem] = [
            Problem(name, 0, "没有这个文件", "补上，写法见说明书", "missing_file")
            for name in SHAPES
            if name not in texts
        ]
        for name in sorted(texts):
            source = self.files[name] = parse(name, texts[name])
            shape = shape_of(name)
            if shape is None:
                source.problems.append(Problem(name, 0, "不认识的文件", "改名或移走，文件名见说明书", "unknown_file"))
            elif not source.problems:
                source.problems += _shape(source, shape)
            self.problems += source.problems
        if not self.problems:
            self.problems += check(self.files)

    def data(self, name: str) -> Any:
        return self.files[name].data

    def each(self, folder: str) -> list[Source]:
        """The files of `items/` or `calendars/`, by name."""
        return [source for name, source in self.files.items() if name.startswith(folder)]


def shape_of(name: str) -> type[BaseModel] | None:
    """The shape a file must have, by its name inside the folder."""
    return SHAPES.get(name) or next((shape for folder, shape in FOLDERS.items() if name.startswith(folder)), None)


def _shape(source: Source, shape: type[BaseModel]) -> list[Problem]:
    """Check the shape; on success the values are replaced by those of the shape, defaults filled in."""
    try:
        source.data = shape.model_validate(source.data).model_dump(by_alias=True)
        return []
    except ValidationError as error:
        return [_wrong(source, dict(detail)) for detail in error.errors(include_url=False)]


def _wrong(source: Source, detail: dict[str, Any]) -> Problem:
    path = [step for step in detail["loc"] if isinstance(step, str | int)]
    name = next((str(step) for step in reversed(path) if isinstance(step, str)), source.file)
    what, cure = WRONG.get(detail["type"], ("“{name}”的值不对", "照说明书改"))
    context = detail.get("ctx") or {}
    words = {
        "name": name,
        "input": str(detail.get("input"))[:40],
        "expected": str(context.get("expected", "")).replace("'", "").replace(" or ", "、").replace(", ", "、"),
        "ge": context.get("ge"),
        "le": context.get("le"),
    }
    return source.problem(path, what.format(**words), cure.format(**words), str(detail["type"]))
