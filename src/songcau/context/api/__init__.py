"""Which address is which use case."""
