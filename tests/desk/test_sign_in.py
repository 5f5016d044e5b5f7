"""Staff sign-in (promises 3.7): what opens the desk, what locks it, and that every failure looks the same."""

from datetime import timedelta

import pytest

from models.actions import audit, staff
from models.audit import Audit
from models.base import Refusal, now
from models.people import Staff, StaffSession
from tests.desk.door import PASSWORD, SECRET, Desk, csrf, digits, hire

pytestmark = pytest.mark.database


async def test_signing_in_opens_one_s_own_room_and_tells_of_the_last_visit(desk: Desk) -> None:
    answer = await desk.sign_in("wangfang", seat="0001|综合窗口 A06 号窗口")
    assert answer.status_code == 200 and str(answer.url).endswith("/desk/queue?welcome=1")
    assert "这是这个账号第一次登录" in answer.text and "县中心 · 综合窗口 A06 号窗口" in answer.text
    cookie = next(c for c in desk.http.cookies.jar if c.name == "yimen")
    assert cookie.has_nonstandard_attr("HttpOnly") and cookie.get_nonstandard_attr("SameSite") == "strict"
    again = desk.another()
    told = await again.sign_in("wangfang", code=digits(1))
    assert "上次登录" in told.text and "综合窗口 A06 号窗口" in told.text
    await again.http.aclose()


async def test_an_old_password_is_told_of(desk: Desk) -> None:
    await Staff.filter(login="wangfang").update(password_changed_at=now() - timedelta(days=91))
    assert "密码用了 90 天以上" in (await desk.sign_in("wangfang")).text


async def test_the_seat_is_remembered_by_the_browser(desk: Desk) -> None:
    await desk.sign_in("wangfang", seat="0001|综合窗口 A06 号窗口")
    form = await desk.page("/desk/sign-in")
    assert 'value="0001|综合窗口 A06 号窗口" selected' in form


async def test_every_failure_is_the_same_answer(desk: Desk) -> None:
    await hire("gone", "离职", "clerk", hall="0001")
    await Staff.filter(login="gone").update(disabled_at=now())
    await hire("locked", "锁住", "clerk", hall="0001")
    await Staff.filter(login="locked").update(locked_until=now() + timedelta(minutes=5))
    tries = [
        ("nobody", PASSWORD, digits()), ("wangfang", "wrong-password-x", digits()), ("wangfang", PASSWORD, "000000"),
        ("wangfang", PASSWORD, "１２３４５６"), ("gone", PASSWORD, digits()), ("locked", PASSWORD, digits()),
    ]  # fmt: skip
    answers = [await desk.sign_in(*one) for one in tries]
    assert {answer.status_code for answer in answers} == {401}
    assert all(staff.WRONG_WORDS in answer.text for answer in answers)
    bodies = {answer.text.replace(login, "").replace(csrf(answer.text), "") for answer, (login, *_) in
              zip(answers, tries, strict=True)}  # fmt: skip
    assert len(bodies) == 1
    assert "王芳" not in answers[1].text
    assert await Audit.filter(act="staff.sign_in_failed").count() == len(tries)


async def test_five_failures_lock_the_account_for_half_an_hour_and_nobody_else(desk: Desk) -> None:
    for _ in range(5):
        assert (await desk.sign_in("wangfang", "wrong-password-x")).status_code == 401
    assert (await desk.sign_in("wangfang")).status_code == 401
    row = await Staff.get(login="wangfang")
    assert timedelta(minutes=29) < row.locked_until - now() <= timedelta(minutes=30)
    assert (await desk.sign_in("zhaoqiang")).status_code == 200
    await Staff.filter(login="wangfang").update(locked_until=now() - timedelta(seconds=1))
    assert (await desk.another().sign_in("wangfang")).status_code == 200


async def test_knocking_on_a_locked_account_does_not_lock_it_longer(desk: Desk) -> None:
    until = now() + timedelta(minutes=1)
    await Staff.filter(login="wangfang").update(locked_until=until)
    for _ in range(6):
        await desk.sign_in("wangfang", "wrong-password-x")
    assert (await Staff.get(login="wangfang")).locked_until == until


async def test_a_one_time_code_opens_once(desk: Desk) -> None:
    code = digits()
    assert (await desk.sign_in("wangfang", code=code)).status_code == 200
    other = desk.another()
    assert (await other.sign_in("wangfang", code=code)).status_code == 401
    assert (await other.sign_in("wangfang", code=digits(-1))).status_code == 401  # earlier than the one used
    assert (await other.sign_in("wangfang", code=digits(1))).status_code == 200


async def test_two_racing_sign_ins_with_one_code_open_one_desk(desk: Desk, together) -> None:
    code = digits()
    results = await together(*(staff.sign_in("wangfang", PASSWORD, code) for _ in range(4)))
    opened = [one for one in results if isinstance(one, staff.Signed)]
    assert len(opened) == 1
    assert {one.code for one in results if isinstance(one, Refusal)} == {"sign_in_failed"}


async def test_one_session_per_account(desk: Desk) -> None:
    await desk.sign_in("wangfang")
    other = desk.another()
    await other.sign_in("wangfang", code=digits(1))
    assert str((await desk.get("/desk/queue")).url).startswith("http://desk.test/desk/sign-in")
    assert await StaffSession.filter(ended_at=None).count() == 1


async def test_idle_desks_lock_and_old_ones_end(desk: Desk) -> None:
    await desk.sign_in("wangfang")
    await StaffSession.all().update(seen_at=now() - timedelta(minutes=15))
    locked = await desk.get("/desk/queue?f=green")
    assert "/desk/lock?next=/desk/queue" in str(locked.url) and "填的都还在" in locked.text
    assert "办件号（尾）" not in locked.text
    wrong = await desk.post("/desk/lock/wake", csrf=csrf(locked.text), password="wrong-password-x", next="/desk/find")
    assert wrong.status_code == 401 and "密码不对" in wrong.text
    woken = await desk.post("/desk/lock/wake", csrf=csrf(wrong.text), password=PASSWORD, next="/desk/find")
    assert str(woken.url) == "http://desk.test/desk/find"
    await StaffSession.all().update(expires_at=now())
    assert "/desk/sign-in" in str((await desk.get("/desk/queue")).url)


async def test_the_lock_key_locks_and_five_wrong_passwords_end_the_session(desk: Desk) -> None:
    page = (await desk.sign_in("wangfang")).text
    locked = await desk.post("/desk/lock", csrf=csrf(page), next="/desk/queue")
    assert "/desk/lock" in str(locked.url)
    assert "/desk/lock" in str((await desk.get("/desk/queue")).url)
    for _ in range(5):
        await desk.post("/desk/lock/wake", csrf=csrf(locked.text), password="wrong-password-x")
    assert "/desk/sign-in" in str((await desk.get("/desk/queue")).url)


async def test_forms_from_elsewhere_are_refused(desk: Desk) -> None:
    page = (await desk.sign_in("wangfang")).text
    token = csrf(page)
    assert (await desk.post("/desk/sign-out", origin="http://evil.test", csrf=token)).status_code == 403
    assert (await desk.post("/desk/sign-out", origin="null", csrf=token)).status_code == 403
    bare = await desk.http.post("/desk/sign-out", data={"csrf": token})
    assert bare.status_code == 403
    forged = await desk.post("/desk/sign-out", csrf="x" * 43)
    assert forged.status_code == 403 and "form_expired" in forged.text
    assert "收件受理" in await desk.page("/desk/queue")  # still signed in
    foreign = desk.another()
    form = await foreign.page("/desk/sign-in")
    outside = await foreign.post("/desk/sign-in", origin="http://evil.test", csrf=csrf(form), login="wangfang",
                                 password=PASSWORD, code=digits(1))  # fmt: skip
    assert outside.status_code == 403


async def test_going_on_never_leaves_the_desk(desk: Desk) -> None:
    for target in ("https://evil.test/", "//evil.test/desk", "/desk\\@evil.test", "javascript:alert(1)", "/api/v1/me"):
        form = await desk.page("/desk/sign-in")
        await Staff.all().update(totp_step=0)
        answer = await desk.post("/desk/sign-in", csrf=csrf(form), login="wangfang", password=PASSWORD,
                                 code=digits(), next=target)  # fmt: skip
        assert str(answer.url) == "http://desk.test/desk/queue?welcome=1", target


async def test_a_seat_in_another_hall_is_refused(desk: Desk) -> None:
    await hire("town", "镇上", "clerk", hall="0200")
    answer = await desk.sign_in("town", seat="0001|综合窗口 A01 号窗口")
    assert answer.status_code == 403 and "不在您的大厅" in answer.text
    assert await StaffSession.all().count() == 0


async def test_receiving_and_deciding_are_two_accounts(db: str) -> None:
    with pytest.raises(Refusal, match="roles_clash"):
        await staff.hire("both", "两样", ["clerk", "approver"], PASSWORD, totp=SECRET, hall="0001", department="SJ")
    with pytest.raises(Refusal, match="password_weak"):
        await staff.hire("weak", "弱", ["clerk"], "short-pass1", totp=SECRET, hall="0001")
    with pytest.raises(Refusal, match="totp_weak"):
        await staff.hire("weak", "弱", ["clerk"], PASSWORD, totp="JBSWY3DPEHPK3PXP", hall="0001")


async def test_secrets_are_kept_as_hashes_and_the_chain_holds(desk: Desk) -> None:
    await desk.sign_in("wangfang")
    row, session = await Staff.get(login="wangfang"), await StaffSession.all().first()
    assert row.password_hash.startswith("$argon2id$") and SECRET not in row.totp_sealed
    assert session is not None and desk.http.cookies["yimen"] not in session.hash
    held, broken = await audit.verify()
    assert held >= 1 and broken is None


async def test_only_two_passwords_are_ground_at_once(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff, "_waiting", staff.WAITING)
    with pytest.raises(Refusal, match="busy") as caught:
        await staff.sign_in("nobody", "x" * 12, "000000")
    assert caught.value.status == 503 and caught.value.retry_after
