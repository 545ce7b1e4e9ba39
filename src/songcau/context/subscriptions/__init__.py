"""Who wants to know of changes, and how they are told."""
