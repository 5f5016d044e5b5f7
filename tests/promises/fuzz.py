"""Hooks of the fuzzing client: real ids in paths, department calls signed, bytes for slices (see test_openapi)."""

import json
import os
import random
from typing import Any
from uuid import uuid4

import requests
import schemathesis

from gateways.signature import signed_headers

GIVEN: dict[str, Any] = json.loads(os.environ["FUZZ"])
chance = random.Random(GIVEN["seed"])


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Most calls name something that is there; the rest keep what was made up."""
    if path_parameters:
        known = GIVEN["paths"].get(context.operation.path, [])
        if known and chance.random() < 0.8:
            return {**path_parameters, **chance.choice(known)}
    return path_parameters


class Signed(requests.auth.AuthBase):
    """A department's signature over whatever is sent."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body or b""
        content = (
            body.encode() if isinstance(body, str) else bytes(body) if isinstance(body, bytes | bytearray) else b""
        )
        signed = signed_headers(GIVEN["key_id"], GIVEN["key"].encode(), uuid4().hex, content)
        request.headers.update({name: value for name, value in signed.items() if name != "content-type"})
        return request


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    if case.path.startswith("/department/") and chance.random() < 0.95:
        kwargs["auth"] = Signed()


@schemathesis.serializer("application/offset+octet-stream")
def slices(context: Any, value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | bytearray) else str(value).encode("utf-8", "replace")
