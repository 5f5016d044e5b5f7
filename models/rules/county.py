"""The shapes of the county's files: every field that may stand in them, and nothing else (R12-R14, R26, R49)."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(min_length=1, max_length=400, strip_whitespace=True)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
ItemCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[0-9]{2,4}$")]
MaterialCode = Annotated[str, StringConstraints(pattern=r"^(F-[A-Z]{1,2}[0-9]{2,4}|[A-Z][0-9]{2,4})$")]
HallCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
Phone = Annotated[str, StringConstraints(pattern=r"^[0-9][0-9-]{2,18}$")]
Unit = Literal["工作日", "自然日"]
Handles = Literal["终审", "受理", "代受理", "代办", "不办理"]


class Shape(BaseModel):
    """Strict: an unknown field or a wrong type is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Theme(Shape):
    code: Key
    name: Short
    home: bool = False


class CountyFacts(Shape):
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    name: Short
    city: Short
    province: Short
    seat: Short
    area_code: Short
    postcode: Short
    residents_2020: int
    towns: int
    villages: int
    communities: int
    site: Short
    hotline: Short
    timezone: Literal["Asia/Shanghai"]


class CountyFile(Shape):
    county: CountyFacts
    rules: dict[str, dict[str, int | str | bool] | str]
    themes: list[Theme]


class DepartmentEntry(Shape):
    code: Code
    name: Text
    short: Short
    kind: Short
    remark: Text | None = None
    system: bool = False


class DepartmentsFile(Shape):
    departments: list[DepartmentEntry]


class Hours(Shape):
    days: list[Annotated[int, Field(ge=1, le=7)]] = []
    am: Short | None = None
    pm: Short | None = None
    saturday: Short | None = None
    last_ticket: Short | None = None
    all_day: bool = False
    note: Text | None = None
    example: bool = False


class WindowGroupEntry(Shape):
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]$")]
    name: Short
    kind: Literal["comprehensive", "specialist", "coordination", "delivery", "convenience"]
    windows: Annotated[int, Field(ge=1, le=200)]
    slot_minutes: Annotated[int, Field(ge=1, le=240)] | None = None
    per_slot: Annotated[int, Field(ge=1, le=100)] | None = None
    departments: list[Code]
    elsewhere: bool = False
    example: bool = False


class Address(Shape):
    text: Text
    example: bool = False


class Telephone(Shape):
    number: Phone
    example: bool = False


class HallEntry(Shape):
    code: HallCode
    tier: Literal["county", "town"]
    name: Short
    town: Short | None = None
    region: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}([0-9]{3})?$")]
    villages: int | None = None
    communities: int | None = None
    count_check: Text | None = None
    remark: Text | None = None
    address: Address
    phone: Telephone
    hours: Short
    self_service: list[Short] = []
    window_groups: list[WindowGroupEntry]


class HallsFile(Shape):
    hours: dict[str, Hours | str]
    halls: list[HallEntry]


class Station(Shape):
    code: HallCode
    region: Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
    name: Short
    official: Short


class StationDefaults(Shape):
    example: bool = False
    hours: Short
    helpers: int
    equipment: list[Short]
    home_visit: Text


class StationsFile(Shape):
    defaults: StationDefaults
    stations: dict[str, list[Station]]


class MaterialEntry(Shape):
    name: Text
    source: Literal["licence", "self", "department"]
    photo: bool
    standard: Text
    form: bool = False
    personal: bool = False


class MaterialsFile(Shape):
    materials: dict[MaterialCode, MaterialEntry]


class Notice(Shape):
    number: Text
    date: str
    checked: bool


class DaysOff(Shape):
    name: Short
    from_: Annotated[dt.date, Field(alias="from")]
    to: dt.date
    days: int


class DayWorked(Shape):
    date: dt.date
    weekday: Literal["六", "日"]
    for_: Annotated[Short, Field(alias="for")]


class CalendarFile(Shape):
    year: Annotated[int, Field(ge=2000, le=2100)]
    notice: Notice | None
    days_off: list[DaysOff]
    days_worked: list[DayWorked]
    working_days: int | None
    remark: Text | None = None


class Lights(Shape):
    yellow_share: Annotated[float, Field(ge=0, le=1, strict=False)]
    yellow_min_days: Annotated[int, Field(ge=0, le=30)]


class SettingsEntry(Shape):
    example: bool = False
    cutoff: Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    lights: Lights
    consultation_days: Annotated[int, Field(ge=1, le=20)] = 2
    booking: dict[str, int]
    home_visit_groups: list[Short]
    bag_route: dict[str, str | int]
    market_days: dict[str, str]
    shared_materials: list[MaterialCode]


class Delegation(Shape):
    """行政委托 (行政许可法 art. 24). `inspection_rate`: which share of what the delegate decides is looked at again."""

    item: ItemCode
    from_: Annotated[Code, Field(alias="from")]
    to: Code
    scope: Text
    basis: Text
    notice: Text | None
    from_date: dt.date | None
    to_date: dt.date | None
    inspection_rate: Annotated[float, Field(ge=0, le=1, strict=False)] = 0.0
    example: bool = False


class SettingsFile(Shape):
    settings: SettingsEntry
    delegations: list[Delegation]


class AccountEntry(Shape):
    login: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}-[0-9]{4}$")]
    name: Short
    roles: list[Key]
    department: Code | None
    hall: HallCode | None
    window: Short | None


class AccountsFile(Shape):
    accounts: list[AccountEntry]
