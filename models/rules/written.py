"""What somebody must write: long enough to say something, short enough to be read. Pure."""

from models.base import Refusal

MOST = 2000


def written(text: str, code: str, words: str, most: int = MOST) -> str:
    """The text without the blanks around it; refuses with `code` (422) under 2 and over `most` characters."""
    said = text.strip()
    if not 2 <= len(said) <= most:
        raise Refusal(code, 422, f"{words}（2 到 {most} 字）")
    return said
