"""The administration of the working calendar, and of dates promised with it."""
