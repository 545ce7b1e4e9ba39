"""The other side of those protocols. None is built yet."""
