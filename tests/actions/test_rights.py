"""What is held about a person: consents, the own list, the copy, the erasure."""

import base64
from typing import Any

import pytest

from models.actions import codes, consents, erasure, identity, own_list
from models.base import local, now, rows, unit
from models.case import Case
from models.outbox import Notification, Outbox
from models.people import Account, Consent, RefreshToken, WechatBinding
from models.reads import people
from models.rules import tokens
from models.rules.permits import Actor
from tests import people as named
from tests.actions.people import DOOR, LI_NUMBER, LI_PHONE, SUN_NUMBER, actor, li, refused

pytestmark = pytest.mark.database


async def test_consents_are_counted(db: str):
    who = await li()
    await consents.record(who, {"progress": "accept", "collect": "reject"})
    await consents.record(who, {"progress": "accept"})
    held = await people.consents(who)
    assert (held["progress"].credits, held["progress"].state) == (2, "accept")
    assert (held["collect"].credits, held["collect"].state) == (0, "reject")
    await consents.record(who, {"progress": "filter"})
    assert (await people.consents(who))["progress"].state == "accept"
    await consents.record(who, {"progress": "ban"})
    assert (await people.consents(who))["progress"].credits == 0
    assert (await refused(consents.record(who, {"prizes": "accept"}))).code == "template_unknown"


async def test_parallel_answers_are_all_counted(db: str, together: Any):
    who = await li()
    await together(*(consents.record(who, {"progress": "accept"}) for _ in range(6)))
    assert (await Consent.get(account_id=who.id, template="progress")).credits == 6


async def test_the_own_list_is_only_ones_own(db: str):
    who = await li()
    sun = await actor(await identity.sign_in_wechat("openid-sun"))
    assert who.id and sun.id
    for account in (who.id, who.id, who.id, sun.id):
        await own_list.write(account, "account.phone")
    page = await people.notifications(who, limit=2)
    assert len(page.items) == 2 and page.unread == 3 and page.next_cursor
    rest = await people.notifications(who, page.next_cursor, 2)
    assert len(rest.items) == 1 and rest.next_cursor is None
    assert {n.id for n in page.items}.isdisjoint({n.id for n in rest.items})
    assert await own_list.mark_read(sun, [page.items[0].id]) == 1
    assert await own_list.mark_read(who, [page.items[0].id]) == 2
    assert await own_list.mark_read(who, None) == 0
    early = base64.urlsafe_b64encode(f"0001-01-01T00:00:00+23:59|{who.id}".encode()).decode()
    for cursor in ("not a cursor", "\0", "李", "e30", early, "A" * 5000):
        assert (await refused(people.notifications(who, cursor))).code == "bad_cursor"


async def test_the_copy_holds_everything_in_plain_and_is_audited(db: str):
    who = await li()
    form = '{"shop": "金丝雀小吃"}'
    case = await Case.create(title="食品经营许可", account_id=who.id, hall_id="0001")
    await Case.filter(id=case.id).update(form_sealed=Case.FORM.seal(case.id, form))
    await own_list.write(who.id or case.id, "account.phone")
    copy = await erasure.export(who)
    assert copy["account"]["name"] == "李秀英" and copy["account"]["id_number"] == LI_NUMBER
    assert copy["account"]["phone"] == LI_PHONE
    assert copy["tables"]["cases"][0]["form"] == {"shop": "金丝雀小吃"}
    assert copy["tables"]["notification"][0]["words"].startswith("您的账户")
    assert {"wechat_binding", "refresh_token", "audit"} <= set(copy["tables"])
    assert "hash" not in copy["tables"]["refresh_token"][0]
    assert [row["act"] for row in await rows("SELECT act FROM audit ORDER BY seq")][-1] == "account.export"


async def test_the_copy_shows_nobody_else(db: str):
    await li()
    sun = await actor(await identity.sign_in_wechat("openid-sun"))
    await identity.real_name(sun, "孙伟", SUN_NUMBER, "name")
    copy = str(await erasure.export(sun))
    assert "孙伟" in copy and "李秀英" not in copy and LI_PHONE not in copy and LI_NUMBER not in copy


async def test_erasure_is_refused_while_a_case_is_on_its_way(db: str):
    who = await li()
    await Case.create(
        title="食品经营许可", account_id=who.id, hall_id="0001", state="accepted", number="1" * 24, owner="departments"
    )
    answer = await refused(erasure.erase(who))
    assert answer.code == "open_cases" and "食品经营许可（已受理）" in answer.errors[0]["detail"]
    assert (await people.me(who)).name == "李秀英"


async def test_erasure_leaves_nothing_to_open(db: str):
    who = await li()
    kept = await Case.create(
        title="办过的", account_id=who.id, hall_id="0001", state="delivered", number="2" * 24, owner=""
    )
    draft = await Case.create(title="没交的", account_id=who.id, hall_id="0001")
    await Case.filter(id=draft.id).update(form_sealed=Case.FORM.seal(draft.id, "{}"))
    assert [(k.number, k.title) for k in await erasure.erase(who)] == [(kept.number, "办过的")]
    account = await Account.get(id=who.id)
    assert account.erased_at and not (account.name_sealed or account.id_number_sealed or account.phone_sealed)
    assert not (account.id_number_index or account.phone_index)
    assert await WechatBinding.all().count() == 0
    assert (await Case.get(id=draft.id)).form_sealed is None
    assert await RefreshToken.filter(revoked_at=None).count() == 0
    fresh = await identity.sign_in_wechat("openid-li")
    assert fresh.account.id != who.id
    assert (await identity.real_name(await actor(fresh), "李秀英", LI_NUMBER, "name")).id == fresh.account.id


async def test_a_changed_phone_is_told(db: str):
    who = await li()
    grant = await identity.bind_phone(who, "13827719999")
    assert (await people.card(grant.account)).phone_masked == "138****9999"
    assert await Notification.filter(kind="account.phone").count() == 1
    assert (
        await people.citizen(tokens.Access(grant.account.id, who.session or grant.account.id, grant.account.id)) is None
    )


async def test_a_unit_that_fails_leaves_no_code(db: str):
    async def body() -> None:
        await codes.send_sms(LI_PHONE, DOOR)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await unit(body)
    assert await Outbox.all().count() == 0
    assert local(now()).tzinfo is not None


async def filed() -> Actor:
    """李秀英 after a whole journey: a case was decided for her."""
    who = await named.citizen()
    await named.concluded(who, await named.clerk(), await named.handler(), await named.approver())
    return who


async def test_no_table_about_the_person_is_forgotten_in_the_copy(db: str):
    who = await filed()
    copy = await erasure.export(who)
    columns = await rows(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND column_name IN ('account_id', 'case_id', 'notice_id', 'material_id', 'upload_id')"
    )
    assert len(columns) > 15
    for found in columns:
        table = found["table_name"]
        held = (await rows(f'SELECT count(*) AS n FROM "{table}" WHERE "{found["column_name"]}" IS NOT NULL'))[0]["n"]
        assert len(copy["tables"].get(table, [])) == held, table
    assert "经审查，符合条件" not in str(copy)  # the department's inner opinion stays inside


async def test_an_erased_person_leaves_only_the_kept_case(db: str):
    who = await filed()
    assert (await refused(erasure.erase(who))).code == "open_cases"
    await Case.filter(account_id=who.id).update(state="delivered", owner="")
    [kept] = await erasure.erase(who)
    assert kept.number and "归档" in kept.why
    assert not await Notification.filter(account_id=who.id).exists()
    assert (await Account.get(id=who.id)).id_number_sealed is None
