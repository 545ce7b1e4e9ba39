"""What an administrator works with: units, agencies, people, roles, outbox, audit."""
