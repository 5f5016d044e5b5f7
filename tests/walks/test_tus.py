"""tuspy as it comes from its makers sends a 20 MB picture that is interrupted three times."""

import hashlib
import random
from pathlib import Path

import pytest
from PIL import Image
from tusclient.client import TusClient
from tusclient.exceptions import TusUploadFailed
from tusclient.storage.filestorage import FileStorage

from tests.walks.cutting import line
from tests.walks.house import Run
from tests.walks.people import Citizen, expect, until

pytestmark = [pytest.mark.database, pytest.mark.timeout(300)]
SIZE = (2950, 2300)
CHUNK = 1024 * 1024


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PNG of 20 MB that no compression makes smaller."""
    path = tmp_path_factory.mktemp("noise") / "照片 20 兆.png"
    pixels = random.Random(20).randbytes(SIZE[0] * SIZE[1] * 3)
    Image.frombytes("RGB", SIZE, pixels).save(path, compress_level=1)
    assert 20_000_000 < path.stat().st_size < 25 * CHUNK
    return path


def test_a_big_picture_with_interruptions(house: Run, noise: Path, tmp_path: Path) -> None:
    citizen = Citizen.sign_in(house["citizen"], house["sandbox"], "黄伟")
    head = {"authorization": f"Bearer {citizen.tokens['access_token']}"}
    memory = str(tmp_path / "uploads.json")
    with line(house["citizen"]) as wire:

        def uploader(retries: int = 0):
            """A new program, as after the phone was switched off: it knows only what it wrote down."""
            client = TusClient(f"{wire.url}/api/v1/uploads", headers=head)
            return client.uploader(
                str(noise), chunk_size=CHUNK, retries=retries, retry_delay=0.2, store_url=True,
                url_storage=FileStorage(memory),  # type: ignore[no-untyped-call]
                metadata={"filename": noise.name, "filetype": "image/png"},
            )  # fmt: skip

        first = uploader()
        first.upload(stop_at=4 * CHUNK)
        assert first.offset == 4 * CHUNK
        second = uploader()  # switched off between two slices
        assert (second.url, second.offset) == (first.url, 4 * CHUNK)
        wire.cut_after(CHUNK + CHUNK // 2)  # and now the line goes in the middle of one
        with pytest.raises(TusUploadFailed):
            second.upload()
        third = uploader(retries=3)
        assert third.url == first.url
        assert 5 * CHUNK <= third.offset <= 6 * CHUNK, "what had arrived is not sent again"
        wire.cut_after(3 * CHUNK + 12345)  # once more; this time the client asks again by itself
        third.upload()
        assert wire.cuts == 2
        assert third.offset == noise.stat().st_size
    place = str(first.url).split("/api/v1")[-1]
    seen = until(lambda: looked_at(citizen, place), "the picture to be looked at", 60)
    assert seen["state"] == "ready", seen
    assert seen["sha256"] == hashlib.sha256(noise.read_bytes()).hexdigest()
    assert seen["bytes"] == seen["received"] == noise.stat().st_size
    assert {seen["width"], seen["height"]} == {2000, round(2000 * SIZE[1] / SIZE[0])} or seen["width"] == SIZE[0]
    assert citizen.http.get(seen["view_url"].split("/api/v1")[-1]).status_code == 200


def looked_at(citizen: Citizen, place: str):
    seen = expect(citizen.http.get(place)).json()
    return seen if seen["state"] in ("ready", "refused") else None
