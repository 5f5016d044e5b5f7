"""Uploads: tus 1.0 (creation, creation-with-upload, termination, checksum) and multipart for small files.

WeChat's client has no PATCH, so POST with `X-HTTP-Method-Override: PATCH` is taken as one. An offset is told by HEAD;
a slice that was cut is sent again from there.
"""

import base64
import binascii
import hashlib
from typing import Any
from uuid import UUID

import anyio.to_thread
import structlog
from redis.exceptions import RedisError
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.auth import CITIZEN
from api.op import Ctx, Empty, op
from api.schemas.upload import UploadOut
from gateways.staging import Staging, WrongOffset
from gateways.store import Missing, new_key
from models.actions import uploads as acts
from models.base import Refusal
from models.paper import Upload
from models.reads import uploads
from models.rules.permits import Actor

log = structlog.get_logger()
VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,checksum"
SLICE = 256 * 1024
MOST_SLICE = acts.MOST_BYTES + 64 * 1024  # a whole file in one request, and its multipart frame
ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "md5": hashlib.md5}
TUS = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}

_binary = {"content": {"application/offset+octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
_said = [{"name": "Tus-Resumable", "in": "header", "required": False, "schema": {"type": "string"}}]
PLAIN: dict[str, Any] = {"headers": _said, "responses": {"204": {"description": "好了"}}}
REFUSED = {"412": {"description": "版本不对"}, "460": {"description": "这一段传坏了"}}
SLICED: dict[str, Any] = {
    "request": {"required": False, **_binary}, "headers": _said, "responses": {**PLAIN["responses"], **REFUSED},
}  # fmt: skip


def _staging(request: Request) -> Staging:
    staging: Staging = request.state["staging"]
    return staging


def _tus(request: Request) -> None:
    """Refuse a client of another tus version (412 by the protocol)."""
    said = request.headers.get("tus-resumable")
    if said not in (None, VERSION):
        raise Refusal("tus_version", 412, "上传的程序版本不对，请更新后再试")


@op("OPTIONS", "/uploads", out=None, status=204, raw=PLAIN, once=False)
async def options(_: Ctx[Empty, Empty]) -> Response:
    """What the upload server can do (tus)."""
    headers = {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(acts.MOST_BYTES)}
    return Response(status_code=204, headers={**TUS, **headers, "Tus-Checksum-Algorithm": ",".join(ALGORITHMS)})


CREATED = {"description": "开始上传", "headers": {"Location": {"schema": {"type": "string"}}}}
BEGUN = {**SLICED, "responses": {"201": CREATED, **REFUSED}}
FORM = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
PHOTO: dict[str, Any] = {"request": {"required": True, "content": {"multipart/form-data": {"schema": FORM}}}}


@op("POST", "/uploads", out=None, status=201, door=CITIZEN, once=False, raw=BEGUN, most=MOST_SLICE)
async def create(c: Ctx[Empty, Empty]) -> Response:
    """Begin an upload of `Upload-Length` bytes; the first bytes may come along (tus creation)."""
    _tus(c.request)
    said = _metadata(c.request.headers.get("upload-metadata", ""))
    length = _number(c.request.headers.get("upload-length", ""), "Upload-Length")
    upload = await acts.begin(c.actor, length, said.get("filetype", ""))
    await anyio.to_thread.run_sync(_staging(c.request).create, str(upload.id))
    headers = {**TUS, "Location": f"/api/v1/uploads/{upload.id}", "Upload-Offset": "0"}
    if c.request.headers.get("content-type", "").startswith("application/offset+octet-stream"):
        headers["Upload-Offset"] = str(await _grow(c.request, c.actor, upload, 0))
    return Response(status_code=201, headers=headers)


@op(
    "HEAD", "/uploads/{id:id}", out=None, door=CITIZEN, raw={**PLAIN, "responses": {"200": {"description": "传到哪了"}}}
)
async def offset(c: Ctx[Empty, Empty]) -> Response:
    """How many bytes are here (tus)."""
    upload = await uploads.own(c.actor, UUID(c.path["id"]))
    received = await _size(c.request, upload)
    return Response(headers={**TUS, "Upload-Offset": str(received), "Upload-Length": str(upload.length)})


async def _slice(c: Ctx[Empty, Empty]) -> Response:
    _tus(c.request)
    if not c.request.headers.get("content-type", "").startswith("application/offset+octet-stream"):
        raise Refusal("wrong_media_type", 415, "上传的内容格式不对，请更新后再试")
    upload = await uploads.own(c.actor, UUID(c.path["id"]))
    begins = _number(c.request.headers.get("upload-offset", ""), "Upload-Offset")
    received = await _grow(c.request, c.actor, upload, begins)
    return Response(status_code=204, headers={**TUS, "Upload-Offset": str(received)})


@op("PATCH", "/uploads/{id:id}", out=None, status=204, door=CITIZEN, once=False, raw=SLICED, most=MOST_SLICE)
async def patch(c: Ctx[Empty, Empty]) -> Response:
    """The next bytes of an upload (tus)."""
    return await _slice(c)


@op("POST", "/uploads/{id:id}", out=None, status=204, door=CITIZEN, once=False, raw=SLICED, most=MOST_SLICE)
async def patch_by_post(c: Ctx[Empty, Empty]) -> Response:
    """The next bytes, for clients without PATCH: `X-HTTP-Method-Override: PATCH`."""
    if c.request.headers.get("x-http-method-override", "").upper() != "PATCH":
        raise Refusal("method_not_allowed", 405, "这个地址不支持这样用")
    return await _slice(c)


@op("DELETE", "/uploads/{id:id}", out=None, status=204, door=CITIZEN, once=False, raw=PLAIN)
async def terminate(c: Ctx[Empty, Empty]) -> Response:
    """Remove an upload that no case uses (tus termination)."""
    upload = await acts.remove(c.actor, UUID(c.path["id"]))
    await anyio.to_thread.run_sync(_staging(c.request).remove, str(upload.id))
    for key in (upload.original_key, upload.archive_key, upload.thumbnail_key):
        if key:
            await c.request.state["store"].delete(key)
    return Response(status_code=204, headers=TUS)


@op("GET", "/uploads/{id:id}", out=UploadOut, door=CITIZEN)
async def status(c: Ctx[Empty, Empty]) -> dict[str, Any]:
    """What became of an upload, with advice about the photograph."""
    return uploads.shown(c.actor, await uploads.own(c.actor, UUID(c.path["id"])))


@op("POST", "/uploads/photo", out=UploadOut, status=201, door=CITIZEN, once=False, raw=PHOTO, most=MOST_SLICE)
async def photo(c: Ctx[Empty, Empty]) -> dict[str, Any]:
    """One small file in one piece (multipart field `file`)."""
    if not c.request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Refusal("wrong_media_type", 415, "上传的内容格式不对，请更新后再试")
    async with c.request.form(max_files=1, max_fields=10) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Refusal("file_missing", 422, "没有收到照片，请重新选一张")
        data = await file.read()
        upload = await acts.begin(c.actor, len(data), file.content_type or "")
    await _store(c.request, upload, data)
    return uploads.shown(c.actor, await uploads.own(c.actor, upload.id))


async def _grow(request: Request, actor: Actor, upload: Upload, begins: int) -> int:
    """Append what comes, slice by slice; a cut connection keeps what arrived. Returns the new offset."""
    if upload.state != "receiving":
        raise Refusal("upload_complete", 409, "这张已经传完了")
    checker = _checksum(request.headers.get("upload-checksum", ""))
    staging, at, held = _staging(request), begins, bytearray()
    whole = bytearray()
    try:
        async for chunk in request.stream():
            if checker:
                whole += chunk
            held += chunk
            if at + len(held) > upload.length:
                raise Refusal("upload_too_long", 413, "传来的比说好的多，请重新传这一张")
            while len(held) >= SLICE and not checker:
                at = await _append(staging, upload, at, bytes(held[:SLICE]))
                del held[:SLICE]
    except ClientDisconnect:
        if held and not checker:
            at = await _append(staging, upload, at, bytes(held))
        await acts.grown(upload.id, at)
        raise
    if checker and not checker(bytes(whole)):
        raise Refusal("checksum_mismatch", 460, "这一段传坏了，请再传一次")
    if held:
        at = await _append(staging, upload, at, bytes(held))
    await acts.grown(upload.id, at)
    if at == upload.length:
        await _store(request, upload, await anyio.to_thread.run_sync(staging.read, str(upload.id)))
        await anyio.to_thread.run_sync(staging.remove, str(upload.id))
    return at


async def _append(staging: Staging, upload: Upload, at: int, chunk: bytes) -> int:
    try:
        size: int = await anyio.to_thread.run_sync(staging.append, str(upload.id), at, chunk)
        return size
    except WrongOffset as wrong:
        raise Refusal("offset_mismatch", 409, "这一段接不上，请从断开的地方接着传") from wrong
    except Missing:
        raise Refusal("upload_gone", 410, "这张传得太久，没有留住，请重新传") from None


async def _size(request: Request, upload: Upload) -> int:
    if upload.state != "receiving":
        return int(upload.length)
    try:
        size: int = await anyio.to_thread.run_sync(_staging(request).size, str(upload.id))
        return size
    except Missing:
        raise Refusal("upload_gone", 410, "这张传得太久，没有留住，请重新传") from None


async def _store(request: Request, upload: Upload, data: bytes) -> None:
    """Keep the original bytes (R46) and hand them to the darkroom. The queue is a hint; a sweep finds the rest."""
    key = new_key()
    await request.state["store"].put(key, data)
    if not await acts.arrived(upload.id, key, hashlib.sha256(data).hexdigest()):
        await request.state["store"].delete(key)
        return
    try:
        await request.state["jobs"].enqueue_job("check_photo", str(upload.id))
    except (RedisError, OSError) as error:
        log.warning("queue_away", kind=type(error).__name__)


def _number(text: str, name: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise Refusal("bad_length", 400, f"{name} 要写一个数")
    return int(text)


def _metadata(text: str) -> dict[str, str]:
    """tus metadata: `key base64, key base64`; what cannot be read is left out."""
    found = {}
    for pair in text[:2000].split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            said = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
        found[key] = "".join(ch for ch in said if ch.isprintable())
    return found


def _checksum(text: str) -> Any:
    """A checker for `Upload-Checksum: sha256 <base64>`, or None."""
    if not text:
        return None
    name, _, value = text.partition(" ")
    try:
        wanted = base64.b64decode(value, validate=True)
    except binascii.Error:
        raise Refusal("bad_checksum", 400, "校验的写法不对") from None
    if name not in ALGORITHMS:
        raise Refusal("bad_checksum", 400, "校验的方法不支持")
    return lambda data: ALGORITHMS[name](data).digest() == wanted
