"""Uploads as the app sees them."""

from typing import Literal

from api.schemas.base import Shape


class Advice(Shape):
    """`code` is stable; `words` says what to do, `tip` the quieter line below."""

    code: str
    words: str
    tip: str


class UploadOut(Shape):
    """One file. Sizes in px, `bytes` and `received` in bytes; links live 60 s and are bound to the viewer."""

    id: str
    state: Literal["receiving", "checking", "ready", "refused", "deleted"]
    advice: list[Advice]
    refusal: Advice | None
    pages: int
    thumbnail_url: str | None
    view_url: str | None
    width: int
    height: int
    sha256: str
    bytes: int
    received: int
