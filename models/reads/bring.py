"""What to have at hand for an item, in everyday names."""

from models.reads.catalogue import published
from models.rules import intake


async def bring(item_code: str) -> list[str]:
    """The ID card, and what the county cannot find itself; [] without an item."""
    item = (await published()).items.get(item_code)
    if item is None:
        return []
    names = [
        need["name"] for need in intake.guide(item.record) if not need["free"] and not need["form"] and not need["when"]
    ]
    return list(dict.fromkeys(["身份证", *(name for name in names if "身份证" not in name)]))
