"""What the database itself holds about promises, projects, supervision and licences; old rows brought up to it.

Frozen as released, like 0002.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops

STATEMENTS = [
    'UPDATE clock SET hall_id = cases.hall_id FROM cases WHERE cases.id = clock.case_id',
    'UPDATE clock SET department_id = task.department_id FROM task WHERE task.id = clock.task_id',
    "UPDATE alarm SET done_at = now(), last_error = 'dropped' WHERE verb = 'remind_decision' AND done_at IS NULL",
    "UPDATE task SET number = c.number || '-' || lpad((i.position + 1)::text, 2, '0') FROM cases c, case_item i WHERE c.id = task.case_id AND i.id = task.case_item_id AND c.number IS NOT NULL",
    "INSERT INTO alarm (id, created_at, case_id, task_id, clock_id, machine, subject_id, verb, due_at, attempts, last_error) SELECT gen_random_uuid(), now(), k.case_id, k.task_id, k.id, 'task', k.task_id, v.verb, k.due_at + v.later, 0, '' FROM clock k CROSS JOIN (VALUES ('escalate_section', interval '-7 hours'), ('escalate_head', interval '8 hours 30 minutes'), ('escalate_centre', interval '10 hours 30 minutes')) AS v(verb, later) WHERE k.task_id IS NOT NULL AND k.kind = 'promise' AND k.stopped_at IS NULL",
    'ALTER TABLE task DROP CONSTRAINT task_state',
    "ALTER TABLE task ADD CONSTRAINT task_state CHECK (state IN ('waiting', 'assigned', 'examining', 'suspended', 'advised', 'decided', 'revoked', 'cancelled'))",
    'ALTER TABLE task DROP CONSTRAINT task_outcome',
    "ALTER TABLE task ADD CONSTRAINT task_outcome CHECK ((state IN ('decided','revoked')) = (outcome IN ('granted','refused')))",
    'DROP INDEX task_open',
    "CREATE INDEX task_open ON task (department_id, state) WHERE state IN ('assigned','examining','suspended','advised')",
    "CREATE INDEX event_deemed ON event (at) WHERE verb = 'deem_accept'",
    "CREATE INDEX event_window ON event (at) WHERE verb = 'decide_at_window'",
    'CREATE INDEX clock_board ON clock (due_on, id) INCLUDE (department_id, hall_id, case_id) WHERE stopped_at IS NULL AND kind = \'promise\' AND task_id IS NOT NULL AND NOT suspensions @> \'[{"open": true}]\'',
    'CREATE INDEX clock_tally ON clock (due_on, department_id, hall_id) WHERE stopped_at IS NULL AND kind = \'promise\' AND task_id IS NOT NULL AND NOT suspensions @> \'[{"open": true}]\'',
    "CREATE INDEX clock_hall ON clock (hall_id, department_id) WHERE stopped_at IS NULL AND kind = 'promise' AND task_id IS NOT NULL",
    "CREATE INDEX clock_acceptance ON clock (due_on) WHERE stopped_at IS NULL AND kind = 'acceptance'",
    'CREATE INDEX task_decided ON task (decided_at) WHERE decided_at IS NOT NULL',
    "CREATE INDEX case_open ON cases (id) WHERE state NOT IN ('draft','delivered','withdrawn','refused','returned')",
    "CREATE INDEX case_green ON cases (id) WHERE green AND state = 'accepted'",
    "CREATE INDEX case_second_asked ON cases (id) WHERE second_notice = 'asked'",
    'CREATE INDEX alarm_subject ON alarm (subject_id) WHERE done_at IS NULL',
    'CREATE UNIQUE INDEX notice_round ON notice (case_id, round)',
    'ALTER TABLE notice ADD CONSTRAINT notice_second CHECK (round = 1 OR (round = 2 AND allowed_by IS NOT NULL))',
    "ALTER TABLE cases ADD CONSTRAINT case_second_notice CHECK (second_notice IN ('','asked','allowed','used'))",
    'CREATE INDEX case_project ON cases (project_id) WHERE project_id IS NOT NULL',
    "ALTER TABLE promise ADD CONSTRAINT promise_kind CHECK (kind IN ('tolerance','informed'))",
    "ALTER TABLE promise ADD CONSTRAINT promise_state CHECK (state IN ('made','supplied','kept','broken','verified','false','void'))",
    "CREATE UNIQUE INDEX promise_one ON promise (case_id, kind, item_code) WHERE state <> 'void'",
    "CREATE INDEX promise_due ON promise (due_on) WHERE state IN ('made','supplied')",
    'CREATE INDEX breach_open ON breach (subject_id) WHERE repaired_at IS NULL',
    "ALTER TABLE project ADD CONSTRAINT project_kind CHECK (kind IN ('filing','approval'))",
    'CREATE INDEX project_account ON project (account_id)',
    "ALTER TABLE guidance ADD CONSTRAINT guidance_kind CHECK (kind IN ('question','visit'))",
    "ALTER TABLE guidance ADD CONSTRAINT guidance_state CHECK ((state = 'open') = (answered_at IS NULL))",
    'CREATE INDEX guidance_project ON guidance (project_id)',
    "CREATE INDEX guidance_open ON guidance (department_id) WHERE state = 'open'",
    "ALTER TABLE consultation ADD CONSTRAINT consultation_state CHECK (state IN ('open','answered','silent'))",
    "ALTER TABLE consultation ADD CONSTRAINT consultation_outcome CHECK ((state = 'answered') = (outcome IN ('agrees','objects','defects')))",
    'CREATE INDEX consultation_case ON consultation (case_id)',
    "CREATE INDEX consultation_open ON consultation (department_id) WHERE state IN ('open','silent')",
    "ALTER TABLE urge ADD CONSTRAINT urge_level CHECK (level IN ('handler','section','head','centre','manual'))",
    'CREATE UNIQUE INDEX urge_each_once ON urge (task_id, level) WHERE by_id IS NULL',
    "CREATE UNIQUE INDEX urge_one_open ON urge (task_id) WHERE level = 'manual' AND answered_at IS NULL AND lapsed_at IS NULL",
    'CREATE INDEX urge_task ON urge (task_id)',
    "CREATE INDEX urge_manual ON urge (created_at) WHERE level = 'manual'",
    "ALTER TABLE inspection ADD CONSTRAINT inspection_kind CHECK (kind IN ('spot','promise'))",
    "ALTER TABLE inspection ADD CONSTRAINT inspection_state CHECK (state IN ('open','passed','failed','dropped'))",
    "CREATE INDEX inspection_open ON inspection (department_id, due_on) WHERE state = 'open'",
    "ALTER TABLE licence ADD CONSTRAINT licence_state CHECK (state IN ('valid','expired','renewed','revoked'))",
    'CREATE INDEX licence_holder ON licence (account_id)',
    "CREATE INDEX licence_ending ON licence (valid_until) WHERE state = 'valid' AND valid_until IS NOT NULL",
    'CREATE UNIQUE INDEX licence_of_task ON licence (task_id)',
    "CREATE INDEX notification_unreached ON notification (case_id) WHERE push IN ('failed','unknown') AND read_at IS NULL",
    "CREATE INDEX audit_draws ON audit (at) WHERE act IN ('inspection.draw','inspection.seed')",
]


class Migration(migrations.Migration):
    dependencies = [("models", "0003_law")]

    operations = [ops.RunSQL(STATEMENTS)]
