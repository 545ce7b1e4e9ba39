"""The administration of agencies."""
