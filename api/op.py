"""One decorator for a JSON operation: parse, ask who, do ONE action or read, answer. OpenAPI comes from the same facts.

    @op("POST", "/auth/refresh", body=RefreshIn, out=TokensOut)
    async def refresh(c: Ctx[RefreshIn, Empty]) -> TokensOut: ...

A writing operation with an `Idempotency-Key` runs in one transaction with the record of its answer, so a repeated call
gets the first answer byte for byte and has one effect (promises 3.3).
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import from_json
from starlette.requests import Request
from starlette.responses import Response

from api.problem import invalid
from models.actions import idempotency
from models.base import Refusal, unit
from models.rules.permits import ANONYMOUS, Actor

B = TypeVar("B", bound=BaseModel)
Q = TypeVar("Q", bound=BaseModel)
WRITES = {"POST", "PUT", "DELETE"}


class Schema(BaseModel):
    """Base of every request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Empty(Schema):
    """No body, no query."""


@dataclass(frozen=True)
class Door:
    """How a caller proves who they are. `scheme` names the OpenAPI security scheme, empty for open doors."""

    scheme: str
    check: Callable[[Request], Awaitable[Actor]]


async def _anybody(_: Request) -> Actor:
    return ANONYMOUS


OPEN = Door("", _anybody)


class Ctx(Generic[B, Q]):
    """What a handler gets: the parsed call and who made it."""

    def __init__(self, request: Request, body: B, query: Q, actor: Actor) -> None:
        self.request, self.body, self.query, self.actor = request, body, query, actor
        self.path: dict[str, Any] = request.path_params


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    body: type[BaseModel]
    query: type[BaseModel]
    out: type[BaseModel] | None
    status: int
    door: Door
    tag: str
    summary: str
    once: bool
    endpoint: Callable[[Request], Awaitable[Response]]
    raw: dict[str, Any] = field(default_factory=dict)
    most: int = 0


OPS: list[Operation] = []


def op(
    method: str,
    path: str,
    *,
    body: type[BaseModel] = Empty,
    query: type[BaseModel] = Empty,
    out: type[BaseModel] | None,
    status: int = 200,
    door: Door = OPEN,
    base: str = "/api/v1",
    tag: str = "",
    once: bool = True,
    raw: dict[str, Any] | None = None,
    most: int = 0,
) -> Callable[[Callable[[Any], Awaitable[Any]]], Callable[[Any], Awaitable[Any]]]:
    """Register an operation.

    `once=False` is for calls that talk to the network or carry a single-use code of their own: they run in no outer
    transaction. A handler may return a Response itself; `raw` then describes it in OpenAPI. `most`: bytes a body may
    have, where the application's own limit is too small.
    """

    def register(handler: Callable[[Any], Awaitable[Any]]) -> Callable[[Any], Awaitable[Any]]:
        async def endpoint(request: Request) -> Response:
            actor = await door.check(request)
            payload = b"" if body is Empty or raw else await request.body()
            context = Ctx(request, _parse_body(body, payload), _parse_query(query, request), actor)

            async def run() -> Response:
                return _answer(await handler(context), status, out)

            key = request.headers.get("idempotency-key", "")
            if not (once and key and method in WRITES):
                return await run()
            return await _once(actor, f"{method} {request.url.path}", key, payload, run)

        summary = (handler.__doc__ or handler.__name__).strip().split("\n")[0]
        OPS.append(
            Operation(
                method, base + path, body, query, out, status, door, tag, summary, once, endpoint, raw or {}, most
            )
        )
        return handler

    return register


def _answer(result: Any, status: int, out: type[BaseModel] | None) -> Response:
    if isinstance(result, Response):
        return result
    if result is None:
        return Response(status_code=204)
    if isinstance(result, dict) and out:
        result = _shaped(result, out)
    content = result.model_dump_json(by_alias=True).encode() if isinstance(result, BaseModel) else result
    return Response(content, status, {"Cache-Control": "no-store"}, media_type="application/json")


def _shaped(result: dict[str, Any], out: type[BaseModel]) -> BaseModel:
    """An answer that is not as described is our mistake, never the caller's."""
    try:
        return out.model_validate(result)
    except ValidationError as error:
        places = [(found["loc"], found["type"]) for found in error.errors(include_input=False, include_url=False)]
        raise RuntimeError(f"{out.__name__} is not as described: {places[:5]}") from None


def _parse_body(model: type[B], payload: bytes) -> B:
    if model is Empty and not payload:
        return model()
    try:
        parsed = model.model_validate_json(payload)
    except ValidationError as error:
        raise invalid(error) from None
    if b"\\u0000" in payload or b"\0" in payload:
        refuse_nul(from_json(payload))
    return parsed


def refuse_nul(value: Any) -> None:
    """Refuse a NUL anywhere in a JSON value: PostgreSQL cannot store it."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str) and "\0" in found:
            raise Refusal("invalid_character", 422, "内容里有看不见的字符，请删掉再填")
        if isinstance(found, dict):
            waiting.extend(found)
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def _parse_query(model: type[Q], request: Request) -> Q:
    given = dict(request.query_params)
    refuse_nul(given)
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise invalid(error) from None


async def _once(actor: Actor, route: str, key: str, payload: bytes, run: Callable[[], Awaitable[Response]]) -> Response:
    digest = hashlib.sha256(payload).hexdigest()

    async def body() -> Response:
        claim = await idempotency.claim(actor.key, route, key, digest)
        if claim.answer is not None:
            return Response(claim.answer, claim.status, {"Idempotent-Replay": "true"}, media_type="application/json")
        response = await run()
        await idempotency.remember(claim, response.status_code, bytes(response.body))
        return response

    return await unit(body)
