"""How long a 12 MP JPEG takes from its last byte to archive, thumbnail and advice, and how large a child grows.

`python -m bench.photos [rounds]` prints medians, p99 and the machine. Includes the pipe to the child and back.
Wanted: median <= 600 ms, one child <= 200 MB.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from statistics import median

from bench.machine import machine, most
from gateways.press import Box, PaperContent, Sign, Table, pages_pdf, paper, watermark
from tests.photographs import jpeg, photograph
from workers.darkroom.pool import Darkroom


def told(name: str, times: list[float]) -> None:
    times.sort()
    p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
    print(f"{name:44} median {median(times) * 1e3:6.1f} ms   p99 {p99 * 1e3:6.1f} ms   n={len(times)}")


async def timed(room: Darkroom, data: bytes) -> float:
    start = time.perf_counter()
    await room.develop(data, "image/jpeg")
    return time.perf_counter() - start


async def stalls(stop: asyncio.Event) -> list[float]:
    """How late a task that sleeps 5 ms wakes up: the event loop's stall."""
    late = []
    while not stop.is_set():
        start = time.perf_counter()
        await asyncio.sleep(0.005)
        late.append(time.perf_counter() - start - 0.005)
    return late


async def photographs(rounds: int) -> bytes:
    data = jpeg(photograph(), orientation=6)
    print(f"photograph: 12 MP JPEG, {len(data) / 1e6:.1f} MB, EXIF orientation 6")
    async with Darkroom(2) as room:
        told("first photograph of a warm child", [await timed(room, data)])
        told("one after the other", [await timed(room, data) for _ in range(rounds)])
        stop = asyncio.Event()
        watch = asyncio.create_task(stalls(stop))
        start = time.perf_counter()
        both = await asyncio.gather(*(timed(room, data) for _ in range(rounds)))
        rate = rounds / (time.perf_counter() - start)
        stop.set()
        told("all at once, two children (with waiting)", list(both))
        print(f"{'':44} {rate:.1f} photographs a second")
        told("event loop stall meanwhile", await watch)
        print(f"{'largest child':44} {max(most(pid) for pid in room.pids()):.0f} MB")
        return (await room.develop(data)).archive


def repeated(name: str, work: Callable[[], object], rounds: int) -> None:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    told(name, times)


def example_paper() -> PaperContent:
    rows = [[str(n), "设备布局图", "没有写长、宽和各区面积", "写明长、宽（米）和面积（平方米）"] for n in range(1, 6)]
    return PaperContent(
        office="示例县市场监督管理局", title="一次性告知书", number="样 1 号", case_number="440229000120261013000372",
        addressee="样本某某", paragraphs=["您申请的**食品经营许可（新办）**，现将需要补正的**全部内容一次告知**如下："],
        table=Table(["序", "材料", "哪里不符", "改成什么样"], rows, [6, 22, 31, 41], merge=1),
        box=Box("请在 2026年10月27日 前补齐", lines=["扫右边的码，拍照上传，不用再来。"], qr="https://example.invalid/p/1"),
        sign=Sign("示例县市场监督管理局", "2026年10月13日"), footer="问这件事：拨 12345。",
    )  # fmt: skip


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    print(machine())
    archive = asyncio.run(photographs(count))
    repeated(
        "watermark of an archive copy", lambda: watermark(archive, ["仅用于办理食品经营许可", "王芳 10:26"]), count
    )
    repeated("three pages as one A4 PDF", lambda: pages_pdf([archive] * 3, "样本"), count)
    repeated("an official paper as PDF", lambda: paper(example_paper()), 5)
