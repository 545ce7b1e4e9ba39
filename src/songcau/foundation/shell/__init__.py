"""Base templates, tokens, lists, error pages: what every screen shares."""
