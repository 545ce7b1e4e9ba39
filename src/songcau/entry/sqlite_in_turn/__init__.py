"""SQLite whose writers of one process wait in line; see `base`."""
