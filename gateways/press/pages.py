"""The pages of one material as one A4 PDF; the JPEG bytes go in as they are."""

from io import BytesIO

from fpdf import FPDF
from PIL import Image

WIDTH, HEIGHT = 210.0, 297.0  # mm
MARGIN = 10.0  # mm
LONG = 2.2  # a picture longer than this goes over several sheets, or its words would be too small to read


def set_pages(pages: list[bytes], title: str) -> bytes:
    """One upright A4 page for each JPEG, fitted inside a margin of 10 mm; long screenshots over as many as they need.

    `title` becomes the document's title.
    """
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_title(title)
    for jpeg in pages:
        width, height = _size(jpeg)
        if height > LONG * width:
            _lay_long(pdf, jpeg, width, height)
        else:
            _lay(pdf, jpeg, width, height)
    return bytes(pdf.output())


def _size(jpeg: bytes) -> tuple[int, int]:
    with Image.open(BytesIO(jpeg), formats=["JPEG"]) as picture:
        return picture.size


def _lay(pdf: FPDF, jpeg: bytes, width: int, height: int) -> None:
    scale = min((WIDTH - 2 * MARGIN) / width, (HEIGHT - 2 * MARGIN) / height)
    wide, high = width * scale, height * scale
    pdf.add_page()
    pdf.image(BytesIO(jpeg), x=(WIDTH - wide) / 2, y=(HEIGHT - high) / 2, w=wide, h=high)


def _lay_long(pdf: FPDF, jpeg: bytes, width: int, height: int) -> None:
    """The same picture once on each sheet, moved up and clipped; each sheet repeats the last 5 mm of the one before."""
    wide, window, overlap, done = (WIDTH - 2 * MARGIN) * 0.75, HEIGHT - 2 * MARGIN, 5.0, 0.0
    high = height * wide / width
    over = (high - overlap) % (window - overlap)
    if over < 0.2 * window < high:  # rather a little smaller than a last sheet with almost nothing on it
        wide, high = wide * (high - over) / high, high - over
    left = (WIDTH - wide) / 2
    while True:
        pdf.add_page()
        with pdf.rect_clip(left, MARGIN, wide, min(window, high - done)):
            pdf.image(BytesIO(jpeg), x=left, y=MARGIN - done, w=wide, h=high)
        done += window
        if done >= high - 0.01:
            return
        done -= overlap
