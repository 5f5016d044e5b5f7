"""Papers and pages: every page is there, pictures go in untouched, lines break as Chinese lines do, nothing crashes."""

import re
import subprocess
import sys
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from gateways.press import Box, PaperContent, PressError, Sign, Table, pages_pdf, paper, printer, watermark
from gateways.press.paper import BODY
from gateways.press.setting import NOT_FIRST, NOT_LAST, break_lines, sheet
from tests.gateways.reading import words
from tests.photographs import jpeg
from tests.workers.zoo import save
from tests.workers.zoo import sheet as picture

NOTICE = PaperContent(
    office="示例县市场监督管理局",
    title="一次性告知书",
    number="样监告〔2026〕1037 号",
    case_number="440229000120261013000372",
    addressee="样本某某",
    paragraphs=["您申请的**食品经营许可（新办）**，现将需要补正的**全部内容一次告知**如下："],
    table=Table(
        ["序", "材料", "哪里不符", "改成什么样"],
        [["1", "布局图", "没有标清洗区", "标明各区"], ["2", "布局图", "没有写面积", "写明面积（平方米）"]],
        [6, 22, 31, 41],
        merge=1,
    ),
    after=["以下空白。"],
    box=Box(
        "请在 2026年10月27日 前补齐",
        "10 个工作日",
        ["**手机补：**扫右边的码。"],
        "https://example.invalid/p/1",
        "扫码补材料",
    ),
    sign=Sign("示例县市场监督管理局", "2026年10月13日", [("告知人", "样本"), ("签收", "")]),
    footer="问这件事：拨 12345。",
    copies="一式两份",
)


def sheets(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


def test_a_notice_fits_one_page_and_carries_its_fonts() -> None:
    pdf = paper(NOTICE)
    assert pdf.startswith(b"%PDF-")
    assert sheets(pdf) == 1
    assert b"NotoSerifSC" in pdf
    assert len(pdf) < 200_000


def test_everything_that_must_be_on_it_is_on_it() -> None:
    (text,) = words(paper(NOTICE))
    head = "示例县市场监督管理局 一次性告知书 样监告〔2026〕1037号 440229000120261013000372 样本某某："
    body = "食品经营许可（新办） 没有标清洗区 写明面积（平方米） 2026年10月27日 扫码补材料"
    foot = "2026年10月13日 第1页，共1页 12345"
    for part in [*head.split(), *body.split(), *foot.split()]:
        assert part in text, part
    assert text.count("布局图") == 1  # two rows of one material are one tall cell
    assert "**" not in text


def test_a_long_table_repeats_its_heads_and_counts_its_pages() -> None:
    assert NOTICE.table is not None
    rows = [[str(n), f"材料{n}", "没有写长、宽和各区面积，" * 3, "写明长宽"] for n in range(60)]
    pdf = paper(replace(NOTICE, table=replace(NOTICE.table, rows=rows)))
    assert sheets(pdf) >= 4
    pages = words(pdf)
    text = "".join(pages)
    assert len(pages) == sheets(pdf)
    assert all("改成什么样" in page for page in pages if "写明长宽" in page)
    assert all(f"第{n}页，共{len(pages)}页" in page for n, page in enumerate(pages, 1))
    assert all(f"材料{n}没有写长" in text for n in range(60))


def test_a_cell_longer_than_a_page_goes_on_over_the_page() -> None:
    assert NOTICE.table is not None
    table = replace(NOTICE.table, rows=[["1", "布局图", "缺", "改" * 1500 + "完"]])
    pages = words(paper(replace(NOTICE, table=table)))
    assert sum(page.count("改") - page.count("改成什么样") for page in pages) == 1500
    assert sum(page.count("完") for page in pages) == 1


@pytest.mark.parametrize(
    "text", ["\0\x07\ud800控制字符", "😀 表情 㐂龘", "W" * 500, "", "**", "**没有收尾", "\n\n两段", "（" * 90]
)
def test_any_words_can_be_printed(text: str) -> None:
    content = replace(
        NOTICE, office=text, title=text, number=text, case_number=text, addressee=text, paragraphs=[text] * 2,
        table=Table([text, "甲"], [[text, text]], [1, 9]), after=[text], footer=text,
        box=Box(text, text, [text], "https://example.invalid", text), sign=Sign(text, text, [(text, text)]),
    )  # fmt: skip
    assert sheets(paper(content)) >= 1


def test_a_paper_without_table_box_and_table_rows() -> None:
    assert sheets(paper(replace(NOTICE, table=None, box=None, after=[]))) == 1
    assert sheets(paper(replace(NOTICE, table=Table(["序"], [], [1])))) == 1


def test_lines_start_and_end_as_chinese_lines_do() -> None:
    pdf = sheet()
    pdf.add_page()
    text = "依照《中华人民共和国行政许可法》第三十二条，（样本）“现将”需要补正的内容，一次告知如下：12345、67890。" * 4
    for width in range(30, 120, 3):
        lines = ["".join(piece.text for piece in line) for line in break_lines(pdf, text, BODY, float(width))]
        assert "".join(lines) == text
        assert not [line for line in lines if line[0] in NOT_FIRST], width
        assert not [line for line in lines[:-1] if line[-1] in NOT_LAST], width


def test_pages_go_in_as_they_are() -> None:
    first, second = jpeg(picture(), private=False), jpeg(picture((1200, 900)), private=False)
    pdf = pages_pdf([first, second, first], "健康证明")
    assert sheets(pdf) == 3
    assert first in pdf
    assert second in pdf
    assert len(pdf) < len(first) + len(second) + 6000


def test_a_long_screenshot_goes_over_several_sheets_once_stored() -> None:
    long = jpeg(picture((500, 4000)), private=False)
    pdf = pages_pdf([long], "截图")
    assert sheets(pdf) >= 4
    assert pdf.count(long[:2000]) == 1


def test_pages_need_a_page_and_a_picture() -> None:
    with pytest.raises(ValueError, match="no pages"):
        pages_pdf([], "空")
    with pytest.raises(PressError, match="UnidentifiedImageError"):
        pages_pdf([b"not a picture"], "坏")


def test_the_press_is_not_paid_for_until_a_paper_is_set() -> None:
    program = "import sys, gateways.press; print([m for m in ('fpdf', 'fontTools') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert said.stdout.strip() == "[]"


def test_a_press_that_died_is_replaced() -> None:
    paper(NOTICE)
    child = printer._PRESS._child
    assert child is not None
    child.kill()
    assert sheets(paper(NOTICE)) == 1
    assert printer._PRESS._child is not child


def test_a_press_dies_with_its_parent() -> None:
    program = (
        "import time\nfrom gateways.press import printer\nfrom tests.gateways.test_press import NOTICE\n"
        "printer.paper(NOTICE)\nprint(printer._PRESS._child.pid, flush=True)\ntime.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert Path(f"/proc/{pid}").exists()
    parent.kill()
    parent.wait()
    for _ in range(200):
        if not Path(f"/proc/{pid}").exists() or ") Z" in Path(f"/proc/{pid}/stat").read_text():
            return
        time.sleep(0.05)
    pytest.fail("the press outlived its parent")


def test_many_threads_get_their_own_papers() -> None:
    titles = [f"第{n}号文书" for n in range(6)]
    with ThreadPoolExecutor(6) as threads:
        made = list(threads.map(lambda title: paper(replace(NOTICE, title=title)), titles))
    assert [title in words(pdf)[0] for title, pdf in zip(titles, made, strict=True)] == [True] * 6


def test_the_watermark_is_everywhere_and_the_picture_stays_readable() -> None:
    plain = save(picture((1500, 2000)), "JPEG", quality=95)
    marked = watermark(plain, ["仅用于办理食品经营许可", "王芳 综合窗口 2026-11-23 10:26"])
    before, after = (Image.open(BytesIO(data)).convert("L") for data in (plain, marked))
    assert after.size == (1500, 2000)
    changed = ImageChops.difference(before, after).point(lambda v: 255 if v > 24 else 0)
    for left in range(0, 1500, 500):
        for top in range(0, 2000, 500):
            part = changed.crop((left, top, left + 500, top + 500)).histogram()[255] / 250_000
            assert 0.002 < part < 0.2, (left, top)
    assert (
        sum(
            abs(a - b) for a, b in zip(before.resize((15, 20)).tobytes(), after.resize((15, 20)).tobytes(), strict=True)
        )
        < 300 * 16
    )


def test_strange_and_endless_lines_are_drawn_too() -> None:
    assert watermark(jpeg(picture((60, 40))), ["\ud800\n\0", "长" * 5000, ""]).startswith(b"\xff\xd8")


def test_the_watermark_adds_no_metadata() -> None:
    marked = Image.open(BytesIO(watermark(jpeg(picture(), private=True), ["样本"])))
    assert not marked.getexif()
    assert zlib.crc32(watermark(jpeg(picture()), ["甲"])) != zlib.crc32(watermark(jpeg(picture()), ["乙"]))
