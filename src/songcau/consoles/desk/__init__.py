"""Where an official starts the day: the worklist and the own account."""
