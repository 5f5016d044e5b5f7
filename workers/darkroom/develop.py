"""From the bytes of a photograph to an archive copy and a thumbnail. Runs inside the child only.

Order matters: the header is judged before a pixel is decoded, JPEG is decoded small (`draft` with the photo's own
aspect), shrunk, and only then turned upright: 2.7 times less work than decode, turn, shrink (libraries.md 6).
What is saved is new pixels: no EXIF, GPS, colour profile or trailing bytes go with them (R46, P11).
"""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from workers.darkroom.fingerprint import dhash
from workers.darkroom.look import advise, see
from workers.darkroom.sniff import HEIC, PLUGINS, sniff

MEGAPIXELS = 40_000_000
LONG = 2000  # px, the archive copy
LONG_SHORT_SIDE, LONG_MOST = 1000, 8000  # px, for pictures longer than 3:1: the words must stay readable
THUMBNAIL = 320  # px
QUALITY = 85
THUMBNAIL_QUALITY = 80

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

try:
    import pillow_heif
except ImportError:  # the extra [heic]; its wheel is GPL, so it is never required
    pillow_heif = None
else:
    pillow_heif.register_heif_opener()


class Spoiled(Exception):
    """The file cannot be developed; the argument is a code of models.rules.advice.REFUSALS."""


@dataclass(frozen=True)
class Print:
    """What the child hands back. Sizes in px; `original_*` are upright too."""

    archive: bytes
    thumbnail: bytes
    width: int
    height: int
    original_width: int
    original_height: int
    format: str
    advice: list[str]
    dhash: str


def develop(data: bytes) -> Print:
    """Develop one photograph; Spoiled with a code for everything that is not one."""
    kind = sniff(data[:64])
    if kind not in PLUGINS:
        raise Spoiled(kind)
    if kind == HEIC and pillow_heif is None:
        raise Spoiled("photo_heic")
    try:
        return _develop(data, kind)
    except Spoiled:
        raise
    except Image.DecompressionBombError as error:
        raise Spoiled("photo_bomb") from error
    except MemoryError as error:
        raise Spoiled("photo_too_large") from error
    except Exception as error:  # decoders of hostile bytes raise OSError, ValueError, SyntaxError, struct.error, ...
        words = str(error).lower()
        cut = any(word in words for word in ("truncat", "not processed", "unexpected end", "too short", "broken png"))
        raise Spoiled("photo_truncated" if cut else "photo_damaged") from error


def _develop(data: bytes, kind: str) -> Print:
    file = Image.open(BytesIO(data), formats=PLUGINS[kind])
    stored = file.size
    if stored[0] * stored[1] > MEGAPIXELS:
        raise Spoiled("photo_too_large")
    turn = _TURNS.get(_orientation(file))
    file.draft("RGB", _box(stored))
    picture = _flatten(file)
    picture.thumbnail(_box(stored), Image.Resampling.BICUBIC)
    original = stored
    if turn is not None:
        picture = picture.transpose(turn)
        original = stored[::-1] if turn in _SIDEWAYS else stored
    seen = see(picture)
    small = picture.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.BICUBIC)
    return Print(
        archive=_jpeg(picture, QUALITY), thumbnail=_jpeg(small, THUMBNAIL_QUALITY), width=picture.width,
        height=picture.height, original_width=original[0], original_height=original[1], format=kind,
        advice=advise(seen, original), dhash=dhash(seen),
    )  # fmt: skip


_SIDEWAYS = {_TURNS[5], _TURNS[6], _TURNS[7], _TURNS[8]}


def _orientation(picture: Image.Image) -> int:
    """The EXIF orientation 1-8; broken EXIF on good pixels is no reason to refuse."""
    try:
        return int(picture.getexif().get(0x0112, 1))
    except Exception:  # EXIF is hostile input too: loops, wrong types, cut tables
        return 1


def _box(size: tuple[int, int]) -> tuple[int, int]:
    """The size of the archive copy before turning, never larger than the original."""
    width, height = size
    long, short = max(size), min(size)
    scale = min(1.0, LONG / long)
    if long > 3 * short:
        scale = min(1.0, max(scale, LONG_SHORT_SIDE / short), max(scale, LONG_MOST / long))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _flatten(picture: Image.Image) -> Image.Image:
    """Frame 0 as RGB: transparency becomes white paper, 16-bit grey is scaled and not clipped."""
    if picture.mode.startswith(("I", "F")):
        picture.thumbnail(_box(picture.size), Image.Resampling.BICUBIC)
        picture = picture.convert("F").point(lambda v: v * (1 / 257) + 0).convert("L")
    if picture.mode in ("RGBA", "LA", "La", "PA", "RGBa") or "transparency" in picture.info:
        picture = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        picture.thumbnail(_box(picture.size), Image.Resampling.BICUBIC)  # before the paper: three copies are too many
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        return paper
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    """A baseline JPEG of the pixels alone."""
    clean = picture.copy()
    clean.info.clear()
    out = BytesIO()
    clean.save(out, "JPEG", quality=quality)
    return out.getvalue()
