"""What is doubtful about an observation is said beside it; nothing is dropped."""
