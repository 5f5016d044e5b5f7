"""The WeChat platform: sign-in, phone number, messages, codes. Every answer is an Outcome or a plain value.

Real paths and bodies of developers.weixin.qq.com; the base URL alone tells production from the sandbox. Secrets travel
in POST bodies where WeChat allows it; where it asks for them in the query they never reach a log or an exception.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal, NoReturn
from weakref import WeakValueDictionary

from gateways import wechat_errors as errors
from gateways.link import Answer, Limits, Link
from gateways.outcome import GatewayError, Outcome
from gateways.tokens import TokenKeeper
from gateways.tokenstore import Token, TokenStore
from gateways.wechat_fields import fit

log = logging.getLogger("yimen.gateways.wechat")

State = Literal["developer", "trial", "formal"]

#: A banned ability is not asked for again for so long (seconds).
BANNED_REST = 600.0


@dataclass(frozen=True, slots=True)
class Session:
    """Who holds the phone. WeChat's session_key is dropped on arrival (promises 3.7)."""

    openid: str
    unionid: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """msgSecCheck: `suggest` pass | review | risky; label per WeChat's table (100 = normal)."""

    suggest: str
    label: int
    trace_id: str


class WeChat:
    """One mini-program. Safe to share between tasks; `close()` when done."""

    def __init__(
        self, base_url: str, appid: str, secret: str, tokens: TokenStore, *, limits: Limits | None = None
    ) -> None:
        self._appid, self._secret = appid, secret
        self._link = Link(base_url, limits=limits, who="微信")
        self._keeper = TokenKeeper(tokens, self._fetch_token)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._strange = 0
        self._banned: dict[str, tuple[float, Outcome]] = {}

    async def close(self) -> None:
        await self._link.close()

    # -- people

    async def code_to_session(self, code: str) -> Session:
        """The openid behind a login code (single use, 5 min). Raises GatewayError; never retried here (R67)."""
        query = {"appid": self._appid, "secret": self._secret, "js_code": code, "grant_type": "authorization_code"}
        got = self._judge(await self._link.call("GET", "/sns/jscode2session", params=query), errors.LOGIN)
        if isinstance(got, Outcome):
            _fail(got)
        openid, unionid = got.get("openid"), got.get("unionid")
        if not isinstance(openid, str) or not openid:
            _fail(self._odd())
        return Session(openid, unionid if isinstance(unionid, str) and unionid else None)

    async def phone_number(self, code: str) -> str:
        """The phone number behind a getPhoneNumber code, without country code. Raises GatewayError; never retried."""
        got = await self._ask("/wxa/business/getuserphonenumber", {"code": code}, errors.PHONE)
        if isinstance(got, Outcome):
            _fail(got)
        info = got.get("phone_info")
        number = info.get("purePhoneNumber") if isinstance(info, dict) else None
        if not isinstance(number, str) or not number:
            _fail(self._odd())
        return number

    # -- messages

    async def send_subscribe(
        self,
        openid: str,
        template_id: str,
        page: str,
        data: Mapping[str, str],
        state: State = "formal",
        lang: str = "zh_CN",
    ) -> Outcome:
        """One subscribe message. `data` is `{"thing1": "words"}`; long things are cut, wrong shapes refused."""
        fitted = fit(data)
        if isinstance(fitted, Outcome):
            return fitted
        body = {
            "touser": openid,
            "template_id": template_id,
            "page": page,
            "data": fitted,
            "miniprogram_state": state,
            "lang": lang,
        }
        return await self._send("/cgi-bin/message/subscribe/send", openid, body)

    async def send_custom_text(self, openid: str, text: str) -> Outcome:
        """A customer-service message; WeChat allows it for 48 h after the person last wrote."""
        body = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        return await self._send("/cgi-bin/message/custom/send", openid, body)

    async def check_text(self, openid: str, text: str, scene: int = 1) -> Verdict | Outcome:
        """msgSecCheck v2 (R60): <= 2500 characters, the person seen within 2 h. A Verdict is not yet a pass."""
        body = {"content": text, "version": 2, "scene": scene, "openid": openid}
        got = await self._ask("/wxa/msg_sec_check", body, errors.CHECK)
        if isinstance(got, Outcome):
            return got
        result = got.get("result")
        if not isinstance(result, dict) or result.get("suggest") not in ("pass", "review", "risky"):
            return self._odd()
        return Verdict(result["suggest"], int(result.get("label", 0)), str(got.get("trace_id", "")))

    # -- codes and links

    async def qrcode(self, scene: str, page: str, *, env: str = "release", check_path: bool = True) -> bytes | Outcome:
        """A mini-program code as image bytes; `scene` <= 32 visible characters (R68). Cache it."""
        body = {"scene": scene, "page": page, "env_version": env, "check_path": check_path}
        got = await self._with_token("/wxa/getwxacodeunlimit", body, errors.CODE)
        return got.body if isinstance(got, Answer) else got if isinstance(got, Outcome) else self._odd()

    async def urllink(self, path: str, query: str, days: int = 30) -> str | Outcome:
        """A link that opens the mini-program from an SMS, for 1..30 days; never a secret (R68)."""
        body = {"path": path, "query": query, "expire_type": 1, "expire_interval": days}
        got = await self._ask("/wxa/generate_urllink", body, errors.CODE)
        if isinstance(got, Outcome):
            return got
        link = got.get("url_link")
        return link if isinstance(link, str) and link else self._odd()

    # -- how

    async def _send(self, path: str, openid: str, body: dict[str, Any]) -> Outcome:
        if (known := self._still_banned(path)) is not None:
            return known
        async with self._turn(openid):  # 43108: WeChat wants one message at a time for one person
            got = await self._ask(path, body, errors.SEND)
        if isinstance(got, Outcome):
            if got.code == "ability_banned":
                self._banned[path] = (time.monotonic() + BANNED_REST, got)
            return got
        return Outcome("sent", "sent", "已交给微信", errcode=0, reference=str(got.get("msgid", "")))

    async def _ask(self, path: str, body: dict[str, Any], table: errors.Table) -> dict[str, Any] | Outcome:
        got = await self._with_token(path, body, table)
        return self._odd() if isinstance(got, Answer) else got

    async def _with_token(
        self, path: str, body: dict[str, Any], table: errors.Table
    ) -> dict[str, Any] | Answer | Outcome:
        """Once, and once more with another token if this one was refused; then give up."""
        token = await self._keeper.get()
        if isinstance(token, Outcome):
            return token
        got = await self._post(path, body, table, token)
        if not (isinstance(got, Outcome) and got.kind == "token"):
            return got
        other = await self._keeper.renew(token)
        if isinstance(other, Outcome):
            return other
        got = await self._post(path, body, table, other)
        if isinstance(got, Outcome) and got.kind == "token":
            return replace(got, alarm=True, words="微信连续两次不认访问凭证")
        return got

    async def _post(
        self, path: str, body: dict[str, Any], table: errors.Table, token: Token | None
    ) -> dict[str, Any] | Answer | Outcome:
        answer = await self._link.call(
            "POST",
            path,
            params={"access_token": token.value} if token else None,
            content=json.dumps(body, ensure_ascii=False).encode(),
            headers={"content-type": "application/json; charset=utf-8"},
        )
        if isinstance(answer, Answer) and answer.status == 200 and answer.kind.startswith("image/") and answer.body:
            return answer
        return self._judge(answer, table)

    async def _fetch_token(self, force: bool) -> Token | Outcome:
        asked_at = time.time()
        body = {"grant_type": "client_credential", "appid": self._appid, "secret": self._secret, "force_refresh": force}
        got = await self._post("/cgi-bin/stable_token", body, errors.TOKEN, None)
        if isinstance(got, Answer):
            return self._odd()
        if isinstance(got, Outcome):
            # not the message itself was in doubt, so nothing was sent
            return replace(got, kind="again") if got.kind == "unknown" else got
        value, seconds = got.get("access_token"), got.get("expires_in")
        if not isinstance(value, str) or not value or not isinstance(seconds, int):
            return self._odd()
        return Token(value, asked_at + seconds)

    def _judge(self, answer: Answer | Outcome, table: errors.Table) -> dict[str, Any] | Outcome:
        if isinstance(answer, Outcome):
            return answer
        if answer.status >= 500:
            return replace(errors.SERVER.outcome(-1), errcode=None)
        got = _json_object(answer) if answer.status == 200 else None
        errcode = got.get("errcode", 0) if got else None
        if got is None or not isinstance(errcode, int) or isinstance(errcode, bool):
            return self._odd()
        self._strange = 0
        if errcode == 0:
            return got
        outcome = errors.outcome_of(errcode, table)
        if outcome.alarm:
            log.error("WeChat refused: %s (%d)", outcome.code, errcode)
        return outcome

    def _odd(self) -> Outcome:
        self._strange += 1
        return replace(errors.STRANGE.outcome(-1), errcode=None, alarm=self._strange >= 3)

    def _still_banned(self, path: str) -> Outcome | None:
        until, outcome = self._banned.get(path, (0.0, None))
        return outcome if time.monotonic() < until else None

    @asynccontextmanager
    async def _turn(self, openid: str) -> AsyncIterator[None]:
        lock = self._turns.setdefault(openid, asyncio.Lock())
        async with lock:
            yield


def _json_object(answer: Answer) -> dict[str, Any] | None:
    try:
        got = json.loads(answer.body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return got if isinstance(got, dict) and got else None


def _fail(outcome: Outcome) -> NoReturn:
    raise GatewayError(outcome)
