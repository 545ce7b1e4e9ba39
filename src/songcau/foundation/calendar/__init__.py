"""Working time, holidays, deadlines. Empty so far: the next part of the foundation fills it."""
