"""Accounts from the command line: made, closed, opened again; wrong codes are told."""

import pytest

from local import staff as command
from models.actions import staff
from models.audit import Audit
from models.base import Refusal
from models.people import Staff

pytestmark = pytest.mark.database


async def test_an_account_is_made_closed_and_renewed(db: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert await command.perform("add", "440229-0700", "周小燕", ["clerk"], None, "0001") == 0
    said = capsys.readouterr().out
    row = await Staff.get(login="440229-0700")
    assert "只显示这一次" in said and row.hall_id == "0001" and row.password_hash not in said
    assert await command.perform("disable", "440229-0700", "", [], None, None) == 0
    assert (await Staff.get(login="440229-0700")).disabled_at is not None
    assert await command.perform("renew", "440229-0700", "", [], None, None) == 0
    again = await Staff.get(login="440229-0700")
    assert again.disabled_at is None and again.password_hash != row.password_hash
    assert await Audit.filter(act__startswith="staff.").count() == 2


@pytest.mark.parametrize(
    ("roles", "department", "hall", "code"),
    [
        (["clerk", "approver"], None, "0001", "roles_clash"), (["king"], None, None, "role_unknown"),
        (["handler"], "XX", None, "department_unknown"), (["clerk"], None, "9999", "hall_unknown"),
    ],
)  # fmt: skip
async def test_wrong_words_are_refused(db: str, roles: list[str], department: str, hall: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        await staff.hire("440229-0701", "周小燕", roles, "a long password", department=department, hall=hall)
    assert refusal.value.code == code
    assert await command.perform("dance", "440229-0701", "", [], None, None) == 2
    assert await command.perform("disable", "440229-0701", "", [], None, None) == 1
