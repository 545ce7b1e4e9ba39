"""Files of readings: CSV, JSON and JSON lines become entities, line by line, in bounded memory."""
