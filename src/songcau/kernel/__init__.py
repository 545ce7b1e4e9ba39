"""What every floor stands on: clock, errors, ids, actor, workflow, paging, text. No tables, no Django."""
