"""Setting Chinese text: line breaking that keeps punctuation off line starts, inline **bold**, justified lines.

Only regular faces are embedded, so bold is the same outline with a thin stroke.
"""

import re
import unicodedata
from dataclasses import dataclass

import pylopdf_fonts_zh_cn as fonts
from fpdf import FPDF
from fpdf.enums import TextMode

SERIF, SANS = "serif", "sans"
POINT = 25.4 / 72  # mm
DISPLAY = 13  # points; from here on bold is drawn heavier
NOT_FIRST = set("，。、；：？！）》〉」』】〕”’…—·％%,.;:?!)]}")
NOT_LAST = set("（《〈「『【〔“‘([{￥")
_TOKENS = re.compile(r"[A-Za-z0-9@#&+\-/.:_%]+|\s+|.", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A run of text that is not broken, with its width in mm."""

    text: str
    bold: bool
    width: float


@dataclass(frozen=True)
class Style:
    """A face at a size in points; `lead` is the line height in mm."""

    face: str
    size: float
    lead: float
    bold: bool = False


def sheet() -> FPDF:
    """An empty A4 document with both faces; they are cut down to the glyphs used when it is written out."""
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    pdf.add_font(SERIF, fname=fonts.serif_path())
    pdf.add_font(SANS, fname=fonts.sans_path())
    pdf.c_margin = 0
    return pdf


def clean(text: str) -> str:
    """Text that can be printed: no control characters, no lone surrogates."""
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Cn", "Co"))


def break_lines(pdf: FPDF, text: str, style: Style, width: float, indent: float = 0.0) -> list[list[Piece]]:
    """`text` (with **bold** marks) as lines of at most `width` mm, the first shorter by `indent`."""
    pdf.set_font(style.face, size=style.size)
    lines: list[list[Piece]] = []
    for number, paragraph in enumerate(clean(text).split("\n")):
        room = width - (indent if number == 0 else 0.0)
        line: list[Piece] = []
        used = 0.0
        for piece in _pieces(pdf, paragraph, style, width):
            if used + piece.width > room + 0.01 and line:
                carried = [] if piece.text.isspace() else _carry(line, piece)
                lines.append(line)
                line, room = carried, width
                used = sum(p.width for p in line)
                if piece.text.isspace():
                    continue
            line.append(piece)
            used += piece.width
        lines.append(line)
    return lines


def _carry(line: list[Piece], following: Piece) -> list[Piece]:
    """What must leave the end of a full line so that `following` may start the next one."""
    carried: list[Piece] = []
    head = following
    while len(line) > 1 and len(carried) < 4 and (head.text[0] in NOT_FIRST or line[-1].text[-1] in NOT_LAST):
        head = line.pop()
        carried.insert(0, head)
    while len(line) > 1 and line[-1].text.isspace():
        line.pop()
    return carried


def _pieces(pdf: FPDF, text: str, style: Style, width: float) -> list[Piece]:
    pieces = []
    for number, part in enumerate(text.split("**")):
        for token in _TOKENS.findall(part):
            long = len(token) > 1 and pdf.get_string_width(token) > width
            for one in token if long else [token]:
                pieces.append(Piece(one, bool(number % 2) or style.bold, pdf.get_string_width(one)))
    return pieces


def write_line(pdf: FPDF, line: list[Piece], style: Style, x: float, y: float, stretch: float = 0.0) -> None:
    """One line with its top at `y`; `stretch` mm are shared out between the characters."""
    pdf.set_font(style.face, size=style.size)
    spacing = stretch / max(1, sum(len(p.text) for p in line) - 1)
    runs: list[Piece] = []
    for piece in line:
        if runs and runs[-1].bold == piece.bold:
            last = runs.pop()
            piece = Piece(last.text + piece.text, piece.bold, last.width + piece.width)
        runs.append(piece)
    for run in runs:
        put(pdf, run.text, style, x, y, bold=run.bold, spacing=spacing)
        x += run.width + spacing * len(run.text)


def put(pdf: FPDF, text: str, style: Style, x: float, y: float, *, bold: bool = False, spacing: float = 0.0) -> None:
    """Text with its line's top left at x, y (mm); `spacing` mm after each character."""
    pdf.set_font(style.face, size=style.size)
    pdf.set_xy(x, y)
    with pdf.local_context():
        if spacing:
            pdf.set_char_spacing(spacing / POINT)
        if bold or style.bold:
            pdf.text_mode = TextMode.FILL_STROKE
            pdf.set_line_width(style.size * POINT * (0.045 if style.size >= DISPLAY else 0.034))
        pdf.cell(pdf.get_string_width(text) + 1, style.lead, text)


def block(pdf: FPDF, text: str, style: Style, x: float, y: float, width: float, indent: float = 0.0) -> float:
    """A paragraph, justified but for its last line; the y under it."""
    lines = break_lines(pdf, text, style, width, indent)
    return lay(pdf, lines, style, x, y, width, indent)


def lay(
    pdf: FPDF,
    lines: list[list[Piece]],
    style: Style,
    x: float,
    y: float,
    width: float = 0.0,
    indent: float = 0.0,
) -> float:
    """Broken lines on the page, justified when a `width` is given; the y under them."""
    for number, line in enumerate(lines):
        left = indent if number == 0 else 0.0
        slack = width - left - sum(p.width for p in line)
        full = number < len(lines) - 1 and 0 < slack < 3 * style.size * POINT
        write_line(pdf, line, style, x + left, y, slack if full else 0.0)
        y += style.lead
    return y


def width_of(pdf: FPDF, text: str, style: Style, spacing: float = 0.0) -> float:
    """Width in mm of one line, with `spacing` between characters."""
    pdf.set_font(style.face, size=style.size)
    return float(pdf.get_string_width(text)) + spacing * max(0, len(text) - 1)
