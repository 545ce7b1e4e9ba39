"""Personal data: what is held about a person, who looked at it, and what the person asks for."""
