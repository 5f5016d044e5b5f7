"""One case end to end in real Chromium: a citizen at the web app, staff at the desk, phones in the sandbox.

Every page is watched: no console error, no page error, no answer >= 400, no request to another host. Every screen is
pictured at every size and in big letters; nothing may stick out at the side.
"""

import re
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.walks import journey
from tests.walks.app import App, phone_in_hand
from tests.walks.browser import Album, Chrome
from tests.walks.counter import Seat, tail
from tests.walks.people import Citizen, Phone, until
from tests.walks.pictures import Pictures

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
COUNTER = "翁源县政务服务中心"
NEEDED = ["营业执照", "食品安全管理制度", "食品经营设备布局和操作流程图", "从业人员健康证明"]
DEFECT, FIX = "右下角拍糊了，看不清日期", "把日期拍清楚，再交一张"


@pytest.fixture
def people(chrome: Chrome) -> Any:
    """Open a phone or a desk for somebody; contexts close with the test, so nobody is watched twice."""
    run, pages = chrome.run, []
    staff = {account["name"]: account for account in run["accounts"]}

    def phone(name: str) -> App:
        pages.append(chrome.phone(name))
        return App(pages[-1], run["citizen"])

    def seat(name: str, at: str = "") -> Seat:
        pages.append(chrome.desk(name))
        sat = Seat(pages[-1], run["citizen"], staff[name])
        sat.sign_in(at)
        return sat

    yield type("People", (), {"phone": staticmethod(phone), "seat": staticmethod(seat)})
    for page in pages:
        page.context.close()


def test_one_case(chrome: Chrome, people: Any, pictures: Pictures) -> None:
    album = chrome.album
    phone = phone_in_hand(chrome.run["sandbox"], "李秀英")
    li = people.phone("李秀英")
    look_round(li, album)
    start(li, phone, album)
    hand_in_what_is_asked(li, album, pictures)
    wang = people.seat("王芳", COUNTER)
    album.desk(wang.page, "02-queue-empty")
    number = submit(li, chrome)
    hear_take_in_and_notify(wang, number, album)
    mend(li, pictures, album)
    accept_by_keys_alone(wang, number, album)
    look_on(li, album, "06-progress-accepted")
    decide(people, number, album)
    hand_out(wang, li, number, album)
    afterwards(li, album)
    on_the_phones(people, chrome, phone)
    chrome.assert_no_trouble()
    assert not album.wide, "\n".join(album.wide)


def look_round(li: App, album: Album) -> None:
    """She comes to the door as a stranger, says what she wants, and reads the guide."""
    li.home()
    album.app(li.page, "01-home-stranger")
    li.search("开饭店")
    expect(li.page.get_by_text("一起办")).to_be_visible()
    album.app(li.page, "02-search", at=f"search?q={quote('开饭店')}")
    li.tap("看要带什么")
    li.titled("一起办")
    album.app(li.page, "02-bundle")
    li.tap("返回")
    li.page.get_by_text("正式名称：食品经营许可（餐饮服务）").click()
    li.titled("办事指南")
    li.sees("谁能办")
    album.app(li.page, "03-guide")
    li.tap("开始办")
    li.titled("先问几句")


def start(li: App, phone: Phone, album: Album) -> None:
    """She answers what is asked, signs in with the SMS code, and says who she is; then the draft is there."""
    li.tap("不是")
    li.sees("您要准备")
    album.app(li.page, "03-questions")
    li.tap("开始办")
    li.titled("登录")
    album.app(li.page, "00-sign-in", elder=False)
    li.sign_in(phone)
    li.titled("实名")
    album.app(li.page, "00-real-name")
    li.real_name("李秀英", journey.new_id_number())
    li.titled("交之前看一看")


def hand_in_what_is_asked(li: App, album: Album, pictures: Pictures) -> None:
    album.app(li.page, "05-check-empty")
    li.row("申请表").click()
    li.titled("填表")
    li.fill_form()
    li.sees("都存好了")
    album.app(li.page, "05-form")
    li.tap("填好了")
    for n, material in enumerate(NEEDED):
        li.row(material).click()
        li.titled(material)
        if n == 0:
            album.app(li.page, "04-photo-empty")
            a_dark_one_first(li, album, pictures)
        elif n == 1:
            two_pages(li, album, pictures)
        else:
            li.photograph(pictures.whole(n) if n == 2 else pictures.sideways(n))
            li.verdict("看得清")
            li.tap("好了")
        expect(li.row(material).get_by_text("好了")).to_be_visible()
    li.sees("我核对过了，交上去")


def a_dark_one_first(li: App, album: Album, pictures: Pictures) -> None:
    """Advice is shown and never blocks: 用这张 keeps the dark one; later she takes a better one after all."""
    li.photograph(pictures.dark(0))
    li.verdict("建议")
    li.sees("暗")
    album.app(li.page, "04-photo-dark")
    li.tap("用这张")
    expect(li.row(NEEDED[0]).get_by_text("好了")).to_be_visible()
    li.row(NEEDED[0]).click()
    li.photograph(pictures.sideways(0), "再拍一张")
    li.verdict("看得清")
    picture = li.page.locator(".view-picture img")
    tall = picture.evaluate("async (i) => { await i.decode(); return i.naturalHeight > i.naturalWidth }")
    assert tall, "a photograph held sideways is shown upright"
    album.app(li.page, "04-photo-good")
    li.tap("好了")


def two_pages(li: App, album: Album, pictures: Pictures) -> None:
    li.photograph(pictures.sideways(10))
    li.verdict("看得清")
    with li.page.expect_file_chooser() as chooser:
        li.page.locator(".add-page").click()
    chooser.value.set_files(pictures.sideways(11))
    li.sees("第 2 页")
    li.verdict("看得清")
    li.tap("排一排")
    album.app(li.page, "04-photo-arrange", elder=False)
    li.page.locator(".move-up").click()
    li.tap("排好了")
    li.tap("好了")


def submit(li: App, chrome: Chrome) -> str:
    """Without a network nothing can be handed in, and nothing is lost; a busy house is told; then it goes through."""
    album, page = chrome.album, li.page
    li.sees("告诉您能不能受理")
    album.app(page, "05-check")
    page.context.set_offline(True)
    li.sees("现在没有网")
    expect(li.button("有网了再交")).to_have_attribute("aria-disabled", "true")
    album.app(page, "13-offline", elder=False)
    page.context.set_offline(False)
    with chrome.watch("李秀英").expecting("503"):
        busy = {"type": "about:blank", "title": "忙", "status": 503, "code": "busy", "detail": "系统忙", "errors": []}
        page.route("**/submit", lambda route: route.fulfill(status=503, json=busy), times=1)
        li.tap("我核对过了，交上去")
        li.sees("没有交上去")
        album.app(page, "13-failed", elder=False)
    li.tap("再交一次")
    li.titled("交好了")
    li.sees("告诉您能不能受理")
    album.app(page, "13-done")
    li.tap("有进展就告诉我")
    case = li.case()
    assert case["state"] == "submitted", case["state"]
    li.tap("看办到哪了")
    li.sees(case["title"])
    album.app(page, "06-cases")
    return str(case["number"])


def hear_take_in_and_notify(wang: Seat, number: str, album: Album) -> None:
    """The news comes by itself; she draws the list when she wants it, takes the case in, and writes the one notice."""
    page = wang.page
    expect(page.locator("[data-news]")).to_contain_text("新到")
    assert wang.row(tail(number)).count() == 0, "nothing moves by itself"
    album.desk(page, "02-queue-news")
    wang.press("n")
    expect(wang.row(tail(number))).to_be_visible()
    wang.press("j")
    expect(page.locator(".drawer .dt")).to_be_visible()
    album.desk(page, "02-queue-drawer")
    wang.press("Enter")
    expect(page.locator(".w-check")).to_be_visible()
    wang.press("F7")
    wang.paper("收件凭证")
    album.desk(page, "04-paper-receipt")
    wang.press("Enter")
    wang.done("收件了")
    page.locator(".check a", has_text=NEEDED[1]).click()
    expect(page.locator(".shot img").first).to_be_visible()
    sizes = page.locator(".shot img").evaluate_all(
        "(all) => Promise.all(all.map(async (i) => { await i.decode(); return [i.naturalWidth, i.naturalHeight] }))"
    )
    assert len(sizes) == 2 and all(high > wide > 0 for wide, high in sizes), sizes
    album.desk(page, "04-check")
    wang.press("r")
    wang.press("a")  # this one is right; on to the next nobody looked at
    expect(page.locator(".check li", has_text=NEEDED[1]).locator(".state.ok")).to_be_visible()
    page.locator(".check a", has_text=NEEDED[2]).click()
    expect(page.locator(".viewer .tools b", has_text=NEEDED[2])).to_be_visible()
    wang.press("1")
    expect(page.locator(".slip li")).to_contain_text(NEEDED[2])
    wang.press("w")
    page.get_by_label("哪里不符").fill(DEFECT)
    page.get_by_label("改成什么样").fill(FIX)
    wang.press("Enter")
    expect(page.locator(".slip")).to_contain_text(DEFECT)
    album.desk(page, "04-check-slip")
    expect(page.locator(".verbs .off", has_text="受理").first).to_be_visible()
    page.locator(".check a", has_text=NEEDED[0]).click()  # away from the field
    expect(page.locator(".viewer .tools b", has_text=NEEDED[0])).to_be_visible()
    wang.press("F8")
    wang.paper("一次性告知书")
    expect(page.locator(".issue")).to_contain_text(DEFECT)
    album.desk(page, "04-paper-notice")
    wang.press("Enter")
    wang.done("告知书已经发出")
    album.desk(page, "04-case-correcting")


def mend(li: App, pictures: Pictures, album: Album) -> None:
    """What is to be mended comes first at the door; she mends just that and hands it in again."""
    li.door("首页")
    li.sees("下一步")
    album.app(li.page, "01-home-duty")
    li.page.locator(".key-button").click()
    li.titled("要改什么")
    li.sees(DEFECT)
    album.app(li.page, "07-notice")
    li.tap("拍照补上")
    li.titled(NEEDED[2])
    li.photograph(pictures.sideways(7), "重拍")
    li.verdict("看得清")
    li.tap("好了")
    li.titled("要改什么")
    expect(li.button("改好了，交上去")).to_be_visible()
    album.app(li.page, "07-notice-answered")
    li.tap("改好了，交上去")
    li.titled("交好了")
    album.app(li.page, "13-done-corrected", elder=False)
    li.tap("有进展就告诉我")
    li.tap("看办到哪了")


def accept_by_keys_alone(wang: Seat, number: str, album: Album) -> None:
    """Back in the queue, found, looked through and accepted: the mouse is not touched."""
    page = wang.page
    wang.press("Escape")
    expect(page.locator(".w-inbox")).to_be_visible()
    if not wang.row(tail(number)).count():
        expect(page.locator("[data-news]")).to_be_visible()
        wang.press("n")
    wang.press("j", "Enter")
    expect(page.locator(".w-check")).to_be_visible()
    for _ in range(len(NEEDED) + 2):
        if not page.locator(".check .state", has_text="没看").count():
            break
        before = page.locator(".check .state", has_text="没看").count()
        wang.press("a")
        expect(page.locator(".check .state", has_text="没看")).to_have_count(before - 1)
    wang.press("F9")
    wang.paper("受理通知书")
    album.desk(page, "04-paper-acceptance")
    wang.press("Enter")
    wang.done("已经受理")


def look_on(li: App, album: Album, name: str) -> None:
    """She opens the case in her list and sees how far it is."""
    li.home()
    li.door("办件")
    rows, nothing = li.page.locator(".case-row"), li.page.get_by_text("没有正在办的")
    expect(rows.or_(nothing).first).to_be_visible()
    if nothing.count():
        li.tap("办完了")
    rows.first.click()
    li.titled("办到哪了")
    expect(li.page.locator(".acts-sheet")).to_be_visible()
    album.app(li.page, name)


def decide(people: Any, number: str, album: Album) -> None:
    zhao = people.seat("赵强")
    album.desk(zhao.page, "03-inbox")
    wait_for_row(zhao, number)
    zhao.press("j", "Enter")
    expect(zhao.page.locator(".w-case")).to_be_visible()
    zhao.press("F7")
    zhao.done("接收了")
    album.desk(zhao.page, "04-case-examining")
    zhao.press("v")
    expect(zhao.page.locator(".viewer")).to_be_visible()
    album.desk(zhao.page, "04-case-viewer")
    zhao.press("v")
    zhao.press("F9")
    field = zhao.page.get_by_label("审查意见")
    expect(field).to_be_focused()
    zhao.page.keyboard.type("经审查，材料齐全，符合法定条件，建议准予。")
    album.desk(zhao.page, "04-case-opinion")
    zhao.press("Control+Enter")
    zhao.done("意见报上去了")
    chen = people.seat("陈静")
    wait_for_row(chen, number)
    chen.press("j", "Enter")
    expect(chen.page.locator(".w-case")).to_be_visible()
    album.desk(chen.page, "04-case-advised")
    chen.press("F9")
    expect(chen.page.locator(".issue .paper-a4 h1")).to_be_visible()
    album.desk(chen.page, "04-paper-decision")
    chen.press("Control+Enter")
    chen.done("决定已经作出")
    album.desk(chen.page, "04-case-decided")


def wait_for_row(seat: Seat, number: str) -> None:
    """The relay brings a task within a moment; N draws the list when news has come."""

    def there() -> bool:
        seat.go("/desk/inbox")
        return bool(seat.row(tail(number)).count())

    until(there, f"{number} in the inbox of {seat.name}")


def hand_out(wang: Seat, li: App, number: str, album: Album) -> None:
    look_on(li, album, "06-progress-concluded")
    wang.go("/desk/output")
    page = wang.page
    wang.press("j")
    expect(page.get_by_placeholder("例 B-07").first).to_be_visible()
    album.desk(page, "05-output")
    for n in range(page.get_by_placeholder("例 B-07").count()):
        page.get_by_placeholder("例 B-07").nth(n).fill(f"B-0{n + 7}")
        page.get_by_role("button", name="登记存放").first.click()
        wang.done("存放的地方记下了")
    album.desk(page, "05-output-shelved")
    li.home()
    li.sees("下一步")
    album.app(li.page, "01-home-collect")
    look_on(li, album, "06-progress-collect")
    wang.press("F9")
    wang.paper("送达回证")
    album.desk(page, "05-paper-delivery")
    wang.press("Enter")
    wang.done("已经发放")
    album.desk(page, "05-output-delivered")
    look_on(li, album, "06-progress-delivered")
    expect(li.page.locator(".stamp")).to_contain_text("已送达")


def afterwards(li: App, album: Album) -> None:
    """She reads the history and the messages."""
    li.page.locator(".act", has_text="全部经过").click()
    li.titled("全部经过")
    li.sees("查询密码")
    album.app(li.page, "06-history")
    li.home()
    album.app(li.page, "01-home")
    li.door("我的")
    li.sees("李秀英")
    album.app(li.page, "11-me")
    li.page.locator(".go-messages").click()
    li.titled("消息")
    words = " ".join(li.page.locator(".message").all_inner_texts())
    for told in ("受理", "办结"):
        assert told in words, words
    album.app(li.page, "11-messages")


def on_the_phones(people: Any, chrome: Chrome, phone: Phone) -> None:
    """The sandbox's page shows what her phone received."""
    page = chrome.phone("the sandbox")
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(chrome.run["sandbox"])
    hers = page.locator(f'[data-phone="{phone.number}"]')
    expect(hers).to_contain_text("李秀英")
    expect(hers.locator(".sms")).to_have_count(1)
    expect(hers.locator(".card").first).to_be_visible()
    hers.scroll_into_view_if_needed()
    chrome.album.one(page, "sandbox")
    page.context.close()


def test_other_screens(chrome: Chrome, people: Any) -> None:
    """The pages the story does not pass."""
    album, li = chrome.album, people.phone("一位路人")
    li.home()
    for path, words, name in (
        ("search", "怎么说都行", "02-search-hints"),
        (
            "search?q=%E7%BB%99%E5%AE%A0%E7%89%A9%E7%8B%97%E5%8A%9E%E6%8A%A4%E7%85%A7%E9%A3%9E%E6%9C%BA",
            "件事",
            "02-search-odd",
        ),
        ("search?theme=elder", "退休养老", "02-search-theme"),
        ("bundles", "正式名称", "02-bundles"),
        ("help", "请人帮办", "10-help"),
        ("booking", "预约", "08-booking"),
        ("lookup", "不登录也能查", "06-lookup"),
        ("cases", "先登录", "06-cases-stranger"),
        ("me", "您还没登录", "11-me-stranger"),
    ):
        li.go(path)
        expect(li.page.get_by_text(re.compile(words)).first).to_be_visible()
        album.app(li.page, name)
    wide = chrome.desk("a wide screen")
    wide.goto(chrome.run["citizen"])
    expect(wide.get_by_text("一件事一次办")).to_be_visible()
    album.one(wide, "app-01-home-on-a-wide-screen")
    wide.context.close()
    chrome.assert_no_trouble()
    assert not album.wide, "\n".join(album.wide)


def test_two_clerks_on_one_case(chrome: Chrome, people: Any, pictures: Pictures) -> None:
    """The second one gets the note of what happened meanwhile, and her words are kept."""
    album, run = chrome.album, chrome.run
    case_id, citizen = a_case(run, pictures)
    wang, huang = people.seat("王芳", COUNTER), people.seat("黄志强", COUNTER)
    for seat in (wang, huang):
        seat.go(f"/desk/cases/{case_id}")
    huang.press("q")
    huang.paper("不予受理")
    words = "经核对，这件不属于本大厅的受理范围，请到县消防救援大队办理。"
    huang.page.locator("textarea[name=reason]").fill(words)
    wang.press("F7")
    wang.paper("收件凭证")
    wang.press("Enter")
    wang.done("收件了")
    with chrome.watch("黄志强").expecting("409"):
        huang.press("Control+Enter")
        note = huang.page.get_by_role("alert")
        expect(note).to_contain_text("没有提交")
        expect(note).to_contain_text("王芳")
        expect(huang.page.locator("textarea[name=reason]")).to_have_value(words)
    album.desk(huang.page, "12-stale")
    wang.press("F9")
    wang.paper("受理通知书")
    wang.press("Enter")
    wang.done("已经受理")
    with chrome.watch("黄志强").expecting("409"):  # now it cannot be refused at all; her words are still shown
        huang.press("Control+Enter")
        expect(huang.page.locator(".verbs")).to_contain_text("部门在办")
        expect(huang.page.get_by_role("alert")).to_contain_text(words)
    album.desk(huang.page, "12-stale-for-good")
    assert citizen.get(f"/cases/{case_id}")["state"] == "accepted"
    several_departments(chrome, people, citizen, case_id)
    desk_corners(chrome, people, huang, case_id)
    chrome.assert_no_trouble()


def a_case(run: dict[str, Any], pictures: Pictures) -> tuple[str, Citizen]:
    """A case of two departments, filed over HTTP; the fire brigade's system stays silent for the pictures."""
    citizen = Citizen.sign_in(run["citizen"], run["sandbox"], "张伟")
    citizen.phone.sandbox.post("/_control/departments/XF/behaviour", json={"answer": "silent"}).raise_for_status()
    citizen.post("/auth/real-name", {"name": "张伟", "id_number": journey.new_id_number()})
    case = citizen.post("/cases", {"item_codes": journey.ITEMS, "hall": "0001", "answers": {}})
    citizen.put(f"/cases/{case['id']}/form", {"values": journey.filled(case["form"]["fields"])})
    for n, row in enumerate(m for m in case["materials"] if m["photo"] and not m["form"] and not m["free"]):
        citizen.put(
            f"/cases/{case['id']}/materials/{row['code']}", {"pages": [citizen.photograph(pictures.sideways(n))]}
        )
    citizen.post(f"/cases/{case['id']}/submit")
    return str(case["id"]), citizen


def several_departments(chrome: Chrome, people: Any, citizen: Citizen, case_id: str) -> None:
    """Departments side by side, as both sides see them."""
    zhang = people.phone("张伟")
    zhang.home()
    kept = {"access": citizen.tokens["access_token"], "refresh": citizen.tokens["refresh_token"]}
    zhang.page.evaluate("(kept) => localStorage.setItem('yimen:session', JSON.stringify(kept))", kept)
    zhang.go(f"progress?id={case_id}")
    expect(zhang.page.locator(".tasks-sheet")).to_be_visible()
    chrome.album.app(zhang.page, "06-progress-departments")
    zhao = people.seat("赵强")
    zhao.go(f"/desk/cases/{case_id}")
    expect(zhao.page.locator(".lane")).to_have_count(3)
    chrome.album.desk(zhao.page, "04-case-departments")
    citizen.phone.sandbox.post("/_control/departments/XF/behaviour", json={"answer": "grant"}).raise_for_status()


def desk_corners(chrome: Chrome, people: Any, seat: Seat, case_id: str) -> None:
    """Finding, all keys, the lock, a page that is not there, and somebody else's case."""
    album = chrome.album
    seat.go("/desk/find")
    seat.page.locator("main [name=q]").fill("张伟")
    seat.press("Enter")
    expect(seat.row("张*").first).to_be_visible()
    album.desk(seat.page, "06-find")
    seat.press("F1")
    expect(seat.page.locator(".allkeys")).to_be_visible()
    album.desk(seat.page, "06-all-keys")
    seat.press("Escape")
    seat.go("/desk/output")
    album.desk(seat.page, "05-output-empty")
    sun = people.seat("孙伟")
    album.desk(sun.page, "12-empty")
    with chrome.watch("孙伟").expecting("404"):
        sun.go(f"/desk/cases/{case_id}")
        sun.sees("没有")
        album.desk(sun.page, "12-not-found")
    seat.press("Alt+l")
    seat.sees("锁着")
    album.desk(seat.page, "01-lock")
    stranger = chrome.desk("a stranger")
    stranger.goto(f"{chrome.run['citizen']}/desk")
    expect(stranger.get_by_label("工号")).to_be_visible()
    album.desk(stranger, "01-sign-in")
    stranger.context.close()
