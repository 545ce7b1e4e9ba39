"""The city system directives. README.md says what it is for."""
