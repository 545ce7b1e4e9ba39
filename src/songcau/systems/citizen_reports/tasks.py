"""What citizen reports does by itself: reactions to its own events, and jobs of the schedule."""
