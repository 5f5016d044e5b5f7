"""Chromium for the walks: people at phones and desks, what went wrong on their pages, pictures of every screen."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.walks.house import Run

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}
DESKS = ({"width": 1366, "height": 768}, {"width": 1024, "height": 625})
TALLEST = 3600
PATIENCE = 15_000  # ms for one thing to be seen


def chromium() -> str | None:
    return next((found for found in map(shutil.which, NAMES) if found), None)


@dataclass
class Watch:
    """What went wrong on somebody's pages: console and page errors, answers >= 400, calls to another host."""

    who: str
    hosts: set[str]
    troubles: list[str] = field(default_factory=list)
    _expected: list[str] = field(default_factory=list)

    def on(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self._say(f"page error: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)

    @contextmanager
    def expecting(self, *words: str) -> Iterator[None]:
        """Troubles that hold one of these words are wanted here; at least one must come."""
        before = len(self.troubles)
        yield
        new = self.troubles[before:]
        wanted = [trouble for trouble in new if any(word in trouble for word in words)]
        assert wanted, f"{self.who}: nothing of {words} was seen"
        self.troubles[before:] = [trouble for trouble in new if trouble not in wanted]

    def _say(self, words: str) -> None:
        self.troubles.append(words)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._say(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.netloc not in self.hosts:
            self._say(f"a request to another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self._say(f"{response.status} {response.request.method} {response.url}")


class Chrome:
    """The browser, the addresses of the house, and the album."""

    def __init__(self, browser: Browser, run: Run, album: "Album") -> None:
        self.browser, self.run, self.album = browser, run, album
        self.watches: list[Watch] = []

    @classmethod
    @contextmanager
    def opened(cls, path: str, run: Run, folder: Path) -> Iterator["Chrome"]:
        with sync_playwright() as playwright:
            expect.set_options(timeout=PATIENCE)
            browser = playwright.chromium.launch(executable_path=path, args=ARGS)
            chrome = cls(browser, run, Album(folder))
            yield chrome
            browser.close()

    def phone(self, who: str) -> Page:
        """A telephone held upright."""
        return self._page(who, viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True)

    def desk(self, who: str) -> Page:
        return self._page(who, viewport=DESKS[0])

    def _page(self, who: str, **options: object) -> Page:
        hosts = {urlsplit(self.run["citizen"]).netloc, urlsplit(self.run["sandbox"]).netloc}
        context = self.browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        watch = Watch(who, hosts)
        watch.on(context)
        self.watches.append(watch)
        return context.new_page()

    def watch(self, who: str) -> Watch:
        return next(watch for watch in self.watches if watch.who == who)

    def assert_no_trouble(self) -> None:
        found = [f"{watch.who}: {trouble}" for watch in self.watches for trouble in watch.troubles]
        assert not found, "\n".join(found)


class Album:
    """Pictures in a folder: of the app at 390 and 320 px, in standard and big letters; of the desk at both sizes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.wide: list[str] = []  # what sticks out at the side
        self._twins: dict[int, Page] = {}

    def app(self, page: Page, name: str, *, elder: bool = True, at: str = "") -> None:
        """The screen before one's eyes, its narrow form, and the same address (or `at`) in big letters."""
        page.wait_for_load_state("networkidle")
        self._both(page, f"app-{name}")
        if elder:
            self._both(self._twin(page, at), f"app-{name}-elder")

    def desk(self, page: Page, name: str) -> None:
        for size in reversed(DESKS):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            _settled(page)
            self._out(page, f"desk-{name}-{size['width']}")
            page.screenshot(path=self.folder / f"desk-{name}-{size['width']}.png")

    def one(self, page: Page, name: str) -> None:
        page.screenshot(path=self.folder / f"{name}.png", full_page=True)

    def _both(self, page: Page, name: str) -> None:
        _settled(page)
        page.screenshot(path=self.folder / f"{name}.png")
        self._whole(page, name)
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        _settled(page)
        self._out(page, f"{name} at 320 px")
        page.screenshot(path=self.folder / f"{name}-320.png")
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    def _whole(self, page: Page, name: str) -> None:
        """What one scrolls to, in one long picture."""
        more = page.evaluate(
            "() => Math.max(0, ...[...document.querySelectorAll('.main')].map(e => e.scrollHeight - e.clientHeight))"
        )
        if more > 8:
            page.set_viewport_size({"width": PHONE["width"], "height": min(PHONE["height"] + more, TALLEST)})
            _settled(page)
            page.screenshot(path=self.folder / f"{name}-whole.png")

    def _out(self, page: Page, name: str) -> None:
        """Nothing may stick out at the side of the page."""
        found = page.evaluate(STICKS_OUT)
        if found:
            self.wide.append(f"{name}: {found}")

    def _twin(self, page: Page, at: str) -> Page:
        """A second phone of the same person with big letters, at the same address."""
        twin = self._twins.get(id(page))
        if twin is None:
            browser = page.context.browser
            assert browser is not None
            context = browser.new_context(
                locale="zh-CN", timezone_id="Asia/Shanghai", viewport=PHONE, device_scale_factor=2,  # type: ignore[arg-type]
                is_mobile=True, has_touch=True,
            )  # fmt: skip
            context.set_default_timeout(PATIENCE)
            twin = self._twins[id(page)] = context.new_page()
            twin.goto(page.url.split("#")[0])
        kept = page.evaluate("() => ({...localStorage})")
        twin.evaluate(COPY, kept)
        twin.goto("about:blank")
        twin.goto(page.url.split("#")[0] + f"#/pages/{at}" if at else page.url)
        twin.wait_for_selector(".page.elder")
        twin.wait_for_load_state("networkidle")
        return twin


COPY = """(kept) => {
  localStorage.clear()
  for (const [name, value] of Object.entries(kept)) localStorage.setItem(name, value)
  localStorage.setItem('yimen:elder', 'true')
}"""
STICKS_OUT = """() => {
  const wide = innerWidth + 1
  const clipped = (el) => {
    for (let up = el.parentElement; up; up = up.parentElement) {
      if (up === document.body) return false
      if (getComputedStyle(up).overflowX !== 'visible') return up.getBoundingClientRect().right <= wide
    }
  }
  return [...document.body.querySelectorAll('*')]
    .filter((el) => el.getBoundingClientRect().width && el.getBoundingClientRect().right > wide && !clipped(el))
    .slice(0, 3).map((el) => `${el.tagName}.${el.className} "${(el.textContent || '').trim().slice(0, 30)}"`).join('; ')
}"""


def _settled(page: Page) -> None:
    """Pictures loaded, fonts there, nothing moving."""
    page.evaluate(
        """async () => {
          await document.fonts.ready
          await Promise.all([...document.images].filter((i) => !i.complete).map((i) => new Promise((r) => {
            i.onload = i.onerror = r
            setTimeout(r, 2000)
          })))
          const moving = document.getAnimations().filter((a) => a.effect.getComputedTiming().endTime < 3000)
          await Promise.all(moving.map((a) => a.finished.catch(() => {})))
          await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))
        }"""
    )
