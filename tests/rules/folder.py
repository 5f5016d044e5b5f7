"""Where the model county lies, and its calendar files as days."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from models.rules.calendar import SpecialDay

COUNTY = Path(__file__).parent.parent.parent / "county"


def days_of(year: dict[str, Any]) -> list[SpecialDay]:
    off = [
        SpecialDay(entry["from"] + timedelta(days=step), "off", entry["name"])
        for entry in year["days_off"]
        for step in range(entry["days"])
    ]
    return off + [SpecialDay(entry["date"], "worked", entry["for"]) for entry in year["days_worked"]]
