"""What is on a paper, as plain words; nothing here knows how it is drawn."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """`widths` are shares of the line; equal neighbours in column `merge` are one tall cell."""

    heads: list[str]
    rows: list[list[str]]
    widths: list[float]
    merge: int | None = None


@dataclass(frozen=True)
class Box:
    """What to do, in a frame: `title` large, `note` beside it, numbered `lines`, and a QR code with words under it."""

    title: str
    note: str = ""
    lines: list[str] = field(default_factory=list)
    qr: str = ""
    qr_words: str = ""


@dataclass(frozen=True)
class Sign:
    """Who signs: `office` and `on` (a date in words) at the right; `left` pairs of label and value ("" is a line)."""

    office: str
    on: str
    left: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class PaperContent:
    """Everything on the paper, as words. Paragraphs, cells and lines may carry **bold** marks."""

    office: str
    title: str
    number: str
    case_number: str
    addressee: str
    paragraphs: list[str]
    sign: Sign
    footer: str
    table: Table | None = None
    after: list[str] = field(default_factory=list)
    box: Box | None = None
    copies: str = ""
