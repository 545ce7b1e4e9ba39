"""One's own data: what is held, who looked, a copy, and requests."""
