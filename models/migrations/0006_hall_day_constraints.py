"""What the database itself holds about places, appointments and the queue. Frozen as released, like 0002."""

from tortoise import migrations
from tortoise.migrations import operations as ops

STATEMENTS = [
    "ALTER TABLE slot ADD CONSTRAINT slot_kind CHECK (kind IN ('hall','travelling','home_visit'))",
    'ALTER TABLE slot ADD CONSTRAINT slot_used CHECK (used >= 0 AND used <= capacity)',
    'ALTER TABLE slot ADD CONSTRAINT slot_span CHECK (ends_at > starts_at)',
    'CREATE INDEX slot_day ON slot (hall_id, day)',
    "ALTER TABLE appointment ADD CONSTRAINT appointment_state CHECK (state IN ('held','waiting','offered','booked','displaced','arrived','served','left','missed','excused','cancelled','expired','lapsed'))",
    "ALTER TABLE appointment ADD CONSTRAINT appointment_kind CHECK (kind IN ('hall','travelling','home_visit'))",
    'ALTER TABLE appointment ADD CONSTRAINT appointment_party CHECK (party >= 1)',
    "ALTER TABLE appointment ADD CONSTRAINT appointment_held CHECK ((state IN ('held','offered')) <= (held_until IS NOT NULL))",
    "ALTER TABLE appointment ADD CONSTRAINT appointment_coded CHECK (code <> '' OR state IN ('held','waiting','offered','cancelled','expired','lapsed'))",
    "ALTER TABLE appointment ADD CONSTRAINT appointment_one_place_at_a_time EXCLUDE USING gist (int8range(person_no, person_no, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&) WHERE (state IN ('held','offered','booked','displaced','arrived'))",
    "CREATE UNIQUE INDEX appointment_code ON appointment (hall_id, day, code) WHERE code <> ''",
    'CREATE INDEX appointment_day ON appointment (hall_id, day)',
    'CREATE INDEX appointment_account ON appointment (account_id, created_at DESC)',
    'CREATE INDEX appointment_person ON appointment (person_key, day)',
    "CREATE INDEX appointment_waiting ON appointment (day, created_at) WHERE state = 'waiting'",
    "CREATE INDEX appointment_held_until ON appointment (held_until) WHERE state IN ('held','offered')",
    'ALTER TABLE place ADD CONSTRAINT place_n CHECK (n >= 1)',
    'CREATE UNIQUE INDEX place_one ON place (appointment_id, slot_id) WHERE freed_at IS NULL',
    'CREATE INDEX place_slot ON place (slot_id) WHERE freed_at IS NULL',
    'CREATE INDEX hall_event_subject ON hall_event (subject_id, at)',
    'CREATE INDEX opening_exception_day ON opening_exception (hall_id, date) WHERE ended_at IS NULL',
    'CREATE TRIGGER hall_event_append_only BEFORE UPDATE OR DELETE ON hall_event FOR EACH ROW EXECUTE FUNCTION append_only()',
    "ALTER TABLE ticket ADD CONSTRAINT ticket_state CHECK (state IN ('waiting','called','serving','skipped','parked','done','left','closed'))",
    "CREATE INDEX ticket_open ON ticket (hall_id, day, group_code) WHERE state IN ('waiting','called','serving','skipped','parked')",
    'CREATE INDEX ticket_day ON ticket (hall_id, day)',
    'CREATE INDEX ticket_account ON ticket (account_id, day) WHERE account_id IS NOT NULL',
    'CREATE UNIQUE INDEX ticket_one_at_window ON ticket (hall_id, day, "window") WHERE state IN (\'called\',\'serving\') AND "window" <> \'\'',
    'CREATE UNIQUE INDEX ticket_one_an_appointment ON ticket (appointment_id) WHERE appointment_id IS NOT NULL',
    "ALTER TABLE device ADD CONSTRAINT device_kind CHECK (kind IN ('kiosk'))",
]


class Migration(migrations.Migration):
    dependencies = [("models", "0005_hall_day")]

    operations = [ops.RunSQL(STATEMENTS)]
