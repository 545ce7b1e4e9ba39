"""The query languages of the standard, each parsed once and compiled."""
