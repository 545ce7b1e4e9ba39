"""The city system incidents. README.md says what it is for."""
