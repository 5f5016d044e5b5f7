"""Strange files: bombs, cut, disguised, broken and merely rare ones (P11). `ok` means it must be developed."""

import struct
import zlib
from importlib.util import find_spec
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, ImageDraw

from tests.photographs import grain, jpeg

OK = "ok"
SCRIPT = b"<script>alert('trailer')</script>"


def sheet(size: tuple[int, int] = (900, 1200), mode: str = "RGB") -> Image.Image:
    """A small paper with black bars on white, so that up and down can be told."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, size[0], size[1] // 10), fill="black")
    for row in range(3, 18):
        draw.rectangle(
            (size[0] // 8, size[1] * row // 20, size[0] * 7 // 8, size[1] * row // 20 + 8), fill=(40, 40, 60)
        )
    return picture.convert(mode)


def save(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_bomb(side: int, *, rows: int | None = None) -> bytes:
    """A black 1-bit PNG of side x side; with `rows` it lies and holds only so many."""
    body = zlib.compress(bytes(((side + 7) // 8 + 1) * (side if rows is None else rows)), 9)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def jpeg_of_lies() -> bytes:
    """A small JPEG whose header says 65500 x 65500."""
    data = bytearray(save(sheet(), "JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 65500, 65500)
    return bytes(data)


def scan_bomb(scans: int = 6000) -> bytes:
    """A progressive JPEG of 39 MP that repeats one cheap scan thousands of times: a few hundred KB, minutes of CPU."""
    data = save(Image.new("L", (6200, 6200), 128), "JPEG", progressive=True, quality=30)
    starts = [at for at in range(len(data) - 1) if data[at : at + 2] == b"\xff\xda"]
    last, end = starts[-1], data.rindex(b"\xff\xd9")
    return data[:end] + data[last:end] * scans + b"\xff\xd9"


def exif_loop() -> bytes:
    """EXIF whose first directory names itself as the next and as the Exif directory, between good pixels."""
    entries = struct.pack("<HHII", 0x8769, 4, 1, 8) + struct.pack("<HHII", 0x0112, 3, 1, 6)
    tiff = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 2) + entries + struct.pack("<I", 8)
    return save(sheet((1200, 900)), "JPEG", exif=b"Exif\0\0" + tiff)


def _disguised() -> dict[str, tuple[bytes, str]]:
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(400)
    return {
        "empty": (b"", "photo_empty"),
        "text.jpg": ("这不是照片".encode() * 50, "photo_not_image"),
        "page.html": (b"<html>" + SCRIPT, "photo_not_image"),
        "drawing.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo_not_image"),
        "archive.zip": (b"PK\x03\x04" + bytes(200), "photo_not_image"),
        "program": (b"\x7fELF" + bytes(200), "photo_not_image"),
        "paper.pdf": (b"%PDF-1.7\n" + bytes(200), "photo_pdf"),
        "moving.gif": (save(sheet(), "GIF"), "photo_format"),
        "old.bmp": (save(sheet(), "BMP"), "photo_format"),
        "scan.tif": (save(sheet(), "TIFF"), "photo_format"),
        "new.avif": (b"\0\0\0\x1cftypavif" + bytes(200), "photo_format"),
        "apple.heic": (heic, "photo_damaged" if find_spec("pillow_heif") else "photo_heic"),
        "eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "photo_not_image"),
    }


def _broken() -> dict[str, tuple[bytes, str]]:
    good = jpeg(sheet())
    return {
        "bomb-400MP.png": (png_bomb(20000), "photo_bomb"),
        "bomb-3600MP.png": (png_bomb(60000, rows=10), "photo_bomb"),
        "large-121MP.png": (png_bomb(11000), "photo_too_large"),
        "lies.jpg": (jpeg_of_lies(), "photo_bomb"),
        "half.jpg": (good[: len(good) // 2], "photo_truncated"),
        "half.png": (save(sheet(), "PNG")[:-4000], "photo_truncated"),
        "half.webp": (save(sheet(), "WEBP")[:3000], "photo_damaged"),
        "start.jpg": (good[:30], "photo_truncated"),
        "start.png": (b"\x89PNG\r\n\x1a\n", "photo_damaged"),
        "noise.jpg": (b"\xff\xd8\xff\xe0" + grain((64, 64), 255, 3).tobytes(), "photo_truncated"),
    }


def _rare() -> dict[str, tuple[bytes, str]]:
    moving = [sheet(), sheet().rotate(180)]
    deep = sheet((900, 1200), "L").convert("I").point(lambda v: v * 257).convert("I;16")
    colours = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return {
        "plain.jpg": (jpeg(sheet()), OK),
        "polyglot.jpg": (jpeg(sheet()) + SCRIPT, OK),
        "comment.jpg": (save(sheet(), "JPEG", comment=SCRIPT), OK),
        "cmyk.jpg": (save(sheet(mode="CMYK"), "JPEG"), OK),
        "grey.jpg": (save(sheet(mode="L"), "JPEG"), OK),
        "progressive.jpg": (save(sheet(), "JPEG", progressive=True, icc_profile=colours), OK),
        "two-lenses.mpo": (save(moving[0], "MPO", save_all=True, append_images=moving[1:]), OK),
        "exif-loop.jpg": (exif_loop(), OK),
        "junk-icc.jpg": (save(sheet(), "JPEG", icc_profile=b"not a profile" * 50), OK),
        "moving.webp": (save(moving[0], "WEBP", save_all=True, append_images=moving[1:], duration=90), OK),
        "moving.png": (save(moving[0], "PNG", save_all=True, append_images=moving[1:], duration=90), OK),
        "sixteen-bit.png": (save(deep, "PNG"), OK),
        "see-through.png": (save(sheet(mode="RGBA"), "PNG"), OK),
        "grey-alpha.png": (save(sheet(mode="LA"), "PNG"), OK),
        "palette.png": (save(sheet(mode="P"), "PNG", transparency=0), OK),
        "one-bit.png": (save(sheet(mode="1"), "PNG"), OK),
        "few-rows.png": (png_bomb(100, rows=3), OK),
        "one-pixel.png": (save(Image.new("RGB", (1, 1), "white"), "PNG"), OK),
        "line.png": (save(Image.new("RGB", (4000, 1), "white"), "PNG"), OK),
        "large-38MP.png": (save(Image.new("RGBA", (6200, 6200), (250, 250, 250, 255)), "PNG"), OK),
        "deep-38MP.png": (save(Image.new("I;16", (6200, 6200), 60000), "PNG", compress_level=1), OK),
    }


def zoo() -> dict[str, tuple[bytes, str]]:
    """Name -> (bytes, `ok` or the code of the refusal)."""
    return {**_disguised(), **_broken(), **_rare()}
