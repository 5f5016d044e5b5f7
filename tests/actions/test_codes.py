"""Codes: six digits to a phone, a code to show at a counter."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from models.actions import codes, identity, organisations
from models.base import now, rows, today
from models.outbox import Notification
from models.people import Account, IdentityCode
from models.reads import people
from models.rules.permits import Actor
from tests.actions.people import DOOR, LI_PHONE, SUN_NUMBER, actor, li, refused, sent_code

pytestmark = pytest.mark.database


async def test_a_code_signs_in_and_is_used_up(db: str):
    await codes.send_sms(LI_PHONE, DOOR)
    code = await sent_code()
    kept = str(await rows("SELECT * FROM sms_code")) + str(await rows("SELECT * FROM outbox"))
    assert code not in kept and LI_PHONE not in kept
    grant = await identity.sign_in_phone(LI_PHONE, code, DOOR)
    assert (await people.card(grant.account)).phone_masked == "138****2345"
    assert (await refused(identity.sign_in_phone(LI_PHONE, code, DOOR))).code == "sms_code_wrong"


async def test_five_wrong_tries_spend_a_code(db: str):
    await codes.send_sms(LI_PHONE, DOOR)
    code = await sent_code()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert (await refused(identity.sign_in_phone(LI_PHONE, wrong, DOOR))).code == "sms_code_wrong"
    assert (await refused(identity.sign_in_phone(LI_PHONE, code, DOOR))).code == "sms_code_spent"


async def test_parallel_guesses_are_each_counted(db: str, together: Any):
    await codes.send_sms(LI_PHONE, DOOR)
    wrong = f"{(int(await sent_code()) + 1) % 1_000_000:06d}"
    answers = await together(*(identity.sign_in_phone(LI_PHONE, wrong, DOOR) for _ in range(9)))
    assert sorted(answer.code for answer in answers) == ["sms_code_spent"] * 4 + ["sms_code_wrong"] * 5


async def test_a_code_lives_five_minutes_and_only_the_newest_counts(db: str):
    with time_machine.travel(now(), tick=False) as clock:
        await codes.send_sms(LI_PHONE, DOOR)
        first = await sent_code()
        clock.shift(timedelta(seconds=61))
        await codes.send_sms(LI_PHONE, DOOR)
        second = await sent_code()
        if first != second:
            assert (await refused(identity.sign_in_phone(LI_PHONE, first, DOOR))).code == "sms_code_wrong"
        clock.shift(timedelta(minutes=5))
        assert (await refused(identity.sign_in_phone(LI_PHONE, second, DOOR))).code == "sms_code_wrong"


async def test_one_code_a_minute_and_ten_a_day(db: str):
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(10):
            await codes.send_sms(LI_PHONE, DOOR)
            clock.shift(timedelta(seconds=59))
            soon = await refused(codes.send_sms(LI_PHONE, DOOR))
            assert (soon.code, soon.status, soon.retry_after) == ("too_many_attempts", 429, 1)
            clock.shift(timedelta(seconds=2))
        late = await refused(codes.send_sms(LI_PHONE, DOOR))
        assert late.retry_after is not None and late.retry_after > 80_000
        await codes.send_sms("13827719999", DOOR)
        clock.shift(timedelta(hours=24))
        await codes.send_sms(LI_PHONE, DOOR)


async def test_an_address_with_many_wrong_codes_is_stopped(db: str):
    for _ in range(60):
        await identity.failed_from(DOOR)
    assert (await refused(identity.sign_in_phone(LI_PHONE, "000000", DOOR))).code == "too_many_attempts"
    assert (await refused(identity.guard_address(DOOR))).status == 429
    await identity.guard_address("10.0.0.2")


async def test_an_identity_code_is_good_once_for_two_minutes(db: str):
    who, desk = await li(), Actor("staff", name="王芳", roles=frozenset({"clerk"}))
    first = await codes.show(who)
    second = await codes.show(who)
    assert (await refused(codes.redeem(desk, first.code))).code == "identity_code_wrong"
    assert (await codes.redeem(desk, second.code)).id == who.id
    assert (await refused(codes.redeem(desk, second.code))).code == "identity_code_wrong"
    assert second.code not in str(await IdentityCode.all().values())
    with time_machine.travel(now(), tick=False) as clock:
        third = await codes.show(who)
        clock.shift(timedelta(seconds=120))
        assert (await refused(codes.redeem(desk, third.code))).status == 404


async def test_no_code_without_a_real_name(db: str):
    who = await actor(await identity.sign_in_wechat("openid-sun"))
    assert (await refused(codes.show(who))).code == "real_name_needed"


async def test_acting_for_a_company(db: str):
    who = await li()
    uscc = "91350100M000100Y43"
    row = await organisations.join_organisation(who, uscc.lower(), "翁源县秀英小吃店", "legal", None)
    assert row.organisation.uscc == uscc
    until = today() + timedelta(days=30)
    await organisations.join_organisation(who, uscc, "翁源县秀英小吃店", "agent", until)
    found = await people.organisations(who, today())
    assert [(one.role, one.until, one.valid) for one in found] == [("agent", until, True)]
    assert not (await people.organisations(who, until + timedelta(days=1)))[0].valid


@pytest.mark.parametrize(
    ("uscc", "name", "role", "days", "code"),
    [
        ("91350100M000100Y44", "甲", "legal", None, "bad_uscc"),
        ("91350100M000100Y43", "甲", "agent", None, "until_needed"),
        ("91350100M000100Y43", "甲", "agent", 0, "bad_until"),
        ("91350100M000100Y43", "甲", "agent", 9999, "bad_until"),
    ],
)
async def test_what_a_company_needs(db: str, uscc: str, name: str, role: Any, days: int | None, code: str):
    who = await li()
    until = None if days is None else today() + timedelta(days=days)
    assert (await refused(organisations.join_organisation(who, uscc, name, role, until))).code == code


async def test_a_mandate_needs_both_people(db: str):
    mother = await li()
    son = await actor(await identity.sign_in_wechat("openid-sun"))
    await identity.real_name(son, "孙伟", SUN_NUMBER, "name")
    son = await actor(await identity.sign_in_wechat("openid-sun"))
    until = today() + timedelta(days=90)
    guess = organisations.NewMandate("YM-guess", "领取结果", until)
    assert (await refused(organisations.give_mandate(son, guess))).code == "identity_code_wrong"
    shown = await codes.show(mother)
    row = await organisations.give_mandate(son, organisations.NewMandate(shown.code, "领取结果", until))
    assert (row.principal_id, row.helper_id) == (mother.id, son.id)
    [given] = await people.mandates(mother, today())
    assert (given.side, given.other_name, given.can) == ("given", "孙*", ["revoke"])
    assert await Notification.filter(kind="account.mandate").count() == 2
    await organisations.revoke_mandate(mother, row.id)
    [held] = await people.mandates(son, today())
    assert not held.valid and held.can == []


async def test_a_mandate_for_oneself_or_another_or_by_a_stranger(db: str):
    mother = await li()
    until = today() + timedelta(days=90)
    own = organisations.NewMandate((await codes.show(mother)).code, "领取结果", until)
    assert (await refused(organisations.give_mandate(mother, own))).code == "mandate_self"
    son = await actor(await identity.sign_in_wechat("openid-sun"))
    await identity.real_name(son, "孙伟", SUN_NUMBER, "name")
    son = await actor(await identity.sign_in_wechat("openid-sun"))
    stranger = organisations.NewMandate((await codes.show(mother)).code, "领取结果", until, principal_id=tokens_id())
    assert (await refused(organisations.give_mandate(son, stranger))).code == "principal_differs"
    good = await organisations.give_mandate(
        son, organisations.NewMandate((await codes.show(mother)).code, "领取结果", until, principal_id=mother.id)
    )
    third = await actor(await identity.sign_in_wechat("openid-3"))
    assert (await refused(organisations.revoke_mandate(third, good.id))).code == "not_found"


def tokens_id() -> Any:
    return Account().id
