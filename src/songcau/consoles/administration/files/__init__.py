"""The administration of files."""
