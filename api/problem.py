"""Errors people meet: RFC 9457 problem answers with a stable code and Chinese words."""

import json
from typing import Any

import asyncpg
import structlog
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from tortoise.exceptions import DBConnectionError, IntegrityError, OperationalError
from tortoise.exceptions import ValidationError as RowError

from models.base import Refusal

log = structlog.get_logger()

STATUS_CODES = {
    400: ("bad_request", "请求的写法不对，请返回重试"),
    401: ("sign_in_needed", "请先登录"),
    403: ("not_allowed", "这一步不归您办"),
    404: ("not_found", "没有找到，可能已经删除，或不是您的"),
    405: ("method_not_allowed", "这个地址不支持这样用"),
    413: ("too_large", "文件太大，请换小一点的，或分几次交"),
    415: ("wrong_media_type", "内容的格式不对"),
}
BUSY = Refusal("busy", 503, "系统正忙。您填的都还在，请过几秒再试", retry_after=3)
BROKEN = Refusal("internal_error", 500, "系统出了错，不是您的问题。您填的都还在，请稍后再试，或拨打 12345")

# pydantic's error types and what a person can do about them
FIELD_WORDS = {
    "value_error": "要写办什么：事项或“一件事”",
    "missing": "这一项没有填",
    "extra_forbidden": "不认识这一项",
    "string_too_long": "太长了",
    "string_too_short": "太短了",
    "string_pattern_mismatch": "格式不对",
    "json_invalid": "内容不是完整的 JSON",
    "uuid_parsing": "编号的格式不对",
    "date_from_datetime_parsing": "日期的格式不对，请写成 2026-11-23",
    "literal_error": "只能从给出的选项里选",
    "enum": "只能从给出的选项里选",
}


def problem(refusal: Refusal) -> Response:
    """The problem document of a refusal."""
    body: dict[str, Any] = {
        "type": f"urn:yimen:{refusal.code}",
        "title": refusal.code.replace("_", " "),
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.words,
        "errors": refusal.errors,
    }
    headers = {"Cache-Control": "no-store"}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    return Response(
        json.dumps(body, ensure_ascii=False), refusal.status, headers, media_type="application/problem+json"
    )


def invalid(error: ValidationError, root: str = "") -> Refusal:
    """A validation error as pointers and words; never echoes the input, which may hold an ID number."""
    errors = [
        {
            "pointer": root + "".join(f"/{part}" for part in found["loc"]),
            "code": found["type"],
            "detail": FIELD_WORDS.get(found["type"], "这一项不对，请检查"),
        }
        for found in error.errors(include_url=False, include_context=False, include_input=False)[:50]
    ]
    return Refusal("invalid_request", 422, "有内容填得不对，请按提示改一改", errors)


def refusal_of(error: Exception) -> Refusal:
    """The refusal an exception stands for; anything unknown is ours and is logged."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, ValidationError):
        return invalid(error)
    if isinstance(error, HTTPException):
        code, words = STATUS_CODES.get(error.status_code, ("bad_request", "请求没有办成，请返回重试"))
        return Refusal(code, error.status_code, words)
    if isinstance(error, (TimeoutError, asyncpg.TooManyConnectionsError, asyncpg.QueryCanceledError)):
        return BUSY
    if isinstance(error, (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError, asyncpg.SerializationError)):
        return Refusal("busy_elsewhere", 409, "有人正在改同一件，请稍等再试", retry_after=1)
    if isinstance(error, RowError):  # Tortoise looks at lengths even before it asks for a row
        return Refusal("invalid_request", 422, "有内容太长或格式不对，请改一改")
    if isinstance(error, IntegrityError):
        return Refusal("conflict", 409, "已经有一样的了，请刷新看看")
    if isinstance(error, (DBConnectionError, OperationalError, OSError, asyncpg.PostgresError)):
        log.error("database_trouble", kind=type(error).__name__)
        return BUSY
    log.error("unexpected_error", kind=type(error).__name__, exc_info=error)
    return BROKEN


async def answer_error(_: Request, error: Exception) -> Response:
    """The answer to any exception; headers an HTTP exception carries (Allow) are kept."""
    response = problem(refusal_of(error))
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response
