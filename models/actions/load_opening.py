"""What booking.yaml gives: the data slots are made from, and the county's own exceptions to the hours (R54)."""

from typing import Any

from models.appointment import OpeningException
from models.base import now
from models.rules.county_shapes import County


def opening_data(county: County) -> dict[str, Any]:
    """booking.yaml as the settings of a loading keep it; dates as ISO words."""
    data = county.data("booking.yaml")
    travelling = [{**each, "dates": [day.isoformat() for day in each["dates"]]} for each in data["travelling"]]
    return {**{key: value for key, value in data.items() if key != "exceptions"}, "travelling": travelling}


async def exceptions(county: County) -> None:
    """Write the county's exceptions that are new and end those that are gone; the desk's are left alone."""
    wanted = {
        (each["hall"], each["group"], each["date"], str(each["intervals"]), each["per_slot"]): each
        for each in county.data("booking.yaml")["exceptions"]
    }
    for row in await OpeningException.filter(source="county", ended_at=None):
        spans = str([f"{first}-{last}" for first, last in row.intervals])
        if wanted.pop((row.hall_id, row.group_code, row.date, spans, row.per_slot), None) is None:
            await OpeningException.filter(id=row.id).update(ended_at=now())
    for each in wanted.values():
        await OpeningException.create(
            hall_id=each["hall"], group_code=each["group"], date=each["date"], per_slot=each["per_slot"],
            intervals=[span.split("-") for span in each["intervals"]], reason=each["reason"], source="county",
        )  # fmt: skip
