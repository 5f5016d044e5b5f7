"""Doors: who is asking. A citizen's bearer token or a department's signature becomes an Actor."""

from starlette.requests import Request

from api.op import Door
from gateways import signature
from models.actions import department_systems
from models.base import Refusal, now
from models.reads import people
from models.rules import tokens
from models.rules.permits import ANONYMOUS, Actor
from models.seal import ring


def address(request: Request) -> str:
    """Where a call comes from, for counting; the proxy in front overwrites X-Forwarded-For (promises 3.7)."""
    return request.client.host if request.client else "unknown"


async def citizen(request: Request) -> Actor:
    """The citizen of a bearer token. Refusals, all 401: `sign_in_needed` without one, `token_expired`,
    `token_invalid`, and `session_ended` when the session or the account is gone."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refusal("sign_in_needed", 401, "请先登录")
    actor = await people.citizen(tokens.read(ring().token_key, token.strip(), now()))
    if actor is None:
        raise tokens.ended()
    return actor


async def citizen_or_nobody(request: Request) -> Actor:
    """As `citizen`; nobody when there is no Authorization header. A bad token is never taken for nobody."""
    return await citizen(request) if "authorization" in request.headers else ANONYMOUS


async def department(request: Request) -> Actor:
    """The department whose key signed this very body within 300 s; each request id is taken once.

    Refusals, all 401: `signature_needed`, `signature_wrong`, `request_replayed`.
    """
    given = [request.headers.get(name, "") for name in (signature.KEY_ID, signature.TIMESTAMP, signature.REQUEST_ID)]
    signed = request.headers.get(signature.SIGNATURE, "")
    if not all(given) or not signed:
        raise Refusal("signature_needed", 401, "请求没有签名")
    key_id, timestamp, request_id = given
    body = await request.body()
    system = await department_systems.key(key_id)
    if system is None or not signature.verify(system.key, timestamp, request_id, body, signed, now=now().timestamp()):
        raise Refusal("signature_wrong", 401, "签名不对，或时间相差超过5分钟")
    await department_systems.take_once(system, request_id)
    return Actor("department", name=system.department_name, department=system.department)


CITIZEN = Door("citizen", citizen)
CITIZEN_OR_NOBODY = Door("citizen", citizen_or_nobody)
DEPARTMENT = Door("department", department)
