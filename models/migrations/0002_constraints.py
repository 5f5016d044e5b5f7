"""The shape the database itself holds: checks, partial unique indexes, sequences, append-only tables."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from models import audit, case, catalogue, hall, outbox, paper, people

SUBJECTS = (catalogue, hall, people, paper, case, outbox, audit)


class Migration(migrations.Migration):
    dependencies = [("models", "0001_initial")]

    operations = [ops.RunSQL([audit.APPEND_ONLY, *(line for subject in SUBJECTS for line in subject.CONSTRAINTS)])]
