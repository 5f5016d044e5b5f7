"""停号、改时间: what it would do is shown first, then it is done, and taken back (R54)."""

from datetime import timedelta

import pytest

from models.appointment import Appointment, OpeningException, Slot
from models.base import today
from tests.desk.door import Desk, csrf, hire
from tests.desk.test_appointments import SUN, booked, seated, slot

pytestmark = pytest.mark.database
HERE = "/desk/openings"


async def lead(desk: Desk) -> tuple[Desk, str]:
    """张文辉 in another browser, and the token of the page."""
    await hire("zhangwenhui", "张文辉", "supervisor", hall="0001")
    browser = desk.another()
    await browser.sign_in("zhangwenhui")
    return browser, csrf(await browser.page(HERE))


async def test_who_must_rebook_is_said_before_and_listed_after(desk: Desk) -> None:
    early, late = await slot(9), await slot(15)
    await seated(desk)
    stays = await booked(desk, early)
    goes = await booked(desk, late, "孙大伟", SUN, phone="13800000002")
    browser, token = await lead(desk)
    form = {"csrf": token, "date": str(late.day), "group": "A", "what": "no_pm", "reason": "停电检修。"}
    looked = await browser.post(HERE, **form)
    assert looked.status_code == 200 and "有 1 人要另约" in looked.text and goes.code in looked.text
    assert stays.code not in looked.text.split("先看要动多少人")[1]
    assert not await OpeningException.all().exists()  # looking changes nothing
    assert (await Appointment.get(id=goes.id)).state == "booked"
    done = await browser.post(HERE, **form, confirm="yes")
    assert "定好了" in done.text and "还没有改好时间的 1 人" in done.text and goes.code in done.text
    assert [(await Appointment.get(id=row.id)).state for row in (stays, goes)] == ["booked", "displaced"]
    day = await desk.page(f"/desk/appointments?date={late.day}")
    assert "要另约 1 人" in day and "孙**" in day
    await browser.http.aclose()


async def test_taken_back(desk: Desk) -> None:
    at = await slot(9)
    browser, token = await lead(desk)
    form = {"csrf": token, "date": str(at.day), "group": "", "what": "closed", "reason": "集中学习。"}
    done = await browser.post(HERE, **form, confirm="yes")
    assert "全天停" in done.text and "整个大厅" in done.text and "张文辉" in done.text
    assert (await Slot.get(id=at.id)).closed
    row = await OpeningException.get(hall_id="0001", ended_at=None)
    back = await browser.post(f"{HERE}/{row.id}/end", csrf=token)
    assert "收回了" in back.text and (await OpeningException.get(id=row.id)).ended_at is not None
    await browser.http.aclose()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"date": "x"}, "请选日期"),
        ({"date": str(today() - timedelta(days=1))}, "今天或以后"),
        ({"date": "9999-12-31"}, "今天或以后"),
        ({"what": ""}, "请选怎么安排"),
        ({"reason": ""}, "请写原因"),
        ({"what": "hours"}, "几点开、几点关"),
        ({"what": "hours", "from1": "11:00", "to1": "09:00"}, "早于关门"),
        ({"what": "hours", "from1": "09:00", "to1": "12:00", "from2": "11:00", "to2": "17:00"}, "在上午的后面"),
        ({"what": "places", "per_slot": "0"}, "每段人数"),
        ({"what": "places", "per_slot": "²"}, "每段人数"),
        ({"group": "Q"}, "没有这个窗口"),
    ],
)
async def test_what_cannot_be_meant_is_refused_and_kept(desk: Desk, change: dict[str, str], words: str) -> None:
    browser, token = await lead(desk)
    form = {"csrf": token, "date": str(today()), "group": "", "what": "closed", "reason": "台风停工。"}
    refused = await browser.post(HERE, **(form | change), confirm="yes")
    assert refused.status_code == 422 and words in refused.text
    if "reason" not in change:
        assert "台风停工。</textarea>" in refused.text
    assert not await OpeningException.all().exists()
    await browser.http.aclose()


async def test_only_the_supervisor(desk: Desk) -> None:
    await desk.sign_in("wangfang")
    assert (await desk.get(HERE)).status_code == 403
    assert "停号、改时间" not in await desk.page("/desk/appointments")
