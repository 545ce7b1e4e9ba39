"""The city system citizen reports. README.md says what it is for."""
