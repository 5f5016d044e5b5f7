"""A line to the house that can be cut in the middle of a slice."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

PIECE = 64 * 1024


class Line:
    """Carries bytes to `house` and back. `cut_after(n)` breaks every connection after n more bytes sent up."""

    def __init__(self, house: str) -> None:
        self._to = (urlsplit(house).hostname or "127.0.0.1", urlsplit(house).port or 80)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._left: int | None = None
        self._lock = threading.Lock()
        self.cuts = 0
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"

    def cut_after(self, sent: int) -> None:
        self._left = sent

    def serve(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
            except OSError:  # closed
                return
            far = socket.create_connection(self._to)
            for source, target, up in ((near, far, True), (far, near, False)):
                threading.Thread(target=self._carry, args=(source, target, up), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, up: bool) -> None:
        with suppress(OSError):
            while data := source.recv(PIECE):
                part, cut = self._allowed(data) if up else (data, False)
                target.sendall(part)
                if cut:
                    break
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _allowed(self, data: bytes) -> tuple[bytes, bool]:
        with self._lock:
            if self._left is None:
                return data, False
            part, self._left = data[: self._left], self._left - len(data)
            cut = self._left <= 0
            if cut:
                self._left = None
                self.cuts += 1
            return part, cut

    def close(self) -> None:
        self._door.close()


@contextmanager
def line(house: str) -> Iterator[Line]:
    found = Line(house)
    threading.Thread(target=found.serve, daemon=True).start()
    try:
        yield found
    finally:
        found.close()
