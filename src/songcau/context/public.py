"""The door of the context floor. Nothing stands behind it yet."""
