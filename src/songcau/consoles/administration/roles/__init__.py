"""The administration of roles."""
