"""Short-lived links to one file for one viewer (promises 3.4, R48): who, which file, which copy, until when."""

import base64
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from models.base import Refusal
from models.rules.permits import Actor
from models.seal import ring

LIFE = timedelta(seconds=60)
VARIANTS = ("thumbnail", "archive")


@dataclass(frozen=True)
class Link:
    """What a link says. `viewer` is an actor's key."""

    upload: UUID
    variant: str
    viewer: str
    until: datetime


def link(actor: Actor, upload: UUID, variant: str, at: datetime) -> str:
    """The path of a link that `actor` may follow for 60 s."""
    said = {"u": upload.hex, "v": variant, "w": actor.key, "e": int((at + LIFE).timestamp())}
    body = base64.urlsafe_b64encode(json.dumps(said, separators=(",", ":")).encode()).decode().rstrip("=")
    return f"/api/v1/files/{body}.{ring().link_mac(body)}"


def read_link(token: str, at: datetime) -> Link:
    """What a token says, if it is ours and still young; `link_expired` (410) or `link_wrong` (404) otherwise."""
    wrong = Refusal("link_wrong", 404, "这个链接不对，请回到页面重新打开")
    body, dot, mac = token.partition(".")
    if not dot or not body.isascii() or not mac.isascii() or not hmac.compare_digest(ring().link_mac(body), mac):
        raise wrong
    said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    until = datetime.fromtimestamp(said["e"], at.tzinfo)
    if until < at:
        raise Refusal("link_expired", 410, "链接过期了，请刷新页面再看")
    return Link(UUID(said["u"]), said["v"], said["w"], until)
