"""A copy of the county's folder that a test may spoil, one line at a time."""

from pathlib import Path
from shutil import copytree

COUNTY = Path(__file__).parent.parent.parent / "county"


def copied(to: Path) -> Path:
    return Path(copytree(COUNTY, to / "county"))


def spoil(folder: Path, file: str, old: str, new: str) -> int:
    """Replace the first `old` in a file; the line it stood on, counted from 1."""
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text, f"{file} has no {old!r}"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1
