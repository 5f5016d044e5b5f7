"""Running numbers of a day or a year."""

from datetime import date

from models.base import rows


async def next_number(region: str, series: str, day: date) -> int:
    """The next number of a day's or a year's series (four letters at most), without gaps inside one transaction."""
    found = await rows(
        "INSERT INTO case_sequence (region, hall, day, last) VALUES ($1, $2, $3, 1) "
        "ON CONFLICT (region, hall, day) DO UPDATE SET last = case_sequence.last + 1 RETURNING last",
        region, series, day,
    )  # fmt: skip
    return int(found[0]["last"])
