"""Screens that show several systems at once. No tables."""
