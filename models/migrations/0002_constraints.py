"""The shape the database itself holds: checks, partial unique indexes, sequences, append-only tables.

Frozen as released; the lists beside the tables say what holds now, and a test compares them with the catalogue.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops

STATEMENTS = [
    """CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$""",
    "ALTER TABLE item ADD CONSTRAINT item_state CHECK (state IN ('draft', 'checked', 'published', 'withdrawn'))",
    "ALTER TABLE item ADD CONSTRAINT item_handling CHECK (handling IN ('instant', 'promised'))",
    'ALTER TABLE item ADD CONSTRAINT item_version CHECK (version >= 1)',
    "ALTER TABLE item ADD CONSTRAINT item_dates CHECK ((state = 'published') = (published_at IS NOT NULL AND withdrawn_at IS NULL))",
    "CREATE UNIQUE INDEX item_one_published ON item (code) WHERE state = 'published'",
    "ALTER TABLE material ADD CONSTRAINT material_source CHECK (source IN ('licence', 'self', 'department'))",
    "ALTER TABLE hall ADD CONSTRAINT hall_code CHECK (code ~ '^[0-9]{4}$')",
    "ALTER TABLE hall ADD CONSTRAINT hall_tier CHECK (tier IN ('county', 'town', 'village'))",
    "ALTER TABLE hall ADD CONSTRAINT hall_parent CHECK ((tier = 'county') = (parent_id IS NULL))",
    "ALTER TABLE window_group ADD CONSTRAINT window_group_kind CHECK (kind IN ('comprehensive', 'specialist', 'coordination', 'delivery', 'convenience'))",
    'ALTER TABLE window_group ADD CONSTRAINT window_group_windows CHECK (windows >= 1)',
    "ALTER TABLE calendar_day ADD CONSTRAINT calendar_day_kind CHECK (kind IN ('off', 'worked'))",
    "ALTER TABLE calendar_day ADD CONSTRAINT calendar_day_worked CHECK (kind <> 'worked' OR extract(isodow FROM date) IN (6, 7))",
    'ALTER TABLE calendar_year ADD CONSTRAINT calendar_year_notice CHECK (NOT published OR notice IS NOT NULL)',
    "ALTER TABLE account ADD CONSTRAINT account_assurance CHECK (assurance IN ('none','phone','name','face','window'))",
    'CREATE UNIQUE INDEX account_id_number ON account (id_number_index) WHERE id_number_index IS NOT NULL',
    'CREATE UNIQUE INDEX account_phone ON account (phone_index) WHERE phone_index IS NOT NULL',
    'ALTER TABLE consent ADD CONSTRAINT consent_credits CHECK (credits >= 0)',
    'CREATE UNIQUE INDEX staff_one_session ON staff_session (staff_id) WHERE ended_at IS NULL',
    'CREATE UNIQUE INDEX department_one_system ON department_system (department_id, key_id) WHERE active',
    "ALTER TABLE upload ADD CONSTRAINT upload_state CHECK (state IN ('receiving','checking','ready','refused','deleted'))",
    'ALTER TABLE upload ADD CONSTRAINT upload_bytes CHECK (received >= 0 AND received <= length)',
    'ALTER TABLE upload ADD CONSTRAINT upload_owner CHECK ((account_id IS NULL) <> (staff_id IS NULL))',
    "CREATE INDEX upload_waiting ON upload (created_at) WHERE state IN ('receiving', 'checking')",
    'CREATE INDEX upload_owner_day ON upload (account_id, created_at)',
    "ALTER TABLE case_material ADD CONSTRAINT case_material_state CHECK (state IN ('missing','ready','free','defect'))",
    "ALTER TABLE cases ADD CONSTRAINT case_state CHECK (state IN ('draft', 'submitted', 'received', 'correcting', 'accepted', 'concluded', 'delivered', 'withdrawn', 'refused', 'returned'))",
    'ALTER TABLE cases ADD CONSTRAINT case_numbered CHECK (submitted_at IS NULL OR number IS NOT NULL)',
    "ALTER TABLE cases ADD CONSTRAINT case_owned CHECK (owner <> '' OR state IN ('delivered','withdrawn','refused','returned'))",
    "CREATE INDEX case_owner_open ON cases (owner, state) WHERE state NOT IN ('draft','delivered','withdrawn','refused','returned')",
    'CREATE INDEX case_account ON cases (account_id, created_at DESC)',
    'CREATE INDEX case_hall ON cases (hall_id, state)',
    'CREATE SEQUENCE IF NOT EXISTS acceptance_sequence',
    'CREATE TABLE IF NOT EXISTS case_sequence (region char(6), hall char(4), day date, last int NOT NULL, PRIMARY KEY (region, hall, day))',
    "ALTER TABLE task ADD CONSTRAINT task_state CHECK (state IN ('assigned', 'examining', 'advised', 'decided', 'cancelled'))",
    "ALTER TABLE task ADD CONSTRAINT task_outcome CHECK ((state = 'decided') = (outcome IN ('granted','refused')))",
    "CREATE INDEX task_open ON task (department_id, state) WHERE state IN ('assigned','examining','advised')",
    'CREATE INDEX task_case ON task (case_id)',
    'CREATE INDEX event_case ON event (case_id, at)',
    'CREATE INDEX clock_case ON clock (case_id)',
    'CREATE INDEX clock_running ON clock (due_at, id) WHERE stopped_at IS NULL',
    'CREATE UNIQUE INDEX clock_one_running ON clock (case_id, kind, COALESCE(task_id, case_id)) WHERE stopped_at IS NULL',
    'CREATE INDEX alarm_due ON alarm (due_at, id) WHERE done_at IS NULL',
    'CREATE INDEX alarm_case ON alarm (case_id) WHERE done_at IS NULL',
    'CREATE UNIQUE INDEX notice_one_open ON notice (case_id) WHERE answered_at IS NULL',
    'CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION append_only()',
    "ALTER TABLE outbox ADD CONSTRAINT outbox_state CHECK (state IN ('pending','sent','dead','unknown','dropped'))",
    "ALTER TABLE outbox ADD CONSTRAINT outbox_class CHECK (class IN ('must','nice'))",
    "CREATE INDEX outbox_due ON outbox (next_at, id) WHERE state = 'pending'",
    "CREATE INDEX outbox_dead ON outbox (created_at) WHERE state IN ('dead','unknown')",
    'CREATE INDEX notification_list ON notification (account_id, created_at DESC)',
    'CREATE INDEX idempotency_age ON idempotency (created_at)',
    'CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION append_only()',
]


class Migration(migrations.Migration):
    dependencies = [("models", "0001_initial")]

    operations = [ops.RunSQL(STATEMENTS)]
