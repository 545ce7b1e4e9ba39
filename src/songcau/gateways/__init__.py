"""Where the outside speaks its own protocol. None is built yet."""
