"""The administration of outbox."""
