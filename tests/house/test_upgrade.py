"""A house with rows in it is brought up to date: nothing is lost, new columns are filled, every table keeps its key."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from models.base import credentials

pytestmark = pytest.mark.database
HOME = Path(__file__).parents[2]
FIRST = "models.0002_constraints"

#: One accepted case as the first release kept it.
OLD_ROWS = """
INSERT INTO account (id, created_at, assurance) VALUES (%(a)s, now(), 'name');
INSERT INTO department (code, name, short, kind, system, active)
  VALUES ('SJ', '市监局', '市监局', '工作部门', false, true);
INSERT INTO item (id, created_at, code, version, state, name, everyday, department_id, kind, theme, subjects, handling,
  record, search, digest, published_at) VALUES (%(b)s, now(), 'SJ03', 1, 'published', '食品经营许可', '开饭店', 'SJ',
  '行政许可', 'shop', '[]', 'promised', '{}', '', 'd', now());
INSERT INTO cases (id, created_at, number, state, version, title, account_id, applicant_kind, hall_id, channel, owner,
  answers, outcome, submitted_at)
  VALUES (%(c)s, now(), '440229000120261126000017', 'accepted', 3, '食品经营许可', %(a)s, 'self', '0001', 'app',
  'departments', '{}', '', now());
INSERT INTO case_item (id, created_at, case_id, item_id, code, name, everyday, department_id, position)
  VALUES (%(d)s, now(), %(c)s, %(b)s, 'SJ03', '食品经营许可', '开饭店', 'SJ', 0);
INSERT INTO task (id, created_at, case_id, case_item_id, department_id, state, version, outcome)
  VALUES (%(e)s, now(), %(c)s, %(d)s, 'SJ', 'assigned', 0, '');
INSERT INTO clock (id, created_at, case_id, task_id, kind, limit_days, unit, started_on, due_on, due_at, suspensions)
  VALUES (%(f)s, now(), %(c)s, %(e)s, 'promise', 6, '工作日', '2026-11-26', '2026-12-04', '2026-12-04T16:00Z', '[]');
INSERT INTO alarm (id, created_at, case_id, clock_id, verb, due_at, attempts, last_error)
  VALUES (gen_random_uuid(), now(), %(c)s, %(f)s, 'remind_decision', '2026-12-03T00:30Z', 0, '');
INSERT INTO notice (id, created_at, case_id, number, issued_on, due_on, issued_by, answered_at)
  VALUES (gen_random_uuid(), now(), %(c)s, '翁政服告〔2026〕0001号', '2026-11-20', '2026-12-04', %(a)s, now());
INSERT INTO audit (seq, at, actor, act, subject, purpose, detail, mac)
  VALUES (1, now(), 'staff:1', 'task.decided', 'task:1', '', '{}', 'm'), (2, now(), 's', 'a', 's', '', '{}', 'n');
"""


#: In a process of its own: migrating opens and closes Tortoise, whose one connection the other tests share.
MIGRATE = """
import asyncio, sys
from tortoise import Tortoise
from tortoise.migrations.api.migrate import migrate
from models import schema
from models.base import tortoise_config

async def first(url, target):
    await migrate(config=tortoise_config(url, pool=2, name="old"), target=target)
    await Tortoise.close_connections()

asyncio.run(first(*sys.argv[1:]) if len(sys.argv) > 2 else schema.migrate(sys.argv[1]))
"""


async def brought_up(url: str, target: str = "") -> None:
    """Migrate a database to a release, by default to the newest."""
    given = [sys.executable, "-c", MIGRATE, url, *([target] if target else [])]
    process = await asyncio.create_subprocess_exec(*given, cwd=HOME, stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    assert process.returncode == 0, said.decode()[-2000:]


@pytest_asyncio.fixture(loop_scope="session")
async def old(server: str) -> AsyncIterator[str]:
    """The URL of a database as the first release left it, with rows."""
    name = f"yimen_old_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(**credentials(server))
    await admin.execute(f'CREATE DATABASE "{name}"')
    head, _, tail = server.partition("?")
    url = head.rsplit("/", 1)[0] + f"/{name}" + (f"?{tail}" if tail else "")
    await brought_up(url, FIRST)
    db = await asyncpg.connect(**credentials(url))
    await db.execute(OLD_ROWS % {letter: f"'{uuid4()}'" for letter in "abcdef"})
    await db.close()
    yield url
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


async def test_rows_of_the_first_release_come_along(old: str) -> None:
    await brought_up(old)
    db = await asyncpg.connect(**credentials(old))
    task = await db.fetchrow("SELECT number, delegation, state FROM task")
    assert tuple(task) == ("440229000120261126000017-01", "", "assigned")
    case = await db.fetchrow("SELECT bundle_code, bundle::text, green, promised, second_notice FROM cases")
    assert tuple(case) == ("", "{}", False, False, "")
    clock = await db.fetchrow("SELECT department_id, hall_id, extension_days, within FROM clock")
    assert tuple(clock) == ("SJ", "0001", 0, False)
    alarms = {row["verb"]: row for row in await db.fetch("SELECT verb, machine, due_at, last_error FROM alarm")}
    assert alarms["remind_decision"]["last_error"] == "dropped", "a verb that is gone does not wait for ever"
    section = alarms["escalate_section"]
    assert (section["machine"], f"{section['due_at']:%Y-%m-%dT%H:%M}") == ("task", "2026-12-04T09:00"), "17:00 here"
    assert await db.fetchval("SELECT round FROM notice") == 1
    assert [row["seq"] for row in await db.fetch("SELECT seq FROM audit ORDER BY seq")] == [1, 2]
    await db.close()


async def test_every_table_keeps_its_primary_key(old: str) -> None:
    """A migration that drops and adds a key would lose the rows' names, and the audit chain with them."""
    await brought_up(old)
    db = await asyncpg.connect(**credentials(old))
    bare = await db.fetch(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' "
        "AND c.relkind = 'r' AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)"
    )
    assert not bare, [row["relname"] for row in bare]
    await db.close()
