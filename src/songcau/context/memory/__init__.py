"""The present state of the city, with indexes."""
