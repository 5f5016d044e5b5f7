"""One good message, used by all tests of sending."""

from gateways.outcome import Outcome
from gateways.wechat import WeChat

TEMPLATE = "yimen-tpl-progress-0001"
SEND = "/cgi-bin/message/subscribe/send"
TOKEN = "/cgi-bin/stable_token"
LOGIN = "/sns/jscode2session"
DATA = {
    "character_string1": "440229000120261118000379",
    "thing2": "开餐饮店",
    "phrase3": "已受理",
    "time4": "2026-12-08 17:30",
    "thing5": "点开看详情",
}


async def say(wechat: WeChat, openid: str, **more: str) -> Outcome:
    return await wechat.send_subscribe(openid, TEMPLATE, "pages/case/show?id=x", DATA | more)
