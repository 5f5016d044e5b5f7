"""Reads the words back out of a PDF made by fpdf2, as a program would: content streams through ToUnicode maps."""

import re
import zlib

_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def objects(pdf: bytes) -> dict[int, bytes]:
    """Object number -> its bytes, streams inflated."""
    found = {}
    for match in re.finditer(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", pdf, re.DOTALL):
        body = match[2]
        head, mark, stream = body.partition(b"stream\n")
        if mark:
            stream = stream.rsplit(b"\nendstream", 1)[0]
            stream = zlib.decompress(stream) if b"/FlateDecode" in head else stream
        found[int(match[1])] = head + stream
    return found


def words(pdf: bytes) -> list[str]:
    """The text of each page, in the order it was set, without blanks."""
    parts = objects(pdf)
    maps: dict[bytes, dict[int, str]] = {}
    for body in parts.values():
        for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", body):
            link = re.search(rb"/ToUnicode (\d+) 0 R", parts[int(number)])
            if link is not None:
                maps[name] = _unicode(parts[int(link[1])])
    contents = [
        re.search(rb"/Contents (\d+) 0 R", body) for body in parts.values() if re.search(rb"/Type /Page\b", body)
    ]
    return [re.sub(r"\s", "", _page(parts[int(link[1])], maps)) for link in contents if link is not None]


def _unicode(cmap: bytes) -> dict[int, str]:
    return {
        int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
        for code, text in re.findall(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>\n", cmap)
    }


def _page(content: bytes, maps: dict[bytes, dict[int, str]]) -> str:
    said, face = [], b""
    for font, string in re.findall(rb"/(F\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj", content, re.DOTALL):
        if font:
            face = font
            continue
        raw = re.sub(rb"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), string, flags=re.DOTALL)
        said += [maps[face].get(int.from_bytes(raw[i : i + 2], "big"), "?") for i in range(0, len(raw), 2)]
    return "".join(said)
