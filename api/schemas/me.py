"""Bodies and answers about oneself: copy, erasure, whom one acts for, own list, answers to asks."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.op import Schema
from api.schemas.base import Shape
from api.schemas.case import Light
from models.actions.consents import Answer

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class ExportOut(Shape):
    """Everything held about the person, in plain. `tables`: name -> rows."""

    exported_at: datetime
    account: dict[str, Any]
    tables: dict[str, list[dict[str, Any]]]
    left_out: list[str]


class KeptOut(Shape):
    """A case the law keeps."""

    number: str
    title: str
    state_words: str
    why: str


class ErasedOut(Shape):
    """What was erased is gone; `kept` names what stays and why."""

    erased: Literal[True] = True
    kept: list[KeptOut]


class IdentityCodeOut(Shape):
    """A one-use code with its QR picture as inline SVG."""

    code: str
    svg: str
    expires_at: datetime


class OrganisationIn(Schema):
    """`role`: legal (法定代表人) or agent (经办人, needs `until`)."""

    uscc: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    name: Words
    role: Literal["legal", "agent"]
    until: date | None = None


class OrganisationOut(Shape):
    """A company the person acts for."""

    id: str
    uscc: str
    name: str
    role: Literal["legal", "agent"]
    until: date | None
    valid: bool


class OrganisationsOut(Shape):
    items: list[OrganisationOut]
    next_cursor: None = None


class MandateIn(Schema):
    """`identity_code`: what the other person shows on their phone; showing it is their consent.

    `principal_id`: the one who gives the authority; left out, it is the one who shows the code.
    """

    identity_code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    scope: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
    until: date
    principal_id: UUID | None = None


class MandateOut(Shape):
    """A mandate seen from one side."""

    id: str
    side: Literal["given", "held"]
    principal_id: str
    helper_id: str
    other_name: str | None
    scope: str
    until: date
    valid: bool
    can: list[str]


class MandatesOut(Shape):
    items: list[MandateOut]
    next_cursor: None = None


class ConsentsIn(Schema):
    """`results`: template key -> what the person answered in WeChat's pop-up, at most three at once."""

    results: dict[Annotated[str, StringConstraints(max_length=40)], Answer] = Field(min_length=1, max_length=3)


class ConsentOut(Shape):
    """The ledger of one template: how many messages are left."""

    key: str
    state: Answer
    credits: int
    standing: bool


class ConsentsOut(Shape):
    items: list[ConsentOut]


class TemplateOut(Shape):
    """A template to ask for; `state` None: not asked yet."""

    key: str
    template_id: str
    title: str
    state: Answer | None
    credits: int


class TemplatesOut(Shape):
    items: list[TemplateOut]


class NotificationsIn(Schema):
    """`cursor` as given by the page before; `limit` 1 to 50."""

    cursor: Annotated[str, StringConstraints(max_length=200)] | None = None
    limit: int = Field(default=20, ge=1, le=50)


class NotificationOut(Shape):
    """A line of the own list."""

    id: str
    kind: str
    title: str
    words: str
    case_id: str | None
    at: datetime
    read: bool


class NotificationsOut(Shape):
    items: list[NotificationOut]
    next_cursor: str | None
    unread: int


class ReadIn(Schema):
    """`ids` null: all of them."""

    ids: list[UUID] | None = Field(default=None, max_length=200)


class UnreadOut(Shape):
    unread: int


class HolderOut(Shape):
    """Whose it is: one's own, a company's one acts for, or a person's one files for."""

    kind: Literal["self", "organisation", "mandate"]
    id: str
    name: str | None


class LicenceOut(Shape):
    """A licence. `valid_until` null: for good. `deemed`: this term came because nobody decided in time (art. 50).

    `renewal_case_id`: the renewal on its way. `can`: `renew`, from 90 days before its end on.
    """

    id: str
    name: str
    number: str
    holder: HolderOut
    item_code: str
    department: str
    issued_on: str
    valid_from: str
    valid_until: str | None
    state: Literal["valid", "expired", "renewed", "revoked"]
    state_words: str
    light: Light
    words: str
    deemed: bool
    renewal_case_id: str | None
    can: list[Literal["renew"]]


class LicencesOut(Shape):
    items: list[LicenceOut]
    next_cursor: None = None
