"""The photographs of the walks, drawn once a run."""

from pathlib import Path

from tests.photographs import PAPERS, PHONE, jpeg, photograph

SMALL = (1200, 1600)  # under 500 KB it is sent as it is: the app makes only bigger files smaller
LOOKS = ("good", "full", "white-desk", "shadow")


class Pictures:
    """JPEG files in a folder. Each `n` from 0 to 11 is another page, and no two look the same."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sideways(self, n: int) -> Path:
        """Held sideways: EXIF orientation 6 and a GPS position inside."""
        return self._file(f"sideways-{n}", n, LOOKS[n // len(PAPERS)], SMALL, orientation=6, quality=80)

    def dark(self, n: int) -> Path:
        return self._file(f"dark-{n}", n, "dark", SMALL, orientation=1, quality=85)

    def whole(self, n: int) -> Path:
        """As a phone writes it: 12 MP, held sideways."""
        return self._file(f"whole-{n}", n, LOOKS[n // len(PAPERS)], PHONE, orientation=6, quality=92)

    def _file(self, name: str, n: int, variant: str, size: tuple[int, int], *, orientation: int, quality: int) -> Path:
        path = self.folder / f"{name}.jpg"
        if not path.exists():
            kind = list(PAPERS)[n % len(PAPERS)]
            path.write_bytes(jpeg(photograph(kind, variant, size), orientation=orientation, quality=quality))
        return path
