"""Photographs: developed upright and clean, advised, or refused with words; the children may die, the room does not."""

import asyncio
import hashlib
import os
import random
import re
import resource
import signal
import sys
from collections.abc import AsyncIterator
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from models.rules.advice import ADVICE, REFUSALS
from tests.photographs import GOOD, PAPERS, jpeg, photograph
from tests.workers.zoo import OK, SCRIPT, save, scan_bomb, sheet, zoo
from workers.darkroom.likeness import same_page
from workers.darkroom.pool import ENVIRONMENT, Darkroom, Developed, Refused

HALF = (1512, 2016)  # 3 MP is enough for most tests


@pytest.fixture(scope="module")
async def room() -> AsyncIterator[Darkroom]:
    async with Darkroom(2) as room:
        yield room


def opened(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data), formats=["JPEG"])
    picture.load()
    return picture


def runs(pid: int) -> bool:
    """Whether a process is there and not only waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def resident(pid: int, line: str = "VmHWM") -> int:
    """Bytes a process holds at its highest (VmHWM) or now (VmRSS)."""
    found = re.search(rf"{line}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


ZOO = zoo()


@pytest.mark.parametrize("name", list(ZOO))
async def test_the_zoo(room: Darkroom, name: str) -> None:
    data, expected = ZOO[name]
    try:
        developed = await room.develop(data, "image/jpeg")
    except Refused as refused:
        assert refused.code == expected
        assert refused.words == REFUSALS[refused.code]
    else:
        assert expected == OK
        clean(developed)
        assert developed.sha256 == hashlib.sha256(data).hexdigest()


def clean(developed: Developed) -> None:
    """Two plain JPEGs with nothing but pixels."""
    for data, longest in ((developed.archive, 8000), (developed.thumbnail, 320)):
        picture = opened(data)
        assert picture.mode == "RGB"
        assert max(picture.size) <= longest
        assert not picture.getexif()
        assert not {"exif", "icc_profile", "comment", "xmp", "mp"} & picture.info.keys()
        assert data.endswith(b"\xff\xd9")
        assert data.count(b"\xff\xd8\xff") == 1
        assert SCRIPT not in data
    assert opened(developed.archive).size == (developed.width, developed.height)


async def test_only_listed_advice_and_refusals(room: Darkroom) -> None:
    developed = await room.develop(jpeg(sheet()))
    assert set(developed.advice) <= ADVICE.keys()
    assert all(len(advice.words) <= 20 for advice in ADVICE.values())


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
async def test_upright_without_exif_or_place(room: Darkroom, orientation: int) -> None:
    data = jpeg(photograph(size=HALF), orientation=orientation)
    assert b"ExamplePhone" in data
    developed = await room.develop(data, "image/jpeg")
    clean(developed)
    assert b"ExamplePhone" not in developed.archive + developed.thumbnail
    assert (developed.width, developed.height) == (1500, 2000)
    assert (developed.original_width, developed.original_height) == HALF
    upright = photograph(size=HALF).resize((15, 20)).convert("L").tobytes()
    seen = opened(developed.archive).resize((15, 20)).convert("L").tobytes()
    assert sum(abs(a - b) for a, b in zip(upright, seen, strict=True)) / 300 < 8


@pytest.mark.parametrize("orientation", [2, 4, 5, 7])
async def test_mirrored_orientations_are_turned_too(room: Darkroom, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    developed = await room.develop(save(sheet((1200, 900)), "JPEG", exif=exif))
    size = (900, 1200) if orientation in (5, 7) else (1200, 900)
    assert (developed.width, developed.height) == size
    edges = {4: "bottom", 2: "top", 5: "left", 7: "right"}
    picture = opened(developed.archive).convert("L")
    middle = {"top": (size[0] // 2, 30), "bottom": (size[0] // 2, size[1] - 30), "left": (30, size[1] // 2),
              "right": (size[0] - 30, size[1] // 2)}  # fmt: skip
    dark = [side for side, spot in middle.items() if picture.getpixel(spot) < 60]  # type: ignore[operator]
    assert dark == [edges[orientation]]


@pytest.mark.parametrize(
    ("variant", "advice"),
    [
        ("dark", ["too_dark"]),
        ("blurred", ["blurred"]),
        ("glare", ["glare"]),
        ("cut", ["cut_off"]),
        ("landscape", ["not_document"]),
        ("tiny", ["too_small"]),
        ("far", ["too_small"]),
    ],
)
async def test_advice(room: Darkroom, variant: str, advice: list[str]) -> None:
    assert (await room.develop(jpeg(photograph(variant=variant, size=HALF)))).advice == advice


@pytest.mark.parametrize("kind", list(PAPERS))
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_good_photograph_gets_no_advice(room: Darkroom, kind: str, seed: int) -> None:
    assert (await room.develop(jpeg(photograph(kind, seed=seed, size=HALF)))).advice == []


@pytest.mark.parametrize("variant", GOOD)
async def test_shadow_lamp_white_desk_and_full_page_are_good_too(room: Darkroom, variant: str) -> None:
    assert (await room.develop(jpeg(photograph(variant=variant, size=HALF)))).advice == []


async def test_a_long_screenshot_stays_readable_and_is_advised(room: Darkroom) -> None:
    developed = await room.develop(save(sheet((1080, 7200)), "PNG"), "image/png")
    assert "long_page" in developed.advice
    assert (developed.width, developed.height) == (1000, 6667)


async def test_the_same_page_twice(room: Darkroom) -> None:
    first, again, other = [
        (await room.develop(jpeg(photograph(kind, seed=seed, size=HALF)))).dhash
        for kind, seed in (("lease", 1), ("lease", 2), ("health", 1))
    ]
    assert same_page(first, again)
    assert not same_page(first, other)
    assert not same_page("", "")


async def test_sixteen_bits_and_transparency_look_as_they_did(room: Darkroom) -> None:
    plain = opened((await room.develop(save(sheet(), "PNG"))).archive).resize((9, 12)).tobytes()
    for name in ("sixteen-bit.png", "see-through.png", "cmyk.jpg", "moving.webp", "moving.png", "two-lenses.mpo"):
        seen = opened((await room.develop(ZOO[name][0])).archive).resize((9, 12)).tobytes()
        assert sum(abs(a - b) for a, b in zip(plain, seen, strict=True)) / len(plain) < 8, name


async def test_heic_with_the_extra(room: Darkroom) -> None:
    pytest.importorskip("pillow_heif", reason="the extra [heic] is not installed").register_heif_opener()
    developed = await room.develop(save(photograph(size=(756, 1008)), "HEIF", quality=60), "image/heic")
    clean(developed)
    assert (developed.format, developed.width, developed.height) == ("heic", 756, 1008)


async def test_heic_without_the_extra_says_what_to_do(room: Darkroom) -> None:
    if find_spec("pillow_heif") is not None:
        pytest.skip("the extra [heic] is installed")
    with pytest.raises(Refused) as refused:
        await room.develop(ZOO["apple.heic"][0], "image/heic")
    assert "兼容性最好" in refused.value.words


async def test_too_many_bytes_never_reach_a_child(room: Darkroom) -> None:
    with pytest.raises(Refused, match="photo_too_large"):
        await room.develop(b"\xff\xd8\xff" + bytes(25 * 1024 * 1024))


async def test_mutated_files_are_developed_or_refused(room: Darkroom) -> None:
    rng = random.Random(20261123)
    small = sheet((300, 400))
    seeds = [jpeg(small), save(small, "PNG"), save(small, "WEBP"), save(small, "JPEG", progressive=True)]

    async def one(data: bytes) -> str:
        try:
            clean(await room.develop(data))
        except Refused as refused:
            return refused.code
        return OK

    mutants = []
    for _ in range(240):
        data = bytearray(rng.choice(seeds))
        for _ in range(rng.randint(1, 12)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        mutants.append(bytes(data[: rng.randint(1, len(data))] if rng.random() < 0.2 else data))
    outcomes = await asyncio.gather(*(one(data) for data in mutants))
    assert set(outcomes) <= {OK, *REFUSALS}
    assert 20 < outcomes.count(OK) < 220


async def test_children_stay_small(room: Darkroom) -> None:
    for _ in range(3):
        await room.develop(jpeg(photograph(), orientation=6))
    async with Darkroom(1) as fresh:
        await fresh.develop(jpeg(photograph(), orientation=6))
        assert resident(fresh.pids()[0]) <= 200 * 1024 * 1024
    for pid in room.pids():
        assert resident(pid) <= 400 * 1024 * 1024
        assert resource.prlimit(pid, resource.RLIMIT_AS) == (400 * 1024 * 1024,) * 2
        assert resource.prlimit(pid, resource.RLIMIT_NOFILE) == (3, 3)


async def test_children_hold_no_secret(room: Darkroom) -> None:
    for pid in room.pids():
        names = {line.split("=")[0] for line in Path(f"/proc/{pid}/environ").read_text().split("\0") if line}
        assert names == ENVIRONMENT.keys()


async def test_a_killed_child_is_replaced() -> None:
    async with Darkroom(1) as room:
        (pid,) = room.pids()
        os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(0.05)
        assert (await room.develop(jpeg(sheet()))).format == "jpeg"
        assert room.pids() != [pid]


async def test_a_child_killed_at_work_is_replaced_and_the_photograph_not_lost() -> None:
    async with Darkroom(1) as room:
        (pid,) = room.pids()
        os.kill(pid, signal.SIGSTOP)
        work = asyncio.create_task(room.develop(jpeg(photograph(size=HALF))))
        await asyncio.sleep(0.1)
        os.kill(pid, signal.SIGKILL)
        assert (await work).height == 2000


async def test_a_hung_child_is_killed_and_replaced() -> None:
    async with Darkroom(1, wall=3.0) as room:
        (pid,) = room.pids()
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(Refused, match="photo_timeout"):
            await room.develop(jpeg(sheet()))
        assert not runs(pid)
        assert (await room.develop(jpeg(sheet()))).format == "jpeg"


async def test_a_photograph_that_eats_the_processor_is_refused() -> None:
    async with Darkroom(1, cpu=1) as room:
        with pytest.raises(Refused, match="photo_timeout"):
            await room.develop(scan_bomb())
        assert (await room.develop(jpeg(sheet()))).format == "jpeg"


async def test_a_cancelled_photograph_leaves_the_room_in_order() -> None:
    async with Darkroom(1) as room:
        for _ in range(3):
            work = asyncio.create_task(room.develop(jpeg(photograph(size=HALF))))
            await asyncio.sleep(0.02)
            work.cancel()
            with pytest.raises(asyncio.CancelledError):
                await work
        assert (await room.develop(jpeg(sheet()))).format == "jpeg"
        assert len(room.pids()) == 1


async def test_closing_leaves_no_process() -> None:
    async with Darkroom(2) as room:
        pids = room.pids()
    assert len(pids) == 2
    assert not [pid for pid in pids if runs(pid)]


async def test_children_die_with_their_parent() -> None:
    program = (
        "import asyncio, sys\n"
        "from workers.darkroom.pool import Darkroom\n"
        "async def main():\n"
        "    async with Darkroom(2) as room:\n"
        "        print(*room.pids(), flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    pids = [int(pid) for pid in (await parent.stdout.readline()).split()]
    assert len(pids) == 2
    parent.kill()
    await parent.wait()
    for _ in range(200):
        if not any(runs(pid) for pid in pids):
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"children outlived their parent: {pids}")
