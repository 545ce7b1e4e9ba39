"""The administration of audit."""
