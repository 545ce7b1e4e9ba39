"""The administration of delegations."""
