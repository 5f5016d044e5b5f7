"""取号机 at the desk: a key is shown once and works at its own hall until it is taken back; a supervisor gives it."""

import re
from typing import Any

import pytest
import pytest_asyncio

from models.actions import devices
from models.base import Refusal, rows
from models.ticket import Device
from tests.desk.door import Desk, csrf, hire

pytestmark = pytest.mark.database
HERE = "/desk/calls/machines"


@pytest_asyncio.fixture(loop_scope="session")
async def lead(desk: Desk) -> Desk:
    await hire("zhoudu", "周督", "supervisor", hall="0001")
    await desk.sign_in("zhoudu", seat="0001|")
    return desk


async def issue(desk: Desk, label: str) -> tuple[str, Any]:
    answer = await desk.post(HERE, csrf=csrf(await desk.page(HERE)), label=label, hall="0001")
    found = re.search('class="onetime"[^>]*>([^<]+)<', answer.text)
    return found[1] if found else "", answer


async def test_a_key_is_shown_once_and_only_its_hash_is_kept(lead: Desk) -> None:
    assert "还没有取号机" in await lead.page(HERE)
    key, answer = await issue(lead, "一楼大门左边")
    assert answer.status_code == 200 and len(key) >= 20 and "/hall/0001/kiosk" in answer.text
    again = await lead.page(HERE)
    assert key not in again and "一楼大门左边" in again and "还没有用过" in again
    assert key not in str(await rows("SELECT * FROM device"))
    actor = await devices.enter(key)
    assert (actor.kind, actor.hall) == ("kiosk", "0001")
    assert "用过" in re.sub("还没有用过", "", await lead.page(HERE))


async def test_what_is_taken_back_opens_nothing(lead: Desk) -> None:
    key, _ = await issue(lead, "二楼")
    device = await Device.get()
    answer = await lead.post(f"{HERE}/{device.id}/revoke", csrf=csrf(await lead.page(HERE)))
    assert answer.status_code == 200 and "收回了。" in answer.text and "收回的 1 台" in answer.text
    with pytest.raises(Refusal):
        await devices.enter(key)


async def test_a_machine_needs_a_place(lead: Desk) -> None:
    key, answer = await issue(lead, "")
    assert answer.status_code == 422 and not key and "没有发。" in answer.text and await Device.all().count() == 0


async def test_only_a_supervisor(lead: Desk) -> None:
    await issue(lead, "一楼")
    device = await Device.get()
    clerk = lead.another()
    await clerk.sign_in("wangfang", seat="0001|综合窗口 A01 号窗口")
    page = await clerk.page("/desk/calls")
    assert HERE not in page and (await clerk.get(HERE)).status_code == 403
    assert (await clerk.post(HERE, csrf=csrf(page), label="x")).status_code == 403
    assert (await clerk.post(f"{HERE}/{device.id}/revoke", csrf=csrf(page))).status_code == 403
    assert (await Device.get()).revoked_at is None
