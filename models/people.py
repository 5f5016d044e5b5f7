"""Citizens, what they hold and whom they act for; staff and their sessions."""

from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Row
from models.seal import Cell

ASSURANCE = ("none", "phone", "name", "face", "window")
ROLES = (
    "clerk", "delegate", "handler", "section_head", "approver", "supervisor", "county_head", "editor", "system_admin",
    "security_admin", "auditor",
)  # fmt: skip


class Account(Row):
    """One citizen (R4). Name, ID number and phone are sealed; the blind indexes find them.

    `plain_after`: a WeChat account joined lately; plain data is not shown before (promises 3.7, cool-down).
    """

    assurance = fields.CharField(max_length=8, default="none")
    name_sealed: Any = fields.TextField(null=True)
    id_number_sealed: Any = fields.TextField(null=True)
    id_number_index: Any = fields.CharField(max_length=64, null=True)
    phone_sealed: Any = fields.TextField(null=True)
    phone_index: Any = fields.CharField(max_length=64, null=True)
    verified_at: Any = fields.DatetimeField(null=True)
    plain_after: Any = fields.DatetimeField(null=True)
    erased_at: Any = fields.DatetimeField(null=True)

    NAME = Cell("account", "name")
    ID_NUMBER = Cell("account", "id_number")
    PHONE = Cell("account", "phone")

    class Meta:
        table = "account"


class WechatBinding(Row):
    """An openid bound to one account at a time; an account may have several (R4)."""

    account: Any = fields.ForeignKeyField("models.Account", related_name="bindings")
    account_id: UUID
    openid_sealed = fields.TextField()
    openid_index = fields.CharField(max_length=64, unique=True)
    flagged_at: Any = fields.DatetimeField(null=True)

    OPENID = Cell("wechat_binding", "openid")

    class Meta:
        table = "wechat_binding"


class RefreshToken(Row):
    """One link of a refresh family: only its hash is kept; a second use revokes the family."""

    account: Any = fields.ForeignKeyField("models.Account", related_name="tokens")
    account_id: UUID
    family = fields.UUIDField()
    hash = fields.CharField(max_length=64, unique=True)
    expires_at = fields.DatetimeField()
    used_at: Any = fields.DatetimeField(null=True)
    successor_sealed: Any = fields.TextField(null=True)
    revoked_at: Any = fields.DatetimeField(null=True)

    SUCCESSOR = Cell("refresh_token", "successor")

    class Meta:
        table = "refresh_token"
        indexes = (("family",), ("account_id",))


class SmsCode(Row):
    """A six-digit code sent to a phone: 5 minutes, 5 tries, one use."""

    phone_index = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64)
    expires_at = fields.DatetimeField()
    tries = fields.IntField(default=0)
    used_at: Any = fields.DatetimeField(null=True)

    class Meta:
        table = "sms_code"
        indexes = (("phone_index", "created_at"),)


class Attempt(Row):
    """One try at a door that is counted: `door` names it, `who` is a keyed index of an address, phone or account."""

    door = fields.CharField(max_length=16)
    who = fields.CharField(max_length=64)

    class Meta:
        table = "attempt"
        indexes = (("door", "who", "created_at"),)


class IdentityCode(Row):
    """A code a citizen shows at a counter or kiosk: two minutes, one use, only its hash is kept."""

    account: Any = fields.ForeignKeyField("models.Account", related_name="identity_codes")
    account_id: UUID
    hash = fields.CharField(max_length=64, unique=True)
    expires_at = fields.DatetimeField()
    used_at: Any = fields.DatetimeField(null=True)

    class Meta:
        table = "identity_code"
        indexes = (("account_id",),)


class Organisation(Row):
    """A company or other body, by its unified social credit code (R3)."""

    uscc = fields.CharField(max_length=18, unique=True)
    name = fields.CharField(max_length=120)

    class Meta:
        table = "organisation"


class Membership(Row):
    """A person acts for an organisation by a recorded role until a date (R4)."""

    account: Any = fields.ForeignKeyField("models.Account", related_name="memberships")
    account_id: UUID
    organisation: Any = fields.ForeignKeyField("models.Organisation", related_name="members")
    organisation_id: UUID
    role = fields.CharField(max_length=12)
    until: Any = fields.DateField(null=True)

    class Meta:
        table = "membership"
        unique_together = (("account_id", "organisation_id"),)


class Mandate(Row):
    """Authority given by one person to another, with scope and end (R52)."""

    principal: Any = fields.ForeignKeyField("models.Account", related_name="given_mandates")
    principal_id: UUID
    helper: Any = fields.ForeignKeyField("models.Account", related_name="held_mandates")
    helper_id: UUID
    scope_sealed = fields.TextField()
    until = fields.DateField()
    revoked_at: Any = fields.DatetimeField(null=True)

    SCOPE = Cell("mandate", "scope")

    class Meta:
        table = "mandate"


class Consent(Row):
    """The subscription ledger of one account and template: credits left, or a standing yes (R61)."""

    account: Any = fields.ForeignKeyField("models.Account", related_name="consents")
    account_id: UUID
    template = fields.CharField(max_length=40)
    credits = fields.IntField(default=0)
    standing = fields.BooleanField(default=False)
    state = fields.CharField(max_length=8, default="accept")

    class Meta:
        table = "consent"
        unique_together = (("account_id", "template"),)


class Staff(Row):
    """Somebody who works at a counter or in a department. Receiving and deciding are separate accounts (R50)."""

    login = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=40)
    roles: Any = fields.JSONField(default=list)
    department_id: Any = fields.CharField(max_length=8, null=True)
    section = fields.CharField(max_length=40, default="")
    hall_id: Any = fields.CharField(max_length=4, null=True)
    password_hash = fields.TextField()
    password_changed_at = fields.DatetimeField()
    totp_sealed = fields.TextField()
    totp_step = fields.BigIntField(default=0)
    failures = fields.IntField(default=0)
    locked_until: Any = fields.DatetimeField(null=True)
    disabled_at: Any = fields.DatetimeField(null=True)

    TOTP = Cell("staff", "totp")

    class Meta:
        table = "staff"


class StaffSession(Row):
    """One signed-in desk: idle 15 minutes, absolute 8 hours, one per account."""

    staff: Any = fields.ForeignKeyField("models.Staff", related_name="sessions")
    staff_id: UUID
    hash = fields.CharField(max_length=64, unique=True)
    csrf = fields.CharField(max_length=64)
    hall_id: Any = fields.CharField(max_length=4, null=True)
    window = fields.CharField(max_length=40, default="")
    address = fields.CharField(max_length=64, default="")
    seen_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    ended_at: Any = fields.DatetimeField(null=True)

    class Meta:
        table = "staff_session"


class DepartmentSystem(Row):
    """A department's own system: where events go and the keys that sign both ways (two keys live while one rotates)."""

    department_id = fields.CharField(max_length=8)
    url = fields.CharField(max_length=300)
    key_id = fields.CharField(max_length=40, unique=True)
    key_sealed = fields.TextField()
    active = fields.BooleanField(default=True)

    KEY = Cell("department_system", "key")

    class Meta:
        table = "department_system"


CONSTRAINTS = [
    "ALTER TABLE account ADD CONSTRAINT account_assurance CHECK (assurance IN ('none','phone','name','face','window'))",
    "CREATE UNIQUE INDEX account_id_number ON account (id_number_index) WHERE id_number_index IS NOT NULL",
    "CREATE UNIQUE INDEX account_phone ON account (phone_index) WHERE phone_index IS NOT NULL",
    "ALTER TABLE consent ADD CONSTRAINT consent_credits CHECK (credits >= 0)",
    "CREATE UNIQUE INDEX staff_one_session ON staff_session (staff_id) WHERE ended_at IS NULL",
    "CREATE UNIQUE INDEX department_one_system ON department_system (department_id, key_id) WHERE active",
]
