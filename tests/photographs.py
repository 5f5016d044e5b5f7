"""Example photographs drawn by script: paper on a desk, as a phone would see it.

Every name and number is invented and every paper is marked 样本 (sample); nothing here is a picture of a real document.
`python -m tests.photographs OUTDIR` writes them all out to be looked at.
"""

import random
import sys
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn as fonts
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

PHONE = (3024, 4032)  # 12 MP, held upright
PAGE = (2100, 2970)  # A4 at 10 px/mm
INK = (38, 38, 44)
RED = (190, 52, 42)
GOOD = ("good", "shadow", "white-desk", "full", "warm")  # nothing to advise
VARIANTS = (*GOOD, "dark", "blurred", "glare", "cut", "landscape", "tiny", "far")

LICENCE = (
    "食品经营许可证",
    (
        ("经营者名称", "翁源县示例小吃店"),
        ("负责人", "样本某某"),
        ("经营场所", "示例镇样本路 00 号首层"),
        ("主体业态", "餐饮服务经营者（小餐饮）"),
        ("经营项目", "热食类食品制售、自制饮品制售"),
        ("许可证编号", "JY2440000000000（样本）"),
        ("有效期至", "2000 年 01 月 01 日"),
    ),
)
HEALTH = (
    "从业人员健康证明",
    (
        ("姓　　名", "样本某某"),
        ("性　　别", "女"),
        ("年　　龄", "00 岁"),
        ("从业类别", "食品生产经营"),
        ("证明编号", "0000-000000（样本）"),
        ("体检单位", "示例镇卫生院"),
        ("体检日期", "2000 年 01 月 01 日"),
    ),
)
LEASE = (
    "房屋租赁合同",
    (
        ("出租方（甲方）", "样本甲"),
        ("承租方（乙方）", "样本乙"),
        ("房屋坐落", "示例镇样本路 00 号首层"),
        ("建筑面积", "00 平方米"),
        ("租赁用途", "餐饮经营"),
        ("租　　期", "自 2000-01-01 起叁年"),
        ("月租金", "人民币零元整（样本）"),
    ),
)
PAPERS = {"licence": LICENCE, "health": HEALTH, "lease": LEASE}


def font(size: int, *, serif: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(fonts.serif_path() if serif else fonts.sans_path(), size)


@lru_cache
def page(kind: str = "health") -> Image.Image:
    """One printed paper seen from straight above, RGB, 2100 x 2970 px."""
    title, rows = PAPERS[kind]
    sheet = Image.new("RGB", PAGE, (244, 242, 234))
    draw = ImageDraw.Draw(sheet)
    frame = (150, 130, 90) if kind != "lease" else (90, 90, 96)
    draw.rectangle((110, 110, PAGE[0] - 110, PAGE[1] - 110), outline=frame, width=14)
    draw.rectangle((140, 140, PAGE[0] - 140, PAGE[1] - 140), outline=frame, width=4)
    draw.text((PAGE[0] // 2, 380), title, INK, font(150, serif=True), anchor="mm", stroke_width=3, stroke_fill=INK)
    draw.text((PAGE[0] // 2, 530), "样本　仅供演示", RED, font(64), anchor="mm")
    for row, (label, words) in enumerate(rows):
        y = 760 + row * 170
        draw.text((300, y), label, (90, 84, 72), font(66, serif=True), anchor="lm")
        draw.text((880, y), words, INK, font(66, serif=True), anchor="lm")
        draw.line((860, y + 58, 1820, y + 58), (196, 190, 176), 3)
    if kind == "health":
        draw.rectangle((1480, 690, 1830, 1130), fill=(206, 216, 224), outline=(120, 120, 120), width=4)
        draw.ellipse((1585, 780, 1725, 940), fill=(150, 140, 132))
        draw.pieslice((1520, 960, 1790, 1290), 180, 360, fill=(96, 104, 120))
        draw.text((1655, 1085), "样本照片", (240, 240, 240), font(48), anchor="mm")
    body = font(54, serif=True)
    for row, words in enumerate(
        (
            "说明：本页为演示所画，不是任何机关发出的证件，不具有效力。",
            "一、内容应当完整、清楚，并与实际情况一致。",
            "二、如有变动，请在十个工作日内到原发证单位办理。",
            "三、遗失应当及时声明，并申请补发。",
        )
    ):
        draw.text((300, 2050 + row * 100), words, INK, body, anchor="lm")
    draw.text((1480, 2560), "示例发证单位", INK, font(66, serif=True), anchor="mm")
    draw.text((1480, 2660), "2000 年 01 月 01 日", INK, font(60, serif=True), anchor="mm")
    sheet.paste(Image.new("RGB", PAGE, RED), mask=_stamp().point(lambda v: v * 200 // 255))
    return sheet


def _stamp() -> Image.Image:
    """A round sample stamp: two rings and the word 样本, no emblem and no office."""
    mask = Image.new("L", PAGE, 0)
    draw = ImageDraw.Draw(mask)
    draw.ellipse((1270, 2400, 1690, 2820), outline=255, width=16)
    draw.ellipse((1300, 2430, 1660, 2790), outline=255, width=4)
    draw.text((1480, 2610), "样本", 255, font(110, serif=True), anchor="mm", stroke_width=3)
    return ImageChops.subtract(mask, grain(PAGE, 120, seed=5).point(lambda v: max(0, v - 60)))


def grain(size: tuple[int, int], strength: int, seed: int) -> Image.Image:
    """Grey noise from 0 to `strength`, the same for the same seed."""
    rng = random.Random(seed)
    tile = Image.frombytes("L", (512, 512), rng.randbytes(512 * 512)).point(lambda v: v * strength // 255)
    whole = Image.new("L", size)
    for left in range(0, size[0], 512):
        for top in range(0, size[1], 512):
            whole.paste(tile.transpose(rng.choice(list(Image.Transpose)[:4])), (left, top))
    return whole


@lru_cache
def desk(size: tuple[int, int], seed: int = 3) -> Image.Image:
    """A wooden desk: planks, long grain, darker joints."""
    rng = random.Random(seed)
    width, height = size
    fibre = Image.frombytes("L", (24, height // 4), rng.randbytes(6 * height))
    fibre = fibre.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.BoxBlur(2))
    fine = grain((width // 8, height), 255, seed).resize(size)
    wood = Image.blend(fibre, fine, 0.35).point(lambda v: 40 + v // 3)
    draw = ImageDraw.Draw(wood)
    for plank in range(0, height, height // 5):
        shade = rng.randint(-14, 14)
        band = wood.crop((0, plank, width, min(height, plank + height // 5))).point(lambda v, s=shade: v + s)
        wood.paste(band, (0, plank))
        draw.line((0, plank, width, plank), 24, 7)
    return Image.merge("RGB", [wood.point(lambda v, part=part: v * part // 100) for part in (125, 86, 58)])


def _perspective(quad: list[tuple[float, float]]) -> tuple[float, ...]:
    """The eight numbers Pillow wants to draw PAGE onto `quad` (top left, top right, bottom right, bottom left)."""
    corners = [(0, 0), (PAGE[0], 0), PAGE, (0, PAGE[1])]
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(quad, corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]]
    for i in range(8):  # Gauss-Jordan; eight unknowns need no library
        pivot = max(range(i, 8), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [v / rows[i][i] for v in rows[i]]
        for r in range(8):
            if r != i:
                rows[r] = [a - rows[r][i] * b for a, b in zip(rows[r], rows[i], strict=True)]
    return tuple(row[8] for row in rows)


def _lay(kind: str, size: tuple[int, int], quad: list[tuple[float, float]], *, white: bool = False) -> Image.Image:
    """The paper on the desk with its shadow; `quad` in fractions of the frame."""
    width, height = size
    coefficients = _perspective([(x * width, y * height) for x, y in quad])
    paper = page(kind).transform(size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC)
    mask = Image.new("L", PAGE, 255).transform(size, Image.Transform.PERSPECTIVE, coefficients)
    small = mask.resize((width // 8, height // 8)).filter(ImageFilter.GaussianBlur(width // 250))
    shadow = ImageChops.offset(small.resize(size), width // 130, width // 90)
    scene = Image.new("RGB", size, (226, 225, 221)) if white else desk(size).copy()
    scene.paste(Image.new("RGB", size, (22, 16, 12)), mask=shadow.point(lambda v: v * 6 // 10))
    scene.paste(paper, mask=mask)
    return scene


def _light(scene: Image.Image, seed: int, blur: float = 0.7) -> Image.Image:
    """Window light from the upper left, lens softness (`blur` in px of a 12 MP frame), sensor noise after it."""
    across = Image.linear_gradient("L").rotate(90).resize(scene.size)
    down = Image.linear_gradient("L").rotate(180).resize(scene.size)
    light = Image.blend(across, down, 0.5).point(lambda v: 178 + v * 77 // 255)
    scene = ImageChops.multiply(scene, Image.merge("RGB", (light, light, light.point(lambda v: v * 97 // 100))))
    scene = scene.filter(ImageFilter.GaussianBlur(blur * scene.width / PHONE[0]))
    noise = grain(scene.size, 18, seed)
    brighter = ImageChops.add(scene, Image.merge("RGB", (noise,) * 3))
    return ImageChops.subtract(brighter, Image.new("RGB", scene.size, (9, 9, 9)))


def landscape(size: tuple[int, int] = PHONE) -> Image.Image:
    """Hills, trees and sky: no paper anywhere."""
    rng = random.Random(11)
    width, height = size
    sky = Image.linear_gradient("L").resize(size)
    blue = (
        sky.point(lambda v: 110 + v * 100 // 255),
        sky.point(lambda v: 160 + v * 70 // 255),
        sky.point(lambda v: 225),
    )
    scene = Image.merge("RGB", blue)
    draw = ImageDraw.Draw(scene)
    for layer, colour in enumerate(((120, 150, 160), (84, 120, 96), (58, 92, 58))):
        top = height * (0.42 + 0.13 * layer)
        ridge = [(x, top + rng.uniform(-0.03, 0.03) * height) for x in range(0, width + 200, 200)]
        draw.polygon([(0, height), *ridge, (width, height)], fill=colour)
    for _ in range(2600):
        x, y, r = rng.uniform(0, width), height * rng.uniform(0.68, 1.0), width * rng.uniform(0.004, 0.02)
        draw.ellipse(
            (x - r, y - r, x + r, y + r), fill=(rng.randint(30, 80), rng.randint(70, 130), rng.randint(26, 60))
        )
    return scene.filter(ImageFilter.GaussianBlur(2))


@lru_cache(maxsize=12)
def photograph(
    kind: str = "health", variant: str = "good", size: tuple[int, int] = PHONE, seed: int = 1
) -> Image.Image:
    """What the phone saw, upright, RGB. `variant` is one of VARIANTS; `seed` moves the hand a little."""
    if variant in ("landscape", "full"):
        return _light(landscape(size) if variant == "landscape" else page(kind).resize(size), seed)
    rng = random.Random(seed)
    quad = [
        (x + rng.uniform(-0.015, 0.015), y + rng.uniform(-0.01, 0.01))
        for x, y in ((0.13, 0.11), (0.88, 0.085), (0.92, 0.90), (0.09, 0.915))
    ]
    if variant == "cut":
        quad = [(x * 1.12 + 0.16, y * 1.1 + 0.06) for x, y in quad]
    if variant == "far":
        quad = [(0.42 + x * 0.2, 0.40 + y * 0.2) for x, y in quad]
    scene = _lay(kind, size, quad, white=variant == "white-desk")
    return _after(_light(scene, seed, blur=10 if variant == "blurred" else 0.7), variant)


def _after(scene: Image.Image, variant: str) -> Image.Image:
    """What the light did to the picture."""
    size = scene.size
    if variant == "shadow":
        width, height = size
        shade = Image.new("L", size, 255)
        ImageDraw.Draw(shade).polygon(
            [(0, height * 0.6), (width, height * 0.35), (width, height), (0, height)], fill=135
        )
        shade = shade.filter(ImageFilter.BoxBlur(width // 70))
        scene = ImageChops.multiply(scene, Image.merge("RGB", (shade,) * 3))
    if variant == "warm":
        scene = Image.merge(
            "RGB",
            [
                band.point(lambda v, part=part: v * part // 100)
                for band, part in zip(scene.split(), (100, 82, 58), strict=True)
            ],
        )
    if variant == "dark":
        scene = scene.point(lambda v: v * 24 // 100)
    if variant == "glare":
        width, height = size
        spot = Image.new("L", (width // 8, height // 8))
        ImageDraw.Draw(spot).ellipse((width * 0.055, height * 0.05, width * 0.085, height * 0.07), fill=255)
        spot = spot.filter(ImageFilter.GaussianBlur(width // 130)).point(lambda v: min(255, v * 2)).resize(size)
        scene = ImageChops.add(scene, Image.merge("RGB", (spot,) * 3))
    if variant == "tiny":
        scene = scene.resize((size[0] // 8, size[1] // 8), Image.Resampling.BOX)
    return scene


def jpeg(scene: Image.Image, *, orientation: int = 1, quality: int = 92, private: bool = True) -> bytes:
    """The file a phone writes: pixels turned as the sensor lay, EXIF with orientation and (private) maker and GPS."""
    turn = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    exif = Image.Exif()
    exif[0x0112] = orientation
    if private:
        exif[0x010F] = "ExamplePhone"
        exif[0x8825] = {1: "N", 2: (24.0, 21.0, 30.0), 3: "E", 4: (114.0, 7.0, 30.0)}
    stored = scene.transpose(turn[orientation]) if orientation in turn else scene
    out = BytesIO()
    stored.save(out, "JPEG", quality=quality, exif=exif)
    return out.getvalue()


def save(scene: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    scene.save(out, kind, **options)
    return out.getvalue()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for each in PAPERS:
        (folder / f"{each}.jpg").write_bytes(jpeg(photograph(each), orientation=6))
    for each in VARIANTS[1:]:
        (folder / f"health-{each}.jpg").write_bytes(jpeg(photograph("health", each)))
    print(f"{len(PAPERS) + len(VARIANTS) - 1} example photographs in {folder}")
