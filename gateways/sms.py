"""Text messages through a signed HTTP gateway: POST {base}/send {phone, template, params, id}.

The gateway knows an `id` again, so a time-out is resent with the same id and the phone still rings once.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from gateways.link import Answer, Limits, Link
from gateways.outcome import Outcome
from gateways.signature import signed_headers
from gateways.wechat_errors import Row

log = logging.getLogger("yimen.gateways.sms")

#: The gateway's answer `{"code": ...}` -> how it ends.
CODES: Final[Mapping[str, Row]] = {
    "ok": Row("sent", "sent", "已交给短信网关"),
    "duplicate": Row("sent", "sent", "短信网关已收过这一条"),
    "bad_phone": Row("user", "phone_wrong", "手机号不对"),
    "unsubscribed": Row("final", "unsubscribed", "对方已退订短信"),
    "phone_minute": Row("pause", "phone_minute", "同一号码发送太频繁", after=60.0, until="minute"),
    "phone_day": Row("final", "phone_day", "同一号码今天的短信已达上限"),
    "day_quota": Row("pause", "day_quota", "今天的短信额度已用完", until="tomorrow", alarm=True),
    "bad_template": Row("ours", "template_wrong", "短信模板或参数不对", alarm=True),
    "bad_signature": Row("ours", "signature_wrong", "短信网关不认我们的签名", alarm=True),
    "no_balance": Row("ours", "no_balance", "短信余额不足", until="tomorrow", alarm=True),
    "busy": Row("again", "busy", "短信网关繁忙"),
}


class Sms:
    """One SMS account; base_url like `https://sms.example/sms`; `key` shared, `key_id` its name."""

    def __init__(self, base_url: str, key: str, *, key_id: str = "yimen", limits: Limits | None = None) -> None:
        self._key, self._key_id = key.encode(), key_id
        self._link = Link(base_url, limits=limits, who="短信网关")

    async def close(self) -> None:
        await self._link.close()

    async def send(self, phone: str, template: str, params: Mapping[str, str], id: str) -> Outcome:
        """One message; `id` names it for ever, the same id is delivered once."""
        message = {"phone": phone, "template": template, "params": dict(params), "id": id}
        body = json.dumps(message, ensure_ascii=False).encode()
        headers = signed_headers(self._key_id, self._key, uuid.uuid4().hex, body)
        answer = await self._link.call("POST", "/send", content=body, headers=headers)
        outcome = _judge(answer)
        if outcome.alarm:
            log.error("the SMS gateway refused: %s", outcome.code)
        return outcome


def _judge(answer: Answer | Outcome) -> Outcome:
    if isinstance(answer, Outcome):
        return replace(answer, kind="again") if answer.kind == "unknown" else answer
    if answer.status >= 500:
        return Outcome("again", "server_error", "短信网关出错", after=answer.retry_after)
    try:
        got = json.loads(answer.body.decode("utf-8"))
    except (ValueError, RecursionError):
        got = None
    code = got.get("code") if isinstance(got, dict) else None
    if not isinstance(code, str):
        return Outcome("again", "strange_answer", "收到的不像是短信网关的回答")
    row = CODES.get(code)
    if row is None:
        return Outcome("ours", "unknown_code", "短信网关返回了未登记的结果", alarm=True)
    reference = got.get("message_id", "") if isinstance(got, dict) else ""
    return Outcome(row.kind, row.code, row.words, row.after, row.until, row.alarm, reference=str(reference)[:64])
