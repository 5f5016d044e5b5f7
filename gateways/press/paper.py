"""Official papers on A4: office, title, number, thick and thin rule, body, table, box with QR, signatures, footer.

After look/desk-13: black on white, serif body 12 pt, tables 11 pt with repeated heads, rows not broken, QR 33 mm.
No seal is drawn: the place over office and date stays free for the stamp.
"""

import re

import segno
from fpdf import FPDF

from gateways.press.content import Box, PaperContent, Sign, Table
from gateways.press.setting import (
    POINT,
    SANS,
    SERIF,
    Piece,
    Style,
    block,
    break_lines,
    clean,
    lay,
    put,
    sheet,
    width_of,
)

LEFT, RIGHT, TOP, BOTTOM = 23.0, 187.0, 20.0, 272.0  # mm; the footer is under BOTTOM
WIDTH = RIGHT - LEFT
QR = 33.0  # mm, without the quiet zone
PADDING = 2.5

OFFICE = Style(SERIF, 15, 8, bold=True)
TITLE = Style(SERIF, 26, 12, bold=True)
REFERENCE = Style(SERIF, 11, 6)
BODY = Style(SERIF, 12, 7.5)
STRONG = Style(SERIF, 12, 7.5, bold=True)
HEAD = Style(SANS, 11, 5.6, bold=True)
CELL = Style(SERIF, 11, 5.6)
BOX_TITLE = Style(SANS, 13, 7.5, bold=True)
BOX_LINE = Style(SERIF, 11, 6.2)
SMALL = Style(SANS, 9, 5)


def set_paper(content: PaperContent) -> bytes:
    """The paper as a PDF, as many pages as it needs; about 0.4 s of CPU."""
    press = _Press(content)
    press.header()
    press.body()
    if content.box is not None:
        press.box(content.box)
    press.sign(content.sign)
    return bytes(press.pdf.output())


class _Press:
    """One paper while it is set; `y` is where the next thing goes."""

    def __init__(self, content: PaperContent) -> None:
        self.content = content
        self.pdf: FPDF = sheet()
        self.pdf.set_title(clean(content.title))
        self.pdf.set_author(clean(content.office))
        self.pdf.set_lang("zh-CN")
        self.y = TOP
        self.open: tuple[float, float] | None = None  # left and right of a tall cell that has no bottom yet
        self.page()

    def page(self) -> None:
        """A new page with its footer; a tall cell still open is closed first."""
        self.close()
        self.pdf.add_page()
        self.y = TOP
        number = f"第 {self.pdf.page_no()} 页，共 {{nb}} 页"
        if self.content.copies:
            number = f"{clean(self.content.copies)}　{number}"
        self.rule(276.5, 0.2)
        put(self.pdf, number, SMALL, RIGHT - width_of(self.pdf, number.replace("{nb}", "1"), SMALL), 278)
        words = break_lines(self.pdf, self.content.footer, SMALL, WIDTH - 42)[:2]
        lay(self.pdf, words, SMALL, LEFT, 278, WIDTH - 42, 0)

    def rule(self, y: float, thick: float) -> None:
        self.pdf.set_line_width(thick)
        self.pdf.line(LEFT, y, RIGHT, y)

    def need(self, height: float) -> None:
        """Turn the page unless `height` mm are left."""
        if self.y + height > BOTTOM and self.y > TOP:
            self.page()

    def centred(self, text: str, style: Style, spacing: float) -> None:
        text = clean(text)
        width = width_of(self.pdf, text, style, spacing)
        if width > WIDTH:
            spacing, width = 0.0, width_of(self.pdf, text, style)
        if width > WIDTH:
            style = Style(style.face, style.size * WIDTH / width * 0.98, style.lead, style.bold)
            width = width_of(self.pdf, text, style)
        put(self.pdf, text, style, (LEFT + RIGHT - width) / 2, self.y, spacing=spacing)
        self.y += style.lead

    def header(self) -> None:
        content, pdf = self.content, self.pdf
        self.centred(content.office, OFFICE, 0.6)
        self.y += 1
        self.centred(content.title, TITLE, 2.4)
        self.y += 2
        put(pdf, clean(content.number), REFERENCE, LEFT, self.y)
        for line in break_lines(pdf, _reference(content.case_number), REFERENCE, WIDTH)[:1]:
            lay(pdf, [line], REFERENCE, RIGHT - sum(p.width for p in line), self.y)
        self.y += REFERENCE.lead + 0.8
        self.rule(self.y, 0.7)
        self.rule(self.y + 1.2, 0.25)
        self.y += 5.5

    def paragraph(self, text: str, style: Style = BODY, indent: float | None = None) -> None:
        """A paragraph that may run over the page's end, line by line."""
        first = 2 * style.size * POINT if indent is None else indent
        lines = break_lines(self.pdf, text, style, WIDTH, first)
        while lines:
            self.need(style.lead)
            fit = max(1, int((BOTTOM - self.y) // style.lead))
            self.y = lay(self.pdf, lines[:fit], style, LEFT, self.y, WIDTH, first)
            lines, first = lines[fit:], 0.0

    def body(self) -> None:
        content = self.content
        if content.addressee:
            self.paragraph(f"{content.addressee}：", STRONG, indent=0.0)
        for text in content.paragraphs:
            self.paragraph(text)
        if content.table is not None:
            self.y += 2.5
            self.table(content.table)
            self.y += 2
        for text in content.after:
            self.paragraph(text, CELL, indent=0.0)

    def table(self, table: Table) -> None:
        widths = [WIDTH * share / sum(table.widths) for share in table.widths]
        self.need(30)
        self.row(table.heads, widths, HEAD)
        above: list[str] | None = None
        for row in table.rows:
            joined = table.merge if above is not None and table.merge is not None else None
            if joined is not None and above is not None and row[joined] != above[joined]:
                joined = None
            if joined is None:
                self.close()
            cells = [
                break_lines(self.pdf, text, CELL, width - 2 * PADDING) for text, width in zip(row, widths, strict=True)
            ]
            most = int((BOTTOM - TOP - 20) // CELL.lead)
            while cells and any(cells):
                part = [lines[:most] for lines in cells]
                cells = [lines[most:] for lines in cells]
                if self.y + _height(part, CELL, joined) > BOTTOM:
                    self.page()
                    self.row(table.heads, widths, HEAD)
                    joined = None
                self.cells(part, widths, CELL, joined, table.merge)
            above = row
        self.close()

    def row(self, texts: list[str], widths: list[float], style: Style) -> None:
        cells = [
            break_lines(self.pdf, text, style, width - 2 * PADDING) for text, width in zip(texts, widths, strict=True)
        ]
        self.cells(cells, widths, style)

    def close(self) -> None:
        """Draw the bottom of a tall cell."""
        if self.open is not None:
            self.pdf.set_line_width(0.25)
            self.pdf.line(self.open[0], self.y, self.open[1], self.y)
            self.open = None

    def cells(
        self,
        cells: list[list[list[Piece]]],
        widths: list[float],
        style: Style,
        joined: int | None = None,
        merge: int | None = None,
    ) -> None:
        """One row of broken cells. The cell `joined` to the one above has no words and no line between; the cell of
        column `merge` is left open below, since the next row may join it.
        """
        height, x = _height(cells, style, joined), LEFT
        self.pdf.set_line_width(0.25)
        for column, (lines, width) in enumerate(zip(cells, widths, strict=True)):
            self.pdf.set_line_width(0.25)
            self.pdf.line(x, self.y, x, self.y + height)
            self.pdf.line(x + width, self.y, x + width, self.y + height)
            if column == merge:
                self.open = (x, x + width)
            else:
                self.pdf.line(x, self.y + height, x + width, self.y + height)
            if column != joined:
                self.pdf.line(x, self.y, x + width, self.y)
                top = self.y + (height - len(lines) * style.lead) / 2
                lay(self.pdf, lines, style, x + PADDING, top)
            x += width
        self.y += height

    def box(self, box: Box) -> None:
        """The frame with what to do; it is kept together, and the QR has four modules of white round it."""
        side = QR + 14 if box.qr else 0.0
        width = WIDTH - 8 - side
        title = break_lines(self.pdf, box.title, BOX_TITLE, width)
        beside = sum(p.width for p in title[-1]) + 3
        note = break_lines(self.pdf, box.note, SMALL, width) if box.note else []
        fits = len(note) == 1 and beside + sum(p.width for p in note[0]) <= width
        lines = [break_lines(self.pdf, text, BOX_LINE, width - 6) for text in box.lines]
        words = len(title) * BOX_TITLE.lead + len(note) * SMALL.lead * (not fits) + sum(map(len, lines)) * BOX_LINE.lead
        height = max(words + 9, QR + 20 if box.qr else 0.0)
        self.y += 4
        self.need(height)
        self.pdf.set_line_width(0.6)
        self.pdf.rect(LEFT, self.y, WIDTH, height)
        y = lay(self.pdf, title, BOX_TITLE, LEFT + 4, self.y + 4, width, 0)
        if fits:
            lay(self.pdf, note, SMALL, LEFT + 4 + beside, y - SMALL.lead - 0.8)
        else:
            y = lay(self.pdf, note, SMALL, LEFT + 4, y)
        for number, broken in enumerate(lines, 1):
            put(self.pdf, f"{number}.", BOX_LINE, LEFT + 5, y + 0.5)
            y = lay(self.pdf, broken, BOX_LINE, LEFT + 10, y + 0.5, width - 6, 0) - 0.5
        if box.qr:
            left = RIGHT - side + 4
            self.code(box.qr, left, self.y + (height - QR - 7) / 2)
            caption = break_lines(self.pdf, box.qr_words, SMALL, side - 2)[:1]
            for line in caption:
                middle = left + (QR - sum(p.width for p in line)) / 2
                lay(self.pdf, [line], SMALL, middle, self.y + (height - QR - 7) / 2 + QR + 3)
        self.y += height + 4

    def code(self, text: str, left: float, top: float) -> None:
        """A QR code as black squares on white."""
        matrix = segno.make(text, error="m", micro=False).matrix
        module = QR / len(matrix)
        self.pdf.set_fill_color(0)
        for y, row in enumerate(matrix):
            x = 0
            while x < len(row):
                run = x
                while run < len(row) and row[run]:
                    run += 1
                if run > x:
                    self.pdf.rect(left + x * module, top + y * module, (run - x) * module, module, style="F")
                x = run + 1

    def sign(self, sign: Sign) -> None:
        """Lines to sign at the left; office and date at the right, with room for a stamp of 42 mm."""
        height = max(46.0, 11.0 * len(sign.left) + 8)
        before = self.pdf.page_no()
        self.need(height)
        if self.pdf.page_no() > before:
            self.paragraph("（此页无正文）", BODY, indent=0.0)
        self.y = max(self.y, min(BOTTOM - height, self.y + 60))
        middle = RIGHT - 38
        for text, y in ((sign.office, self.y + 16), (sign.on, self.y + 24)):
            text = clean(text)
            put(
                self.pdf,
                text,
                BODY,
                min(middle - width_of(self.pdf, text, BODY) / 2, RIGHT - width_of(self.pdf, text, BODY)),
                y,
            )
        y = self.y + 8
        for label, value in sign.left:
            put(self.pdf, clean(label), BODY, LEFT, y)
            if value:
                block(self.pdf, value, BODY, LEFT + 22, y, 70)
            else:
                self.pdf.set_line_width(0.25)
                self.pdf.line(LEFT + 22, y + 7, LEFT + 68, y + 7)
            y += 11
        self.y += height


def _reference(case_number: str) -> str:
    """The case number in its parts: region, hall, **day and number**, check character (R10)."""
    parts = re.fullmatch(r"(\d{6})(\d{4})(\d{8})(\d{5})([\dX])", case_number)
    if parts is None:
        return f"办件号 {case_number}" if case_number else ""
    region, hall, day, number, check = parts.groups()
    return f"办件号 {region} {hall} **{day} {number}** {check}"


def _height(cells: list[list[list[Piece]]], style: Style, joined: int | None) -> float:
    """Of a row; words of the cell joined to the one above are not printed and take no room."""
    return max(len(lines) for column, lines in enumerate(cells) if column != joined) * style.lead + 3.8
