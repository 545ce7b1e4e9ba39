"""The stored form of entities, and the ways from and to what travels."""
