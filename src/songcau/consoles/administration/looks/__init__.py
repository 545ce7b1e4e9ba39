"""Who looked at personal data, and alarms about it."""
