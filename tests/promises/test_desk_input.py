"""P10 at the desk, which has no description to draw calls from: hostile queries and fields never end in a 5xx."""

import random
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from api.desk import door
from models.base import unit
from tests.promises.matrix import DESK_ROWS, STAFF, Row
from tests.promises.test_permissions import Undone, World, scene  # noqa: F401  (a fixture)

pytestmark = pytest.mark.database
HOSTILE = [
    "", " ", "\0", "a\0b", "\ud800", "9" * 5000, "-1", "0", "1e400", "' OR 1=1 --", "%", "_", "\\", "../../etc/passwd",
    "{{7*7}}", "<script>alert(1)</script>", "\u202e", "😀" * 300, "00000000-0000-0000-0000-000000000000", "null",
    "440229196203154529", "13800000001", "李" * 4001, "http://evil.example/", "//evil.example", "٣", "²",
]  # fmt: skip
QUERIES = (
    "q", "m", "f", "pick", "paper", "case", "result", "task", "do", "done", "opened", "next", "method", "as",
    "new", "welcome", "from", "n", "seen", "date", "view", "group", "at", "slot", "to", "hall", "line",
)  # fmt: skip
FIELDS = (
    "version", "seen", "opened", "reason", "opinion", "outcome", "result", "place", "method", "what", "set",
    "n", "defect", "fix", "q", "next", "seat", "login", "password", "code", "date", "group", "from1", "to1",
    "per_slot", "name", "id_number", "phone", "item", "party", "slot_id", "confirm", "priority", "do", "line",
    "hall", "label",
)  # fmt: skip
ROUNDS = 12


def coded(value: str) -> str:
    return quote(value.encode("utf-8", "surrogatepass"))


async def hit(scene: World, who: str, row: Row, chance: random.Random) -> httpx.Response:  # noqa: F811
    """One hostile call as `who`; nothing of it stays."""
    method, path = row.route.split(" ")[0], row.path.format(**scene.things)
    cookie, csrf = scene.seats[who]
    head = {"cookie": f"yimen={cookie}", "origin": "http://localhost"}
    query = "&".join(f"{name}={coded(chance.choice(HOSTILE)[:600])}" for name in chance.sample(QUERIES, 5))
    body: dict[str, Any] = {}
    if method == "POST":
        fields = {name: value.format(**scene.things) for name, value in row.form.items()}
        fields |= {name: chance.choice(HOSTILE) for name in chance.sample([*FIELDS, *3 * list(row.form)], 3)}
        pairs = "&".join(f"{name}={coded(value)}" for name, value in {"csrf": csrf, **fields}.items())
        head["content-type"] = "application/x-www-form-urlencoded"
        body = {"content": pairs.encode()}
    found: list[httpx.Response] = []

    async def once() -> None:
        found.append(await scene.http.request(method, f"{path}?{query}", headers=head, **body))
        raise Undone

    with pytest.raises(Undone):
        await unit(once)
    return found[0]


async def broken_pages(scene: World, seed: int) -> list[str]:  # noqa: F811
    chance, wrong = random.Random(seed), []
    for row in DESK_ROWS:
        for _ in range(ROUNDS):
            who = chance.choice([one for one in STAFF if row.expected[one] != 403] or ["clerk"])
            answer = await hit(scene, who, row, chance)
            if answer.status_code >= 500 or "evil.example" in answer.headers.get("location", ""):
                wrong.append(f"{who} {answer.request.method} {answer.request.url} {answer.request.content[:300]!r}")
            if b"<script>alert(1)</script>" in answer.content:
                wrong.append(f"script on the page: {answer.request.url}")
    return wrong


@pytest.mark.parametrize("seed", [1, 2])
async def test_hostile_input_never_breaks_a_page(scene: World, seed: int) -> None:  # noqa: F811
    wrong = await broken_pages(scene, seed)
    assert not wrong, "\n".join(wrong[:8])


async def test_a_page_that_breaks_is_found_out(scene: World, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """Sabotage: one unchecked number."""

    async def trusting(request: Any) -> int:
        return int(await door.text(request, "version"))

    for module in ("case", "tasks", "output"):
        monkeypatch.setattr(f"api.desk.{module}.version", trusting)
    assert await broken_pages(scene, 1)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/cases/{submitted}/materials/" + "x" * 26 + ".pdf", 404),
        ("GET", "/api/v1/cases/{submitted}/materials/%00.pdf", 404),
        ("PUT", "/api/v1/cases/{draft}/materials/" + "x" * 26, 404),
        ("GET", "/desk/photos/{upload}/archive?case=%00", 200),
        ("GET", "/desk/photos/{upload}/thumbnail?case=" + "x" * 600, 200),
    ],
)
async def test_what_once_broke(scene: World, method: str, path: str, status: int) -> None:  # noqa: F811
    head = {"cookie": f"yimen={scene.seats['clerk'][0]}", "authorization": f"Bearer {scene.tokens['owner']}"}
    body: Any = {"pages": []} if method == "PUT" else None
    answer = await scene.http.request(method, path.format(**scene.things), headers=head, json=body)
    assert answer.status_code == status, answer.text[:300]
