"""Signing in: WeChat, refresh, log-out, phone, real name."""

from typing import cast

from api.auth import CITIZEN, CITIZEN_OR_NOBODY, address
from api.op import Ctx, Empty, op
from api.schemas.auth import AccountOut, Assurance, PhoneIn, RealNameIn, RefreshIn, SmsIn, SmsOut, TokensOut, WechatIn
from gateways.outcome import GatewayError
from gateways.verifier import Verifier
from gateways.wechat import WeChat
from models.actions import codes, identity, sessions
from models.actions.sessions import Grant
from models.base import Refusal
from models.people import Account
from models.reads import people

TAG = "登录与身份"
SPENT = {40029, 40163}


def trouble(error: GatewayError, code: str, status: int) -> Refusal:
    """What a person is told when the platform says no; `code` and `status` are those of a spent or wrong code."""
    outcome = error.outcome
    if outcome.errcode in SPENT:
        return Refusal(code, status, "这次授权过了时间，或已经用过，请再点一次")
    if outcome.errcode == 40226:
        return Refusal("wechat_high_risk", 403, "微信提示这个账号有风险，请带身份证到大厅窗口办理")
    if outcome.kind == "pause":
        return Refusal("too_many_attempts", 429, "登录太频繁，请过一分钟再试", retry_after=int(outcome.after or 60))
    return Refusal(
        "wechat_unavailable", 503, "微信登录暂时不通，请过一会儿再试", retry_after=int(outcome.after or 3) or 1
    )


async def _account(account: Account) -> AccountOut:
    me = await people.card(account)
    return AccountOut(
        id=str(me.id),
        name=me.name,
        name_masked=me.name_masked,
        id_number_masked=me.id_number_masked,
        phone_masked=me.phone_masked,
        assurance=cast(Assurance, me.assurance),
        unread=me.unread,
    )


async def _tokens(grant: Grant) -> TokensOut:
    return TokensOut(
        access_token=grant.access_token,
        expires_in=grant.expires_in,
        refresh_token=grant.refresh_token,
        account=await _account(grant.account),
    )


@op("POST", "/auth/wechat", body=WechatIn, out=TokensOut, tag=TAG, once=False)
async def wechat(c: Ctx[WechatIn, Empty]) -> TokensOut:
    """Sign in with a code of wx.login"""
    await identity.guard_address(address(c.request))
    platform: WeChat = c.request.state["wechat"]
    try:
        session = await platform.code_to_session(c.body.code)
    except GatewayError as error:
        if error.outcome.errcode in SPENT:
            await identity.failed_from(address(c.request))
        raise trouble(error, "wechat_code_invalid", 401) from None
    return await _tokens(await identity.sign_in_wechat(session.openid))


@op("POST", "/auth/refresh", body=RefreshIn, out=TokensOut, tag=TAG, once=False)
async def refresh(c: Ctx[RefreshIn, Empty]) -> TokensOut:
    """Trade a refresh token for the next; a second use of one ends the session"""
    return await _tokens(await sessions.refresh(c.body.refresh_token))


@op("POST", "/auth/logout", body=RefreshIn, out=None, status=204, tag=TAG, once=False)
async def logout(c: Ctx[RefreshIn, Empty]) -> None:
    """Log out: the session's access tokens end too"""
    await sessions.end(c.body.refresh_token)


@op("POST", "/auth/sms", body=SmsIn, out=SmsOut, tag=TAG)
async def sms(c: Ctx[SmsIn, Empty]) -> SmsOut:
    """Send six digits to a phone; one in 60 seconds, ten a day"""
    await codes.send_sms(c.body.phone, address(c.request))
    return SmsOut(expires_in=int(codes.SMS_LIVES.total_seconds()), again_in=60)


@op("POST", "/auth/phone", body=PhoneIn, out=TokensOut, door=CITIZEN_OR_NOBODY, tag=TAG, once=False)
async def phone(c: Ctx[PhoneIn, Empty]) -> TokensOut:
    """Bind a phone to the signed-in account, or sign in with phone and SMS code"""
    body = c.body
    signed_in = c.actor.kind == "citizen"
    if body.code and not (body.phone or body.sms_code):
        if not signed_in:
            raise Refusal("sign_in_needed", 401, "请先登录")
        return await _tokens(await identity.bind_phone(c.actor, await _platform_phone(c)))
    if body.code or not body.phone or not body.sms_code:
        words = "请填手机号和验证码，或用微信授权手机号"
        raise Refusal("phone_or_code", 422, words, [{"pointer": "/phone", "code": "phone_or_code", "detail": words}])
    if signed_in:
        return await _tokens(await identity.bind_phone_by_sms(c.actor, body.phone, body.sms_code))
    return await _tokens(await identity.sign_in_phone(body.phone, body.sms_code, address(c.request)))


async def _platform_phone(c: Ctx[PhoneIn, Empty]) -> str:
    await identity.guard_phone(c.actor)
    platform: WeChat = c.request.state["wechat"]
    try:
        return await platform.phone_number(c.body.code or "")
    except GatewayError as error:
        raise trouble(error, "phone_code_invalid", 422) from None


@op("POST", "/auth/real-name", body=RealNameIn, out=AccountOut, door=CITIZEN, tag=TAG, once=False)
async def real_name(c: Ctx[RealNameIn, Empty]) -> AccountOut:
    """Record name and ID number once they are found to belong together"""
    name, number = identity.parse_real_name(c.body.name, c.body.id_number)
    await identity.guard_real_name(c.actor)
    verifier: Verifier = c.request.state["verifier"]
    try:
        verdict = await verifier.check(name, number)
    except GatewayError as error:
        after = int(error.outcome.after or 3) or 1
        raise Refusal("verifier_unavailable", 503, "身份核验暂时不通，请过一会儿再试", retry_after=after) from None
    if not verdict.agrees:
        words = "姓名和身份证号对不上，请照身份证再输一次；没有错的话，请到大厅窗口办理"
        raise Refusal("real_name_mismatch", 422, words, [{"pointer": "/name", "code": "mismatch", "detail": words}])
    return await _account(await identity.real_name(c.actor, name, number, verdict.assurance))
