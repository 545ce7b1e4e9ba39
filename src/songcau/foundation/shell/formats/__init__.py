"""How numbers, dates and times are written, by language (settings.FORMAT_MODULE_PATH)."""
