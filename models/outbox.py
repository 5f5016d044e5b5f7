"""What is owed to anyone outside, what has come in, what was answered already, and each person's own list."""

from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Row, now
from models.seal import Cell


class Outbox(Row):
    """One message to one recipient by one channel, written with its cause and carried by the relay.

    state: pending -> sent | dead | unknown | dropped. class_: must (at least once) or nice (at most once).
    """

    dedupe_key = fields.CharField(max_length=120, unique=True)
    topic = fields.CharField(max_length=24)
    subject_id = fields.UUIDField()
    audience = fields.CharField(max_length=60)
    payload_sealed = fields.TextField()
    class_ = fields.CharField(max_length=4, default="must", source_field="class")
    state = fields.CharField(max_length=8, default="pending")
    attempts = fields.IntField(default=0)
    next_at = fields.DatetimeField(default=now)
    leased_until: Any = fields.DatetimeField(null=True)
    fence = fields.BigIntField(default=0)
    last_error = fields.CharField(max_length=200, default="")
    done_at: Any = fields.DatetimeField(null=True)

    PAYLOAD = Cell("outbox", "payload")

    class Meta:
        table = "outbox"


class Inbox(Row):
    """A callback taken in once: the pair of source and event id is unique."""

    source = fields.CharField(max_length=40)
    event_id = fields.CharField(max_length=120)

    class Meta:
        table = "inbox"
        unique_together = (("source", "event_id"),)


class Idempotency(Row):
    """The answer to a writing call, kept 72 h with its key and the hash of its body. `answer` is sealed."""

    principal = fields.CharField(max_length=60)
    route = fields.CharField(max_length=120)
    key = fields.CharField(max_length=80)
    body_hash = fields.CharField(max_length=64)
    status: Any = fields.IntField(null=True)
    answer_sealed: Any = fields.TextField(null=True)

    ANSWER = Cell("idempotency", "answer")

    class Meta:
        table = "idempotency"
        unique_together = (("principal", "route", "key"),)


class Notification(Row):
    """A line of a person's own list: it always holds everything (R70). The push is only a hint of it."""

    account: Any = fields.ForeignKeyField("models.Account", related_name="notifications")
    account_id: UUID
    case: Any = fields.ForeignKeyField("models.Case", related_name="notifications", null=True)
    case_id: UUID | None
    event_id = fields.UUIDField()
    kind = fields.CharField(max_length=24)
    title = fields.CharField(max_length=60)
    words_sealed = fields.TextField()
    push = fields.CharField(max_length=10, default="waiting")
    read_at: Any = fields.DatetimeField(null=True)

    WORDS = Cell("notification", "words")

    class Meta:
        table = "notification"
        unique_together = (("account_id", "event_id", "kind"),)


CONSTRAINTS = [
    "ALTER TABLE outbox ADD CONSTRAINT outbox_state CHECK (state IN ('pending','sent','dead','unknown','dropped'))",
    "ALTER TABLE outbox ADD CONSTRAINT outbox_class CHECK (class IN ('must','nice'))",
    "CREATE INDEX outbox_due ON outbox (next_at, id) WHERE state = 'pending'",
    "CREATE INDEX outbox_dead ON outbox (created_at) WHERE state IN ('dead','unknown')",
    "CREATE INDEX notification_unreached ON notification (case_id) "
    "WHERE push IN ('failed','unknown') AND read_at IS NULL",
    "CREATE INDEX notification_list ON notification (account_id, created_at DESC)",
    "CREATE INDEX idempotency_age ON idempotency (created_at)",
]
