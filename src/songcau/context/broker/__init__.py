"""What can be done with entities: one method a use case."""
