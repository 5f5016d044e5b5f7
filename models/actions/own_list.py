"""A line in a person's own list that is about the account, not about a case (R70)."""

from typing import Any
from uuid import UUID

from models.base import new_id, now
from models.outbox import Notification
from models.rules import notices
from models.rules.permits import Actor, require_citizen


async def write(account_id: UUID, name: str, **facts: Any) -> None:
    """Write the notice `name` of rules/notices.py into the list, in the open unit. It is not pushed."""
    id_ = new_id()
    await Notification.create(
        id=id_,
        account_id=account_id,
        event_id=id_,
        kind=name,
        title=notices.NOTICES[name].title,
        words_sealed=Notification.WORDS.seal(id_, notices.words(name, facts)) or "",
        push="none",
    )


async def mark_read(actor: Actor, ids: list[UUID] | None) -> int:
    """Mark lines of the person's own list as read (all when `ids` is None); other people's ids change nothing.

    Gives back how many are still unread.
    """
    mine = Notification.filter(account_id=require_citizen(actor), read_at=None)
    await (mine if ids is None else mine.filter(id__in=ids)).update(read_at=now())
    return await mine.count()
