"""Events written with the change, delivered after commit, at least once, in order per subject."""
