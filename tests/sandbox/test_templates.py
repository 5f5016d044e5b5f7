"""The templates registered on the sandbox's platform are the product's, and every notice fits them (R62)."""

import json
from datetime import date

import pytest

from gateways.wechat_fields import fit
from models.rules.notices import NOTICES, TEMPLATES, fields_of
from sandbox.fields import wrong_field
from sandbox.world import TEMPLATES as FILE

REGISTERED = json.loads(FILE.read_text(encoding="utf-8"))
FACTS = {
    "number": "440229000120261118000379",
    "title": "开办餐饮店“一件事”（含食品经营许可、招牌、消防检查）",
    "due": date(2026, 12, 8),
    "at": "2026-11-24 10:26",
    "where": "翁源县政务服务中心一楼出件窗口（7号窗）",
    "window": "A01",
    "ahead": 2,
}


def test_the_platform_knows_our_templates() -> None:
    assert {t.id: (t.title, set(t.fields)) for t in TEMPLATES.values()} == {
        id_: (known["title"], set(known["fields"])) for id_, known in REGISTERED.items()
    }


@pytest.mark.parametrize("name", [name for name, notice in NOTICES.items() if notice.template])
def test_every_notice_would_be_taken(name: str) -> None:
    template = TEMPLATES[NOTICES[name].template]
    fitted = fit(fields_of(name, FACTS))
    assert isinstance(fitted, dict), fitted
    assert wrong_field(fitted, REGISTERED[template.id]["fields"]) is None


def test_messages_about_one_number_are_told_apart_unopened() -> None:
    """A booking and its end, a call and a number passed over have no other field that says which it is."""
    for template in ("appointment", "queue"):
        names = [name for name, notice in NOTICES.items() if notice.template == template]
        assert len({json.dumps(fields_of(name, FACTS), ensure_ascii=False) for name in names}) == len(names)
    assert "请到A01号窗口" in fields_of("ticket.called", FACTS).values()
