"""The child that sets papers: reads tasks on stdin, writes PDFs on stdout, leaves when idle or when stdin closes."""

import json
import select
import sys
from io import FileIO
from typing import Any

from gateways.press.content import Box, PaperContent, Sign, Table
from gateways.press.pages import set_pages
from gateways.press.paper import set_paper
from gateways.press.printer import receive, send

IDLE = 60.0  # seconds


def main() -> None:
    """Serve until there is nothing to do for a minute."""
    source = FileIO(0, closefd=False)  # unbuffered, or select would not see what is waiting
    sink = sys.stdout.buffer
    while select.select([source], [], [], IDLE)[0]:
        try:
            task = json.loads(receive(Whole(source)))
            pages = [receive(Whole(source)) for _ in range(task["pages"])]
        except BrokenPipeError:
            return
        try:
            verdict, body = b"ok", work(task, pages)
        except Exception as error:  # one bad paper must not end the press; its type is told, not its content
            verdict, body = b"no", type(error).__name__.encode()
        send(sink, verdict)
        send(sink, body)
        sink.flush()


def work(task: dict[str, Any], pages: list[bytes]) -> bytes:
    if task["kind"] == "pages":
        return set_pages(pages, task["title"])
    return set_paper(paper_of(task["content"]))


def paper_of(said: dict[str, Any]) -> PaperContent:
    """PaperContent from its dictionary."""
    table, box, sign = said.pop("table"), said.pop("box"), said.pop("sign")
    return PaperContent(
        **said,
        table=Table(**table) if table is not None else None,
        box=Box(**box) if box is not None else None,
        sign=Sign(sign["office"], sign["on"], [(label, value) for label, value in sign["left"]]),
    )


class Whole:
    """A raw pipe whose read() returns all that was asked for, or less only at the end."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    def read(self, length: int) -> bytes:
        parts = []
        while length and (part := self.raw.read(length)):
            parts.append(part)
            length -= len(part)
        return b"".join(parts)


if __name__ == "__main__":
    main()
