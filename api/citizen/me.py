"""Oneself: account, copy, erasure, identity code, whom one acts for, own list, answers to asks."""

from typing import Any
from uuid import UUID

import segno

from api.auth import CITIZEN, CITIZEN_OR_NOBODY
from api.op import Ctx, Empty, op
from api.schemas import me as shapes
from api.schemas.auth import AccountOut
from models.actions import codes, consents, erasure, organisations, own_list
from models.base import local, now, today
from models.reads import licences, people
from models.rules.flow import STATE_WORDS
from models.rules.notices import TEMPLATES

TAG = "我的"


@op("GET", "/me", out=AccountOut, door=CITIZEN, tag=TAG)
async def me(c: Ctx[Empty, Empty]) -> AccountOut:
    """The signed-in account"""
    found = await people.me(c.actor)
    return AccountOut.model_validate({**_fields(found), "id": str(found.id)})


@op("GET", "/me/export", out=shapes.ExportOut, door=CITIZEN, tag=TAG)
async def export(c: Ctx[Empty, Empty]) -> shapes.ExportOut:
    """Everything held about the signed-in person; the view is audited"""
    return shapes.ExportOut(exported_at=local(now()), **await erasure.export(c.actor))


@op("DELETE", "/me", out=shapes.ErasedOut, door=CITIZEN, tag=TAG, once=False)
async def erase(c: Ctx[Empty, Empty]) -> shapes.ErasedOut:
    """Erase the account; refused while a case is on its way; what the law keeps is named"""
    kept = await erasure.erase(c.actor)
    return shapes.ErasedOut(
        kept=[shapes.KeptOut(number=k.number, title=k.title, state_words=STATE_WORDS[k.state], why=k.why) for k in kept]
    )


@op("GET", "/me/identity-code", out=shapes.IdentityCodeOut, door=CITIZEN, tag=TAG)
async def identity_code(c: Ctx[Empty, Empty]) -> shapes.IdentityCodeOut:
    """A code to show at a counter or kiosk: two minutes, one use; the one before it dies"""
    shown = await codes.show(c.actor)
    svg = segno.make_qr(shown.code, error="m").svg_inline(border=2, omitsize=True)
    return shapes.IdentityCodeOut(code=shown.code, svg=svg, expires_at=local(shown.expires_at))


# ------------------------------------------------------------------ whom one acts for


@op("GET", "/me/organisations", out=shapes.OrganisationsOut, door=CITIZEN, tag=TAG)
async def list_organisations(c: Ctx[Empty, Empty]) -> shapes.OrganisationsOut:
    """Companies the person acts for"""
    found = await people.organisations(c.actor, today())
    return shapes.OrganisationsOut(items=[_organisation(one) for one in found])


@op(
    "POST", "/me/organisations", body=shapes.OrganisationIn, out=shapes.OrganisationOut, status=201, door=CITIZEN,
    tag=TAG,
)  # fmt: skip
async def join_organisation(c: Ctx[shapes.OrganisationIn, Empty]) -> shapes.OrganisationOut:
    """Record a company one acts for; the same company again changes role and date"""
    body = c.body
    row = await organisations.join_organisation(c.actor, body.uscc, body.name, body.role, body.until)
    return _organisation(people.acts_for(row, today()))


@op("GET", "/me/mandates", out=shapes.MandatesOut, door=CITIZEN, tag=TAG)
async def list_mandates(c: Ctx[Empty, Empty]) -> shapes.MandatesOut:
    """Authority given and held"""
    found = await people.mandates(c.actor, today())
    return shapes.MandatesOut(items=[_mandate(one) for one in found])


@op("POST", "/me/mandates", body=shapes.MandateIn, out=shapes.MandateOut, status=201, door=CITIZEN, tag=TAG)
async def give_mandate(c: Ctx[shapes.MandateIn, Empty]) -> shapes.MandateOut:
    """Record authority between two people who are both present"""
    body = c.body
    new = organisations.NewMandate(body.identity_code, body.scope, body.until, body.principal_id)
    row = await organisations.give_mandate(c.actor, new)
    return _mandate(await people.mandate(c.actor, row.id, today()))


@op("POST", "/me/mandates/{id:id}/revoke", out=shapes.MandateOut, door=CITIZEN, tag=TAG)
async def revoke_mandate(c: Ctx[Empty, Empty]) -> shapes.MandateOut:
    """End a mandate; either side may"""
    row = await organisations.revoke_mandate(c.actor, UUID(c.path["id"]))
    return _mandate(await people.mandate(c.actor, row.id, today()))


@op("GET", "/me/licences", out=shapes.LicencesOut, door=CITIZEN, tag=TAG)
async def list_licences(c: Ctx[Empty, Empty]) -> shapes.LicencesOut:
    """Licences of the person and of the companies they act for; in force first"""
    return shapes.LicencesOut.model_validate(await licences.mine(c.actor))


# ------------------------------------------------------------------ own list, answers to asks


@op("GET", "/notifications", query=shapes.NotificationsIn, out=shapes.NotificationsOut, door=CITIZEN, tag=TAG)
async def notifications(c: Ctx[Empty, shapes.NotificationsIn]) -> shapes.NotificationsOut:
    """The own list, newest first: it always holds everything"""
    found = await people.notifications(c.actor, c.query.cursor, c.query.limit)
    items = [
        shapes.NotificationOut(
            id=str(n.id), kind=n.kind, title=n.title, words=n.words, case_id=str(n.case_id) if n.case_id else None,
            at=local(n.at), read=n.read,
        )
        for n in found.items
    ]  # fmt: skip
    return shapes.NotificationsOut(items=items, next_cursor=found.next_cursor, unread=found.unread)


@op("POST", "/notifications/read", body=shapes.ReadIn, out=shapes.UnreadOut, door=CITIZEN, tag=TAG)
async def read(c: Ctx[shapes.ReadIn, Empty]) -> shapes.UnreadOut:
    """Mark lines of the own list as read"""
    return shapes.UnreadOut(unread=await own_list.mark_read(c.actor, c.body.ids))


@op("GET", "/consents/templates", out=shapes.TemplatesOut, door=CITIZEN_OR_NOBODY, tag=TAG)
async def templates(c: Ctx[Empty, Empty]) -> shapes.TemplatesOut:
    """Templates to ask for in WeChat's pop-up, and how often each may still be used"""
    held = await people.consents(c.actor) if c.actor.kind == "citizen" else {}
    return shapes.TemplatesOut(
        items=[
            shapes.TemplateOut.model_validate(
                {
                    "key": key,
                    "template_id": template.id,
                    "title": template.title,
                    "state": held[key].state if key in held else None,
                    "credits": held[key].credits if key in held else 0,
                }
            )
            for key, template in TEMPLATES.items()
        ]
    )


@op("POST", "/consents", body=shapes.ConsentsIn, out=shapes.ConsentsOut, door=CITIZEN, tag=TAG)
async def consent(c: Ctx[shapes.ConsentsIn, Empty]) -> shapes.ConsentsOut:
    """Record what the person answered in WeChat's pop-up"""
    found = await consents.record(c.actor, c.body.results)
    return shapes.ConsentsOut.model_validate(
        {
            "items": [
                {"key": row.template, "state": row.state, "credits": row.credits, "standing": row.standing}
                for row in found
            ]
        }
    )


def _fields(found: Any) -> dict[str, Any]:
    return {name: getattr(found, name) for name in found.__slots__}


def _organisation(found: people.ActsFor) -> shapes.OrganisationOut:
    return shapes.OrganisationOut.model_validate({**_fields(found), "id": str(found.id)})


def _mandate(found: people.Authority) -> shapes.MandateOut:
    ids = {name: str(getattr(found, name)) for name in ("id", "principal_id", "helper_id")}
    return shapes.MandateOut.model_validate({**_fields(found), **ids})
