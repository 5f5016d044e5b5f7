"""The real type of a file, told by its first bytes; names and declared types are only what somebody says (R46)."""

JPEG, PNG, WEBP, HEIC = "jpeg", "png", "webp", "heic"
PLUGINS: dict[str, tuple[str, ...]] = {JPEG: ("JPEG", "MPO"), PNG: ("PNG",), WEBP: ("WEBP",), HEIC: ("HEIF",)}

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_OTHER_PICTURES = (b"GIF8", b"BM", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"\0\0\x01\0", b"8BPS", b"\0\0\0\x0cjP  ",
                   b"\xffO\xffQ", b"\0\0\0\x0cJXL ", b"qoif", b"FORM", b"DDS ")  # fmt: skip


def sniff(head: bytes) -> str:
    """One of PLUGINS, or the code of the refusal: photo_empty, photo_pdf, photo_format, photo_not_image."""
    if not head:
        return "photo_empty"
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp":
        return HEIC if head[8:12] in _HEIC_BRANDS else "photo_format"
    if head.lstrip().startswith(b"%PDF-"):
        return "photo_pdf"
    return "photo_format" if head.startswith(_OTHER_PICTURES) else "photo_not_image"
