"""Working time: which hours are worked, and when a term ends."""
