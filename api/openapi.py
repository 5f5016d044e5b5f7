"""OpenAPI 3.1 from the operations: complete because the routes come from the same table."""

import json
import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.op import Empty, Operation
from api.schemas.base import Shape

REF = "#/components/schemas/{model}"
PROBLEMS = {
    400: "请求的写法不对", 401: "没有登录或登录过期", 403: "不归您办", 404: "没有", 405: "不支持这样用",
    409: "状态变了或重复", 410: "过期了", 413: "太大", 415: "格式不对", 422: "内容不对", 429: "太频繁", 503: "系统忙",
}  # fmt: skip
SCHEMES = {
    "citizen": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "department": {"type": "apiKey", "in": "header", "name": "X-Signature"},
}


class FieldProblem(Shape):
    pointer: str
    code: str
    detail: str


class Problem(Shape):
    """RFC 9457, with a stable `code` and words a person can act on in `detail`."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldProblem]


def document(operations: list[Operation]) -> bytes:
    """The JSON document."""
    models: dict[tuple[type[BaseModel], str], None] = {(Problem, "serialization"): None}
    for each in operations:
        if each.body is not Empty:
            models[(each.body, "validation")] = None
        if each.out:
            models[(each.out, "serialization")] = None
    names, definitions = models_json_schema(list(models), ref_template=REF)  # type: ignore[arg-type]
    paths: dict[str, dict[str, Any]] = {}
    for each in operations:
        path = re.sub(r"{(\w+):\w+}", r"{\1}", each.path)
        paths.setdefault(path, {})[each.method.lower()] = _operation(each, names)
    return json.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "一门", "version": "1", "description": "县一门式一网式政务服务接口"},
            "paths": paths,
            "components": {"schemas": definitions["$defs"], "securitySchemes": SCHEMES},
        },
        ensure_ascii=False,
    ).encode()


def _operation(each: Operation, names: dict[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "summary": each.summary,
        "operationId": f"{each.method.lower()}_{re.sub(r'[^a-z0-9]+', '_', each.path.lower()).strip('_')}",
        "tags": [each.tag or each.path.split("/")[3 if each.path.startswith("/api/") else 1]],
        "parameters": [*_path(each.path), *_query(each.query), *_headers(each)],
        "responses": _responses(each, names),
    }
    if each.body is not Empty:
        schema = names[(each.body, "validation")]
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    elif "request" in each.raw:
        found["requestBody"] = each.raw["request"]
    if each.door.scheme:
        found["security"] = [{each.door.scheme: []}]
    return found


def _path(path: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", **({"format": "uuid"} if kind else {})},
        }
        for name, kind in re.findall(r"{(\w+)(:id)?(?::\w+)?}", path)
    ]


def _query(model: type[BaseModel]) -> list[dict[str, Any]]:
    if model is Empty:
        return []
    schema = model.model_json_schema(ref_template=REF)
    return [
        {"name": name, "in": "query", "required": name in schema.get("required", []), "schema": part}
        for name, part in schema["properties"].items()
    ]


def _headers(each: Operation) -> list[dict[str, Any]]:
    if not each.once or each.method == "GET":
        return list(each.raw.get("headers", []))
    key = {"type": "string", "minLength": 8, "maxLength": 80, "pattern": "^[!-~]+$"}
    return [
        {"name": "Idempotency-Key", "in": "header", "required": False, "schema": key},
        *each.raw.get("headers", []),
    ]


def _responses(each: Operation, names: dict[Any, Any]) -> dict[str, Any]:
    said = {"$ref": REF.format(model="Problem")}
    answers: dict[str, Any] = {
        str(code): {"description": words, "content": {"application/problem+json": {"schema": said}}}
        for code, words in PROBLEMS.items()
    }
    good: dict[str, Any] = {"description": each.summary}
    if each.out:
        good["content"] = {"application/json": {"schema": names[(each.out, "serialization")]}}
    answers[str(each.status)] = good
    answers.update(each.raw.get("responses", {}))
    return answers
