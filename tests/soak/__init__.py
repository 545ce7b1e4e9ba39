"""Real processes, killed at random moments: what was committed is delivered, once, in order."""
