"""A column added to a table that has rows: it comes with its default, so that the rows are filled, and then drops it.

Tortoise 1.1.9 adds a NOT NULL column bare, which PostgreSQL refuses as soon as there is one row.
"""

from copy import copy
from typing import Any

from tortoise.migrations import operations as ops


class AddFilled(ops.AddField):
    """`ops.AddField` for a field that has a default and may not be null."""

    async def database_forward(self, app_label: str, old_state: Any, new_state: Any, state_editor: Any = None) -> None:
        if not state_editor:
            return
        model = new_state.apps.get_model(f"{app_label}.{self.model_name}")
        fields = model._meta.fields_map
        bare, filled = fields[self.name], copy(fields[self.name])
        filled.db_default = bare.default() if callable(bare.default) else bare.default
        fields[self.name] = filled
        try:
            await state_editor.add_field(model, self.name)
        finally:
            fields[self.name] = bare
        column = bare.source_field or self.name
        await state_editor.client.execute_script(
            f'ALTER TABLE "{model._meta.db_table}" ALTER COLUMN "{column}" DROP DEFAULT'
        )
