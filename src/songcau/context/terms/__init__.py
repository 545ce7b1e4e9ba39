"""@contexts: what a name means."""
