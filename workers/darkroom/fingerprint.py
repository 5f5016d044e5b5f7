"""A photographed page in 64 bits: where the writing lies on the paper.

A plain difference hash of the frame knows the desk better than the page. Here the paper is first laid flat by its four
corners, and only its writing is hashed. Retakes of a page differ in 0-6 bits, other pages of one form in 7 and more.
"""

from PIL import Image, ImageFilter

from workers.darkroom.look import CELL, Seen

FLAT = (288, 256)  # px, the paper laid flat
REDUCED = 4
LEAST = 8  # bits set; with fewer there is nothing to compare


def dhash(seen: Seen) -> str:
    """16 hex digits, or "" when there is no writing to compare."""
    corners = _corners(seen)
    ink = seen.ink.point(lambda v: min(255, v * 4) if v > 8 else 0)
    quad = [v for corner in corners for v in corner]
    flat = ink.transform(FLAT, Image.Transform.QUAD, quad, Image.Resampling.BILINEAR)
    inner = (FLAT[0] // 20, FLAT[1] // 20, FLAT[0] - FLAT[0] // 20, FLAT[1] - FLAT[1] // 20)
    grid = flat.resize((9, 8), Image.Resampling.BOX, inner).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (grid[row * 9 + column] > grid[row * 9 + column + 1])
    return f"{bits:016x}" if bits.bit_count() >= LEAST else ""


def _corners(seen: Seen) -> list[tuple[int, int]]:
    """Top left, bottom left, bottom right, top right of the paper, in px of the grey copy."""
    mask = seen.copy.reduce(REDUCED).point(lambda v: 255 if v > seen.split else 0).filter(ImageFilter.MedianFilter(5))
    data, width = mask.tobytes(), mask.width
    left, top, right, bottom = (side * CELL // REDUCED for side in seen.box)
    points = [
        (x, y)
        for y in range(max(0, top - 2), min(mask.height, bottom + 2))
        for x in range(max(0, left - 2), min(width, right + 2))
        if data[y * width + x]
    ] or [(0, 0), (0, mask.height), (width, mask.height), (width, 0)]
    ends = (
        min(points, key=lambda p: p[0] + p[1]),
        min(points, key=lambda p: p[0] - p[1]),
        max(points, key=lambda p: p[0] + p[1]),
        max(points, key=lambda p: p[0] - p[1]),
    )
    return [(REDUCED * x + REDUCED // 2, REDUCED * y + REDUCED // 2) for x, y in ends]
