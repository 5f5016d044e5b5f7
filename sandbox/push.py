"""What the platform pushes to the product's /wechat/push: signed and encrypted in safe mode, tried three times."""

import json
import secrets
from typing import Any
from xml.sax.saxutils import escape

import httpx
from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.utils import WeChatSigner

from sandbox.phones import Phone
from sandbox.world import World

TRIES = 3
ORIGINAL_ID = "gh_5a4db0c0ffee"


async def event(world: World, phone: Phone, name: str, content: dict[str, Any]) -> None:
    """Push one event about this phone."""
    await _push(world, phone, {"MsgType": "event", "Event": name, **content})


async def popup(world: World, phone: Phone, answers: dict[str, str]) -> None:
    """The answers to the subscribe pop-up."""
    rows = [{"TemplateId": t, "SubscribeStatusString": a, "PopupScene": "0"} for t, a in answers.items()]
    await event(world, phone, "subscribe_msg_popup_event", {"List": rows})


async def changed(world: World, phone: Phone, template: str) -> None:
    """Switched off in WeChat's own settings; only refusals are pushed."""
    row = {"TemplateId": template, "SubscribeStatusString": "reject"}
    await event(world, phone, "subscribe_msg_change_event", {"List": [row]})


async def sent(world: World, phone: Phone, template: str, msgid: int) -> None:
    """A subscribe message reached the phone."""
    row = {"TemplateId": template, "MsgID": str(msgid), "ErrorCode": "0", "ErrorStatus": "success"}
    await event(world, phone, "subscribe_msg_sent_event", {"List": [row]})


async def said(world: World, phone: Phone, text: str) -> None:
    await _push(world, phone, {"MsgType": "text", "Content": text, "MsgId": secrets.randbelow(10**18)})


async def showed(world: World, phone: Phone, picture_url: str) -> None:
    media = secrets.token_urlsafe(24)
    await _push(
        world, phone, {"MsgType": "image", "PicUrl": picture_url, "MediaId": media, "MsgId": secrets.randbelow(10**18)}
    )


async def echo(world: World) -> tuple[int, str, str]:
    """The check WeChat makes when the address is entered: (status, body, the echo that was asked for)."""
    word, stamp, nonce = secrets.token_hex(8), str(int(world.clock())), secrets.token_hex(4)
    query = {"signature": _plain(world, stamp, nonce), "timestamp": stamp, "nonce": nonce, "echostr": word}
    answer = await world.http.get(world.settings.push_url, params=query)
    return answer.status_code, answer.text, word


async def _push(world: World, phone: Phone, content: dict[str, Any]) -> None:
    if not world.settings.push_url:
        return
    whole = {
        "ToUserName": ORIGINAL_ID,
        "FromUserName": phone.openid,
        "CreateTime": int(world.clock()),
        **content,
    }
    fault = world.faults.take("/wechat/push")
    for _ in range(2 if fault and fault.duplicate else 1):
        outcome = await _deliver(world, whole)
    world.pushes.append({"at": world.now(), "kind": content.get("Event") or content["MsgType"], "outcome": outcome})
    del world.pushes[:-300]
    await world.touch()


async def _deliver(world: World, content: dict[str, Any]) -> str:
    outcome = ""
    for _ in range(TRIES):
        query, body, kind = _sealed(world, content)
        try:
            answer = await world.http.post(
                world.settings.push_url, params=query, content=body, headers={"content-type": kind}
            )
        except httpx.HTTPError as error:
            outcome = type(error).__name__
            continue
        outcome = str(answer.status_code)
        if answer.status_code == 200:
            break
    return outcome


def _sealed(world: World, content: dict[str, Any]) -> tuple[dict[str, str], bytes, str]:
    """Query, body and content type of one push, encrypted for this app and signed afresh."""
    as_json = world.settings.push_format == "json"
    plain = json.dumps(content, ensure_ascii=False) if as_json else f"<xml>{_xml(content)}</xml>"
    crypto = WeChatCrypto(world.settings.push_token, world.settings.push_aes_key, world.settings.appid)
    cipher = PrpCrypto(crypto.key).encrypt(plain, world.settings.appid).decode()
    stamp, nonce = str(int(world.clock())), secrets.token_hex(4)
    query = {
        "signature": _plain(world, stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
        "openid": str(content["FromUserName"]),
        "encrypt_type": "aes",
        "msg_signature": _sign(world.settings.push_token, stamp, nonce, cipher),
    }
    if as_json:
        return query, json.dumps({"ToUserName": ORIGINAL_ID, "Encrypt": cipher}).encode(), "application/json"
    body = f"<xml><ToUserName><![CDATA[{ORIGINAL_ID}]]></ToUserName><Encrypt><![CDATA[{cipher}]]></Encrypt></xml>"
    return query, body.encode(), "text/xml"


def _plain(world: World, stamp: str, nonce: str) -> str:
    return _sign(world.settings.push_token, stamp, nonce)


def _sign(*parts: str) -> str:
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


def _xml(content: dict[str, Any]) -> str:
    """The platform's XML: lists repeat their element inside one named after the event."""
    parts = []
    for key, value in content.items():
        if key == "List":
            name = "".join(word.capitalize() for word in str(content["Event"]).split("_"))
            rows = "".join(f"<List>{_xml(row)}</List>" for row in value)
            parts.append(f"<{name}>{rows}</{name}>")
        elif isinstance(value, dict):
            parts.append(f"<{key}>{_xml(value)}</{key}>")
        else:
            parts.append(f"<{key}>{escape(str(value))}</{key}>")
    return "".join(parts)
