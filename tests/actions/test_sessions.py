"""A session: refresh tokens used once, access tokens that die with it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from models.actions import identity, sessions
from models.base import now, rows
from models.outbox import Notification
from models.people import Account, RefreshToken
from models.reads import people
from models.rules import tokens
from models.seal import ring
from tests.actions.people import actor, refused

pytestmark = pytest.mark.database


async def test_an_openid_is_one_account(db: str):
    first = await identity.sign_in_wechat("openid-li")
    again = await identity.sign_in_wechat("openid-li")
    other = await identity.sign_in_wechat("openid-sun")
    assert first.account.id == again.account.id != other.account.id
    assert (await actor(first)).assurance == "none"
    stored = await rows("SELECT openid_sealed, openid_index FROM wechat_binding")
    assert "openid-li" not in str(stored)


async def test_many_first_sign_ins_at_once_make_one_account(db: str, together: Any):
    grants = await together(*(identity.sign_in_wechat("openid-li") for _ in range(8)))
    assert len({grant.account.id for grant in grants}) == 1 == await Account.all().count()


async def test_refresh_rotates_and_the_old_access_goes_on(db: str):
    first = await identity.sign_in_wechat("openid-li")
    second = await sessions.refresh(first.refresh_token)
    assert second.refresh_token != first.refresh_token
    assert (await actor(second)).session == (await actor(first)).session
    stored = await rows("SELECT hash, successor_sealed FROM refresh_token")
    assert second.refresh_token not in str(stored)


async def test_a_lost_answer_is_repeated_to_the_byte(db: str):
    first = await identity.sign_in_wechat("openid-li")
    second = await sessions.refresh(first.refresh_token)
    again = await sessions.refresh(first.refresh_token)
    assert (again.refresh_token, again.access_token) == (second.refresh_token, second.access_token)


async def test_parallel_refreshes_get_one_successor(db: str, together: Any):
    first = await identity.sign_in_wechat("openid-li")
    answers = await together(*(sessions.refresh(first.refresh_token) for _ in range(6)))
    assert len({answer.refresh_token for answer in answers}) == 1
    assert await RefreshToken.all().count() == 2


async def test_reuse_after_the_grace_ends_the_family_at_once(db: str):
    with time_machine.travel(now(), tick=False) as clock:
        first = await identity.sign_in_wechat("openid-li")
        elsewhere = await identity.sign_in_wechat("openid-li")
        second = await sessions.refresh(first.refresh_token)
        clock.shift(timedelta(seconds=11))
        assert (await refused(sessions.refresh(first.refresh_token))).code == "refresh_reused"
        assert (await refused(sessions.refresh(second.refresh_token))).code == "session_ended"
        assert await people.citizen(tokens.read(ring().token_key, second.access_token, now())) is None
        assert (await actor(elsewhere)).id == first.account.id
        assert await Notification.filter(kind="account.reused").count() == 1


async def test_reuse_within_the_grace_when_the_successor_was_used(db: str):
    first = await identity.sign_in_wechat("openid-li")
    second = await sessions.refresh(first.refresh_token)
    third = await sessions.refresh(second.refresh_token)
    assert (await refused(sessions.refresh(first.refresh_token))).code == "refresh_reused"
    assert (await refused(sessions.refresh(third.refresh_token))).code == "session_ended"


async def test_a_refresh_token_runs_out(db: str):
    with time_machine.travel(now(), tick=False) as clock:
        first = await identity.sign_in_wechat("openid-li")
        clock.shift(tokens.REFRESH)
        assert (await refused(sessions.refresh(first.refresh_token))).code == "refresh_expired"


async def test_a_session_ends_after_half_a_year_however_often_it_is_refreshed(db: str):
    with time_machine.travel(now(), tick=False) as clock:
        grant = await identity.sign_in_wechat("openid-li")
        for _ in range(7):
            clock.shift(timedelta(days=25))
            grant = await sessions.refresh(grant.refresh_token)
        clock.shift(timedelta(days=25))
        assert (await refused(sessions.refresh(grant.refresh_token))).code == "refresh_expired"


@pytest.mark.parametrize("text", ["", "x", "x" * 5000, "\ud800", "\0"])
async def test_what_is_no_refresh_token(db: str, text: str):
    assert (await refused(sessions.refresh(text))).code == "refresh_invalid"


async def test_log_out_kills_the_access_token_too(db: str):
    grant = await identity.sign_in_wechat("openid-li")
    await sessions.end(grant.refresh_token)
    assert await people.citizen(tokens.read(ring().token_key, grant.access_token, now())) is None
    assert (await refused(sessions.refresh(grant.refresh_token))).code == "session_ended"
    await sessions.end("never given out")
