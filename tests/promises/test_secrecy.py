"""P16: after a whole journey nothing personal and no secret lies readable in tables, Redis, files or logs."""

import base64
import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pyotp
import pytest
import pytest_asyncio
from redis import Redis

from models.actions import staff
from models.base import rows
from models.people import Account
from models.seal import SealError
from tests import people
from tests.photographs import jpeg
from tests.photographs import page as printed
from tests.promises.house import House, link_departments, standing, until
from tests.walks import journey
from tests.walks.people import Citizen, expect

pytestmark = pytest.mark.database
ID_NUMBER, PHONE, WORDS = "44022919620315808X", "13912345607", "密语珊瑚蓝鲸四十二号"
FILE_NAME = "李秀英身份证正面.jpg"


@pytest_asyncio.fixture(loop_scope="session")
async def house(db: str, tmp_path: Path) -> AsyncIterator[House]:
    with standing(tmp_path / "h", db) as found:
        await link_departments(found)
        yield found


async def hired(house: House) -> dict[str, Any]:
    """What run.json would say: where the house is and who works in it."""
    desks = {"王芳": (["clerk"], None, "0001"), "赵强": (["handler"], "SJ", None), "陈静": (["approver"], "SJ", None),
             "孙伟": (["handler"], "NY", None)}  # fmt: skip
    accounts = []
    for n, (name, (roles, department, hall)) in enumerate(desks.items()):
        password, secret = f"canary-password-{n}-{os.urandom(6).hex()}", pyotp.random_base32()
        await staff.hire(f"desk{n}", name, roles, password, totp=secret, department=department, hall=hall)
        accounts.append({"login": f"desk{n}", "password": password, "totp_secret": secret, "name": name})
    return {"citizen": house.url, "sandbox": house.sandbox.url, "accounts": accounts}


def sign_in_by_phone(house: House) -> dict[str, str]:
    """A second visit: phone and SMS code, a photograph with a telling name, its link. Gives the secrets of it."""
    citizen = Citizen.sign_in(house.url, house.sandbox.url, "李秀英")
    citizen.post("/auth/sms", {"phone": PHONE})
    message = until(lambda: house.sandbox.world.sms_ids and house.sandbox.messages(PHONE), "the text message")[0]
    code = message["data"]["code"]
    citizen.tokens = expect(citizen.http.post("/auth/phone", json={"phone": PHONE, "sms_code": code})).json()
    citizen.http.headers["authorization"] = f"Bearer {citizen.tokens['access_token']}"
    picture = house.var / FILE_NAME
    picture.write_bytes(jpeg(printed("health").resize((900, 1273))))
    upload = citizen.get(f"/uploads/{citizen.photograph(picture)}")
    picture.unlink()
    link = upload["view_url"]
    expect(httpx.get(f"{house.url}{link}", trust_env=False))
    renewed = expect(citizen.http.post("/auth/refresh", json={"refresh_token": citizen.tokens["refresh_token"]})).json()
    return {
        "phone": PHONE, "access token": citizen.tokens["access_token"], "refresh token": renewed["refresh_token"],
        "first refresh token": citizen.tokens["refresh_token"], "openid": citizen.phone.openid,
        "link": link.split("/")[-1], "sms text": f'"code": "{code}"', "file name": FILE_NAME,
    }  # fmt: skip


def forms(text: str) -> Iterator[bytes]:
    """How a secret may lie there: UTF-8, UTF-16, escaped, in a URL, as hex, and inside base64 at any place."""
    raw = text.encode()
    yield raw
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    yield raw.hex().encode()
    yield text.encode("unicode_escape")
    yield quote(text).encode()
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + raw)
        inner = whole[(shift * 8 + 5) // 6 : len(whole) - 4]
        yield inner
        yield inner.replace(b"+", b"-").replace(b"/", b"_")


async def places(house: House) -> dict[str, bytes]:
    """Everything that rests somewhere: every row of every table, Redis with its file, store, staging, logs."""
    found: dict[str, bytes] = {}
    for row in await rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        table = row["tablename"]
        lines = await rows(f'SELECT t::text AS line FROM "{table}" t')
        found[f"table {table}"] = "\n".join(line["line"] for line in lines).encode()
    with Redis.from_url(house.valkey.url) as client:
        for key in client.scan_iter(count=1000):
            found[f"redis {key!r}"] = bytes(key) + (client.dump(key) or b"")
    for path in house.var.rglob("*"):
        if path.is_file() and path.name != "keys.json":
            found[str(path.relative_to(house.var))] = path.read_bytes()
    return found


def hits(found: dict[str, bytes], planted: dict[str, str]) -> list[str]:
    """Which planted secret lies readable where; tables with their column of text are named."""
    wrong = []
    for name, text in planted.items():
        for form in {form for form in forms(text) if len(form) >= 6}:
            wrong += [f"{name} in {place}" for place, data in found.items() if form in data]
    return sorted(set(wrong))


async def test_nothing_rests_readable(house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run = await hired(house)
    house.api()
    house.worker()
    monkeypatch.setattr(journey, "new_id_number", lambda: ID_NUMBER)
    monkeypatch.setattr(journey, "WORDS", {**journey.WORDS, "text": WORDS, "textarea": WORDS + "，写清楚"})
    planted = sign_in_by_phone(house)
    seen = journey.walk(run, tmp_path / "pictures", lambda _: None)
    planted |= {"ID number": ID_NUMBER, "name": "李秀英", "form": WORDS, "query key": f"{seen['case']['query_key']}"}
    planted |= {"defect": "右下角拍糊了", "fix": "把日期拍清楚", "opinion": "经审查，符合条件，建议准予"}
    for account in run["accounts"]:
        planted |= {
            f"password of {account['login']}": account["password"],
            f"totp of {account['login']}": account["totp_secret"],
        }
    found = await places(house)
    assert len(found["table cases"]) > 200 and len(found["house.log"]) > 2000 and len(found["table outbox"]) > 2000
    assert any(place.startswith("store/") for place in found) and any("valkey" in place for place in found)
    assert hits(found, planted) == []


@pytest.mark.parametrize("form", range(9))
def test_a_readable_secret_is_found_out(form: int) -> None:
    """Sabotage: one secret left readable, in each form, in the middle of other bytes."""
    planted = {"name": "李秀英", "ID number": ID_NUMBER}
    for name, text in planted.items():
        lying = list(forms(text))[form]
        assert hits({"table x": os.urandom(50) + lying + os.urandom(50)}, {name: text}) == [f"{name} in table x"]
    inside = base64.b64encode(b'{"id":"' + ID_NUMBER.encode() + b'"}')
    assert hits({"log": inside}, planted) == ["ID number in log"]
    assert hits({"log": os.urandom(200_000)}, planted) == []


async def test_a_cell_moved_to_another_row_does_not_open(db: str) -> None:
    """Swapped ciphertexts are refused: the place is part of the seal."""
    li, sun = await people.citizen(), await people.citizen("孙大伟", people.SUN_ID, "13800000002")
    held = {row.id: row for row in await Account.all()}
    with pytest.raises(SealError):
        Account.ID_NUMBER.open(li.id, held[sun.id].id_number_sealed)  # type: ignore[index, arg-type]
    with pytest.raises(SealError):
        Account.NAME.open(li.id, held[li.id].id_number_sealed)  # type: ignore[index, arg-type]


def test_every_sealed_column_is_text_of_its_own_cell() -> None:
    """A column called `_sealed` has a Cell of its name on the same table, so that its place is in the seal."""
    for path in (Path(__file__).parents[2] / "models").glob("*.py"):
        source = path.read_text()
        for column in re.findall(r"^    (\w+)_sealed\b", source, re.M):
            assert re.search(rf'Cell\("\w+", "{column}"\)', source), (path.name, column)
