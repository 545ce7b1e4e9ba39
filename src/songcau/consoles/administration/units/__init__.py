"""The administration of units."""
