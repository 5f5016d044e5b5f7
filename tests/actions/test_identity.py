"""Real name, one account for one number, joining two accounts of one person."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from models.actions import codes, drafts, erasure, identity, organisations
from models.actions.drafts import Filing
from models.base import Refusal, now, rows, today
from models.case import Case
from models.outbox import Notification
from models.people import Account, WechatBinding
from models.reads import people
from models.rules import tokens
from models.seal import ring
from tests.actions.people import DOOR, LI_NUMBER, LI_PHONE, SUN_NUMBER, actor, li, refused, sent_code

pytestmark = pytest.mark.database
NEW: dict[str, Any] = {"applicant": {}, "answers": {}, "form": {}, "hall": "0001"}


async def test_real_name_is_recorded_sealed(db: str):
    who = await li()
    me = await people.me(who)
    assert (me.name, me.assurance) == ("李秀英", "name")
    assert me.id_number_masked == "440229********038X"
    stored = str(await rows("SELECT * FROM account"))
    assert LI_NUMBER not in stored and "李秀英" not in stored and LI_PHONE not in stored


@pytest.mark.parametrize(
    "number",
    [
        "440229195803120380",
        "44022919580312038",
        "440229580312038",
        "44022919581332044X",
        "440229205803120443",
        "x" * 5000,
    ],
)
async def test_bad_numbers_are_refused(number: str):
    with pytest.raises(Refusal) as caught:
        identity.parse_real_name("李秀英", number)
    assert caught.value.code == "bad_id_number" and caught.value.status == 422


async def test_a_small_x_is_forgiven():
    assert identity.parse_real_name("李秀英", "44022919580312038x") == ("李秀英", LI_NUMBER)


async def test_the_same_again_is_fine_another_identity_is_not(db: str):
    who = await li()
    assert (await identity.real_name(who, "李秀英", LI_NUMBER, "name")).id == who.id
    assert (await refused(identity.real_name(who, "孙伟", SUN_NUMBER, "name"))).code == "real_name_done"
    assert (await refused(identity.real_name(who, "李秀", LI_NUMBER, "name"))).code == "real_name_done"


async def test_five_tries_a_day(db: str):
    who = await actor(await identity.sign_in_wechat("openid-sun"))
    for _ in range(5):
        await identity.guard_real_name(who)
    assert (await refused(identity.guard_real_name(who))).status == 429


async def test_a_second_wechat_of_one_person_joins_after_the_phone_check(db: str):
    old = await li()
    new = await actor(await identity.sign_in_wechat("openid-li-new"))
    hint = await refused(identity.real_name(new, "李秀英", LI_NUMBER, "name"))
    assert hint.code == "account_exists" and "45" in hint.words and LI_PHONE not in hint.words
    await codes.send_sms(LI_PHONE, DOOR)
    joined = await identity.bind_phone_by_sms(new, LI_PHONE, await sent_code())
    assert joined.account.id == old.id
    assert (await actor(joined)).assurance == "name"
    assert await WechatBinding.filter(account_id=old.id).count() == 2
    assert (await identity.sign_in_wechat("openid-li-new")).account.id == old.id
    assert await Notification.filter(account_id=old.id, kind="account.joined").count() == 1
    assert (await Account.get(id=new.id)).erased_at is not None
    assert (await refused(erasure.export(await actor(joined)))).code == "cool_down"


async def test_another_name_under_the_same_number_learns_nothing(db: str):
    await li()
    sun = await actor(await identity.sign_in_wechat("openid-sun"))
    answer = await refused(identity.real_name(sun, "孙伟", LI_NUMBER, "name"))
    assert answer.code == "id_number_taken" and "45" not in answer.words


async def test_two_people_with_real_names_are_never_joined(db: str):
    await li()
    sun = await actor(await identity.sign_in_wechat("openid-sun"))
    await identity.real_name(sun, "孙伟", SUN_NUMBER, "name")
    answer = await refused(identity.bind_phone(sun, LI_PHONE))
    assert answer.code == "phone_taken" and "窗口" in answer.words
    assert await Account.filter(erased_at=None).count() == 2


async def test_a_phone_account_of_the_web_hall_joins_the_one_with_the_name(db: str):
    await codes.send_sms(LI_PHONE, DOOR)
    web = await identity.sign_in_phone(LI_PHONE, await sent_code(), DOOR)
    draft = await Case.get(id=await drafts.begin(await actor(web), Filing(["SJ03"]), **NEW))
    who = await li(phone=False)
    joined = await identity.bind_phone(who, LI_PHONE)
    assert joined.account.id == who.id and (await people.card(joined.account)).phone_masked == "138****2345"
    moved = await Case.get(id=draft.id)
    assert moved.account_id == moved.applicant_id == who.id
    assert Case.APPLICANT.open(moved.id, moved.applicant_name_sealed) == "李秀英"
    assert await drafts.begin(who, Filing(["SJ03"]), **NEW) == draft.id
    assert await people.citizen(tokens.read(ring().token_key, web.access_token, now())) is None


async def test_an_account_with_a_filed_case_is_not_moved(db: str):
    await li()
    other = await actor(await identity.sign_in_wechat("openid-2"))
    await Case.create(title="x", account_id=other.id, hall_id="0001", state="withdrawn", owner="")
    assert (await refused(identity.bind_phone(other, LI_PHONE))).code == "phone_taken"


async def test_parallel_claims_on_one_number_give_it_once(db: str, together: Any):
    claims = [await actor(await identity.sign_in_wechat(f"openid-{n}")) for n in range(5)]
    answers = await together(*(identity.real_name(who, "李秀英", LI_NUMBER, "name") for who in claims))
    assert sum(isinstance(answer, Account) for answer in answers) == 1
    assert {answer.code for answer in answers if isinstance(answer, Refusal)} == {"account_exists"}


async def test_a_draft_begun_without_a_name_gets_it(db: str):
    who = await actor(await identity.sign_in_wechat("openid-li"))
    id_ = await drafts.begin(who, Filing(["SJ03"]), **NEW)
    await identity.real_name(who, "李秀英", LI_NUMBER, "name")
    assert Case.APPLICANT.open(id_, (await Case.get(id=id_)).applicant_name_sealed) == "李秀英"


async def test_ended_authority_files_nothing(db: str):
    who = await li()
    uscc = "91350100M000100Y43"
    row = await organisations.join_organisation(who, uscc, "翁源县秀英小吃店", "agent", today() + timedelta(days=1))
    given = {**NEW, "applicant": {"kind": "organisation", "id": row.organisation_id}}
    with time_machine.travel(now() + timedelta(days=2), tick=False):
        assert (await refused(drafts.begin(who, Filing(["SJ03"]), **given))).code == "applicant_not_allowed"
    await drafts.begin(who, Filing(["SJ03"]), **given)
