"""Who may: tokens, grants, limits."""
