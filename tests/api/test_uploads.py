"""Uploads over HTTP: tus with resumption and checksums, multipart, foreign and oversized files, links that end."""

import base64
import hashlib
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from arq.connections import ArqRedis
from PIL import Image
from redis.asyncio import ConnectionPool

from gateways.staging import Staging
from gateways.store import Store
from models import seal
from models.actions import uploads as acts
from models.paper import Upload
from tests.api.door import Web
from tests.photographs import jpeg, photograph
from workers import jobs, photos
from workers.darkroom.pool import Darkroom

pytestmark = pytest.mark.database
TUS = {"tus_resumable": "1.0.0"}
OCTETS = {**TUS, "content_type": "application/offset+octet-stream"}


def picture(size: tuple[int, int] = (800, 600)) -> bytes:
    out = BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def paper(kind: str) -> bytes:
    """A photograph of a certificate, as a phone takes it."""
    return jpeg(photograph(kind, size=(1500, 2000)))


@pytest_asyncio.fixture(loop_scope="session")
async def door(web: Web, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    """The web with a store, a staging folder and the queue."""
    redis = ArqRedis(ConnectionPool.from_url(redis_url), job_serializer=jobs.encode, job_deserializer=jobs.decode)
    web.state |= {
        "store": Store(tmp_path / "store", seal.ring()),
        "staging": Staging(tmp_path / "staging", seal.ring()),
        "jobs": redis,
    }
    yield web
    await redis.aclose()


async def develop(door: Web, id_: str) -> None:
    """What the worker does with the job."""
    async with Darkroom(children=1) as darkroom:
        await photos.check_photo({"store": door.state["store"], "darkroom": darkroom}, id_)


async def begin(door: Web, token: str, data: bytes, name: str = "a.jpg") -> str:
    said = "filename " + base64.b64encode(name.encode()).decode()
    answer = await door.call("POST", "/uploads", None, token, **TUS, upload_length=str(len(data)), upload_metadata=said)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"].removeprefix("/api/v1")


async def send(door: Web, token: str, place: str, at: int, part: bytes, **more: str) -> httpx.Response:
    head = {k.replace("_", "-"): v for k, v in {**OCTETS, "upload_offset": str(at), **more}.items()}
    return await door.http.patch(f"/api/v1{place}", content=part, headers={**head, "authorization": f"Bearer {token}"})


async def test_slices_a_cut_and_the_rest(door: Web) -> None:
    _, token = await door.li()
    data = picture((1600, 1200))
    place = await begin(door, token, data)
    assert (await send(door, token, place, 0, data[:100_000])).headers["upload-offset"] == "100000"
    wrong = await send(door, token, place, 50_000, data[50_000:60_000])
    assert (wrong.status_code, wrong.json()["code"]) == (409, "offset_mismatch")
    head = await door.call("HEAD", place, None, token, **TUS)
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == ("100000", str(len(data)))
    done = await send(door, token, place, 100_000, data[100_000:])
    assert done.status_code == 204 and done.headers["upload-offset"] == str(len(data))
    seen = await door.get(place, token)
    assert seen["state"] == "checking" and seen["sha256"] == hashlib.sha256(data).hexdigest()
    await develop(door, seen["id"])
    seen = await door.get(place, token)
    assert seen["state"] == "ready" and (seen["width"], seen["height"]) == (1600, 1200)
    again = await send(door, token, place, len(data), b"x")
    assert (again.status_code, again.json()["code"]) == (409, "upload_complete")


async def test_the_link_is_young_and_bound(door: Web) -> None:
    _, token = await door.li()
    place = await begin(door, token, data := picture())
    await send(door, token, place, 0, data)
    await develop(door, place.rsplit("/", 1)[1])
    seen = await door.get(place, token)
    good = await door.http.get(seen["view_url"])
    assert good.status_code == 200 and good.headers["content-type"] == "image/jpeg"
    assert good.headers["cache-control"] == "no-store" and "sandbox" in good.headers["content-security-policy"]
    altered = seen["view_url"][:-2] + "zz"
    assert (await door.http.get(altered)).status_code == 404


async def test_post_with_override_and_checksum(door: Web) -> None:
    _, token = await door.li()
    data = picture()
    place = await begin(door, token, data)
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    head = {"authorization": f"Bearer {token}", "tus-resumable": "1.0.0", "upload-offset": "0",
            "content-type": "application/offset+octet-stream"}  # fmt: skip
    wrong = base64.b64encode(b"0" * 32).decode()
    bad = await door.http.post(
        f"/api/v1{place}", content=data,
        headers={**head, "x-http-method-override": "PATCH", "upload-checksum": f"sha256 {wrong}"},
    )  # fmt: skip
    assert (bad.status_code, bad.json()["code"]) == (460, "checksum_mismatch")
    assert (await door.http.post(f"/api/v1{place}", content=data, headers=head)).status_code == 405
    good = await door.http.post(
        f"/api/v1{place}", content=data,
        headers={**head, "x-http-method-override": "PATCH", "upload-checksum": f"sha256 {digest}"},
    )  # fmt: skip
    assert good.status_code == 204


async def test_options_tell_what_is_spoken(door: Web) -> None:
    answer = await door.call("OPTIONS", "/uploads")
    assert answer.status_code == 204 and answer.headers["tus-version"] == "1.0.0"
    assert {"creation", "creation-with-upload", "termination", "checksum"} <= set(
        answer.headers["tus-extension"].split(",")
    )


async def test_termination_removes_the_bytes(door: Web) -> None:
    _, token = await door.li()
    place = await begin(door, token, data := picture())
    await send(door, token, place, 0, data)
    await develop(door, place.rsplit("/", 1)[1])
    row = await Upload.get(id=place.rsplit("/", 1)[1])
    assert (await door.call("DELETE", place, None, token, **TUS)).status_code == 204
    await door.problem(404, "not_found", "GET", place, None, token)
    with pytest.raises(Exception, match=row.archive_key):
        await door.state["store"].get(row.archive_key)


async def test_multipart_for_small_files(door: Web) -> None:
    _, token = await door.li()
    head = {"authorization": f"Bearer {token}"}
    files = {"file": ("证.jpg", picture(), "image/jpeg")}
    answer = await door.http.post("/api/v1/uploads/photo", files=files, headers=head)
    assert answer.status_code == 201 and answer.json()["state"] == "checking", answer.text
    none = await door.http.post("/api/v1/uploads/photo", files={"other": ("a", b"x")}, headers=head)
    assert (none.status_code, none.json()["code"]) == (422, "file_missing")
    head["content-type"] = "multipart/form-data; boundary=x"
    broken = await door.http.post("/api/v1/uploads/photo", content=b"--x\r\nnonsense", headers=head)
    assert 400 <= broken.status_code < 500 and broken.json()["code"], broken.text


@pytest.mark.parametrize(("data", "code"), [(b"hello, not a photograph", "photo_not_image"), (None, "photo_truncated")])
async def test_what_is_no_photograph_is_refused_with_words(door: Web, data: bytes | None, code: str) -> None:
    _, token = await door.li()
    whole = picture()
    data = data or whole[: len(whole) // 2]
    place = await begin(door, token, data, "certificate.jpg")
    await send(door, token, place, 0, data)
    await develop(door, place.rsplit("/", 1)[1])
    seen = await door.get(place, token)
    assert seen["state"] == "refused" and seen["refusal"]["code"] == code and seen["refusal"]["tip"]


async def test_foreign_and_wrong_uploads(door: Web) -> None:
    _, token = await door.li()
    place = await begin(door, token, picture())
    _, sun = await door.sign_in("孙伟")
    await door.problem(404, "not_found", "GET", place, None, sun["access_token"])
    assert (await send(door, sun["access_token"], place, 0, b"x")).status_code == 404
    await door.problem(413, "upload_too_large", "POST", "/uploads", None, token, **TUS, upload_length="400000000")
    for length in ("", "abc", "-1", "9" * 5000):
        await door.problem(400, "bad_length", "POST", "/uploads", None, token, **TUS, upload_length=length)
    await door.problem(422, "upload_empty", "POST", "/uploads", None, token, **TUS, upload_length="0")
    await door.problem(412, "tus_version", "POST", "/uploads", None, token, tus_resumable="0.2", upload_length="5")
    long = await send(door, token, place, 0, b"x" * 5_000_000)
    assert (long.status_code, long.json()["code"]) == (413, "upload_too_long")


async def test_a_page_sent_twice_is_noticed(door: Web) -> None:
    _, token = await door.li()
    case = (await door.call("POST", "/cases", {"item_codes": ["SJ03"], "hall": "0001"}, token)).json()
    code = next(m["code"] for m in case["materials"] if m["photo"] and not m["form"] and not m["free"])
    advice = {}
    for name, data in (("first", paper("health")), ("again", paper("health")), ("other", paper("lease"))):
        place = await begin(door, token, data)
        await send(door, token, place, 0, data)
        id_ = place.rsplit("/", 1)[1]
        await develop(door, id_)
        seen = await door.get(place, token)
        assert seen["state"] == "ready"
        advice[name] = [found["code"] for found in seen["advice"]]
        if name == "first":
            laid = await door.call("PUT", f"/cases/{case['id']}/materials/{code}", {"pages": [id_]}, token)
            assert laid.status_code == 200
    assert advice == {"first": [], "again": ["same_page"], "other": []}


async def test_quota_of_a_day(door: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    _, token = await door.li()
    monkeypatch.setattr(acts, "MOST_FILES_A_DAY", 2)
    for _ in range(2):
        await begin(door, token, b"12345")
    await door.problem(429, "upload_quota", "POST", "/uploads", None, token, **TUS, upload_length="5")


async def test_pages_of_one_material_as_one_pdf(door: Web) -> None:
    _, token = await door.li()
    case = (await door.call("POST", "/cases", {"item_codes": ["SJ03"], "hall": "0001"}, token)).json()
    code = next(m["code"] for m in case["materials"] if m["photo"] and not m["form"] and not m["free"])
    ids = []
    for size in ((1600, 1200), (1200, 1600)):
        data = picture(size)
        place = await begin(door, token, data)
        await send(door, token, place, 0, data)
        ids.append(place.rsplit("/", 1)[1])
        await develop(door, ids[-1])
    laid = await door.call("PUT", f"/cases/{case['id']}/materials/{code}", {"pages": ids}, token)
    assert laid.status_code == 200, laid.text
    made = await door.call("GET", f"/cases/{case['id']}/materials/{code}.pdf", None, token)
    assert made.status_code == 200 and made.content.startswith(b"%PDF") and made.content.count(b"/Type /Page\n") == 2
    _, sun = await door.sign_in("孙伟")
    await door.problem(
        404, "not_found", "GET", f"/cases/{case['id']}/materials/{code}.pdf", None, sun["access_token"]
    )  # fmt: skip
