"""The visible mark on staff copies: what for, who looks, when; tiled so that no part is without it (R47)."""

from functools import lru_cache
from io import BytesIO

import pylopdf_fonts_zh_cn as fonts
from PIL import Image, ImageDraw, ImageFont

ANGLE = 24  # degrees
STRENGTH = 92  # of 255
HALO = 84
QUALITY = 82
LONGEST = 40  # characters a line


def watermark(jpeg: bytes, lines: list[str]) -> bytes:
    """A JPEG like the one given with `lines` written across it many times, readable on dark and on light ground."""
    picture = Image.open(BytesIO(jpeg), formats=["JPEG"]).convert("RGB")
    tile = _tile(tuple(_printable(line) for line in lines), max(14, max(picture.size) // 56))
    ink, halo = Image.new("L", picture.size), Image.new("L", picture.size)
    shift = max(1, max(picture.size) // 1300)
    for row, top in enumerate(range(-tile.height // 2, picture.height, tile.height)):
        for left in range(-tile.width // 2 * (row % 2), picture.width, tile.width):
            ink.paste(tile, (left, top))
            halo.paste(tile, (left + shift, top + shift))
    picture.paste((255, 255, 255), mask=halo.point(lambda v: v * HALO // 255))
    picture.paste((60, 66, 74), mask=ink.point(lambda v: v * STRENGTH // 255))
    picture.info.clear()
    out = BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _printable(line: str) -> str:
    """One short line that can be drawn: no breaks, no lone surrogates, at most 40 characters."""
    return "".join(c for c in line if c.isprintable() and not "\ud800" <= c <= "\udfff")[:LONGEST]


@lru_cache(maxsize=8)
def _tile(lines: tuple[str, ...], size: int) -> Image.Image:
    """One slanted block of words as a mask, with the air it needs around it."""
    face = _face(size)
    width = max((round(face.getlength(line)) for line in lines), default=1)
    block = Image.new("L", (max(1, width + size), max(1, round(size * 1.5 * len(lines)) + size // 2)))
    draw = ImageDraw.Draw(block)
    for row, line in enumerate(lines):
        draw.text((size // 2, round(size * 1.5 * row)), line, 255, face)
    slanted = block.rotate(ANGLE, Image.Resampling.BICUBIC, expand=True)
    tile = Image.new("L", (slanted.width + size, slanted.height))
    tile.paste(slanted, (size // 2, 0))
    return tile


@lru_cache(maxsize=8)
def _face(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(fonts.sans_path(), size)
