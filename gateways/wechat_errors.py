"""WeChat's error codes and what each asks of us, as data (promises 3.6, R69; developers.weixin.qq.com error pages)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gateways.outcome import Kind, Outcome, Until


@dataclass(frozen=True, slots=True)
class Row:
    """How one errcode ends."""

    kind: Kind
    code: str
    words: str
    after: float | None = None
    until: Until | None = None
    alarm: bool = False

    def outcome(self, errcode: int) -> Outcome:
        return Outcome(self.kind, self.code, self.words, self.after, self.until, self.alarm, errcode)


Table = Mapping[int, Row]

_TOKEN = Row("token", "token_refused", "微信不认访问凭证", after=30.0)

COMMON: Final[Table] = {
    -1: Row("again", "busy", "微信系统繁忙"),
    40001: _TOKEN,
    40014: _TOKEN,
    42001: _TOKEN,
    41001: Row("ours", "token_missing", "请求里缺少访问凭证", alarm=True),
    40013: Row("ours", "appid_wrong", "小程序编号（AppID）不对", alarm=True),
    40125: Row("ours", "secret_wrong", "小程序密钥（AppSecret）不对", alarm=True),
    40164: Row("ours", "address_not_listed", "服务器地址不在微信的IP白名单里", alarm=True),
    61004: Row("ours", "address_not_listed", "服务器地址不在微信的IP白名单里", alarm=True),
    48001: Row("ours", "ability_banned", "小程序没有此接口的权限", until="tomorrow", alarm=True),
    48004: Row("ours", "ability_banned", "此接口已被微信封禁", until="tomorrow", alarm=True),
    50002: Row("user", "user_limited", "对方的微信账号受限"),
    45009: Row("pause", "day_quota", "今天的调用次数已用完", until="tomorrow", alarm=True),
    45011: Row("pause", "minute_quota", "一分钟内调用太频繁", after=60.0, until="minute"),
    40003: Row("user", "openid_wrong", "对方的微信标识（openid）不对，绑定需要核对"),
}

SEND: Final[Table] = {
    **COMMON,
    43101: Row("final", "not_subscribed", "用户没有订阅，或订阅次数已用完"),
    43107: Row("ours", "ability_banned", "订阅消息能力已被微信封禁", until="tomorrow", alarm=True),
    43108: Row("again", "concurrent", "同一用户的消息正在发送", after=2.0),
    40037: Row("ours", "template_wrong", "消息模板编号不对", alarm=True),
    41030: Row("ours", "page_wrong", "消息里的小程序页面路径不对", alarm=True),
    47003: Row("ours", "data_wrong", "消息模板的字段不符合要求", alarm=True),
    45168: Row("ours", "sensitive_words", "消息含有敏感词，请改写"),
    45015: Row("final", "reply_window_over", "距对方上次来信超过48小时，不能再发客服消息"),
    45047: Row("final", "reply_count_over", "客服消息条数已达上限，等对方再次来信"),
}

LOGIN: Final[Table] = {
    **COMMON,
    40029: Row("user", "login_code_wrong", "登录码无效或已过期，请重新登录"),
    40163: Row("user", "login_code_used", "登录码已用过，请重新登录"),
    40226: Row("user", "login_high_risk", "微信提示此账号存在风险，请到大厅窗口办理"),
    45011: Row("pause", "minute_quota", "登录太频繁，请一分钟后再试", after=60.0, until="minute"),
}

PHONE: Final[Table] = {
    **COMMON,
    40029: Row("user", "phone_code_wrong", "手机号授权码无效或已过期，请重新授权"),
    40163: Row("user", "phone_code_used", "手机号授权码已用过，请重新授权"),
}

#: Asking for the token itself: here 40001 means a wrong secret, so refreshing would not help.
TOKEN: Final[Table] = {
    **COMMON,
    40001: COMMON[40125],
    40002: Row("ours", "grant_wrong", "获取访问凭证的方式不对", alarm=True),
}

CHECK: Final[Table] = {**COMMON, 61010: Row("final", "openid_not_seen", "对方两小时内没有使用小程序，转人工复核")}

CODE: Final[Table] = {
    **COMMON,
    40169: Row("ours", "scene_wrong", "小程序码的场景值不符合要求", alarm=True),
    41030: SEND[41030],
    40097: Row("ours", "arguments_wrong", "小程序码的参数不对", alarm=True),
    85079: Row("ours", "not_published", "小程序还没有发布，不能生成链接", alarm=True),
    44990: COMMON[45011],
    44993: COMMON[45009],
}

#: A proxy in between, an empty answer, broken JSON, a redirect: treated as -1, alarm after the third in a row.
STRANGE: Final = Row("again", "strange_answer", "收到的不像是微信的回答，可能有代理挡在中间")
SERVER: Final = Row("again", "server_error", "微信服务出错")


def outcome_of(errcode: int, table: Table) -> Outcome:
    """The Outcome of a non-zero errcode; one we have never seen is ours to look at."""
    row = table.get(errcode)
    if row is None:
        row = Row("ours", "unknown_errcode", f"微信返回了未登记的错误码 {errcode}", alarm=True)
    return row.outcome(errcode)
